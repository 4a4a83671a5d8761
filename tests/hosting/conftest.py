"""A department with a published entry and its hosted table, reached through the real services."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from govshare.catalog.models import Entry
from govshare.catalog.rules.contents import ItemContent
from govshare.hosting import queries, services
from govshare.hosting.models import HostedTable, Upload
from govshare.hosting.store.bad import Bad
from govshare.hosting.store.link import session
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from tests.cast import Cast
from tests.catalog.world import Desk

ITEMS = (
    ItemContent(name="证照编号", column="number", type="C", length=18, is_key=True),
    ItemContent(name="持证单位", column="holder", type="C", length=10),
    ItemContent(name="注册资本", column="capital", type="N", length=12),
    ItemContent(name="发证日期", column="issued", type="D"),
    ItemContent(name="有效", column="valid", type="L"),
)
HEADER = "number,holder,capital,issued,valid"


@dataclass
class House:
    """The keeper's desk: what a 信息资源管理员 of the provider does with one hosted table."""

    desk: Desk
    entry: Entry
    table: HostedTable

    @property
    def keeper(self) -> Actor:
        return self.desk.actor(Role.RESOURCE_ADMIN)

    def fresh(self) -> HostedTable:
        return queries.own(self.table.pk, by=self.keeper)

    def check(self, content: str | bytes, name: str = "data.csv") -> Upload:
        data = content.encode() if isinstance(content, str) else content
        return services.check_upload(table=self.table.pk, name=name, file=io.BytesIO(data), by=self.keeper, now=utc_now())

    def lines(self, *lines: str) -> str:
        return "\n".join([HEADER, *lines]) + "\n"

    def apply(self, upload: Upload) -> Upload:
        return services.apply_upload(upload=upload.pk, table=self.table.pk, by=self.keeper, now=utc_now())

    def fill(self, *lines: str) -> Upload:
        return self.apply(self.check(self.lines(*lines)))

    def rows(self) -> list[tuple[Any, ...]]:
        with session() as link:
            return link.execute(f'SELECT * FROM {self.table.space.schema}."{self.table.name}" ORDER BY 1').fetchall()  # type: ignore[arg-type]

    def bad(self, upload: Upload) -> Sequence[Bad]:
        return queries.bad_rows(self.table, [upload.pk])


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def entry(desk: Desk) -> Entry:
    return desk.listed(items=ITEMS)


@pytest.fixture
def house(desk: Desk, entry: Entry, hosting: str) -> House:
    table = services.make_table(entry=entry.pk, by=desk.actor(Role.RESOURCE_ADMIN), now=desk.now)
    return House(desk, entry, table)
