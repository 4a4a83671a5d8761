"""A small department of a district without a database of its own keeps its table on the platform, by files and by hand (CD2016-27)."""

import csv
import io
from collections.abc import Iterator
from random import Random

from govshare.demo.city.agenda import Story, days, soon
from govshare.demo.city.people import City
from govshare.demo.data.vocabulary import maker_of
from govshare.demo.resources import Resource
from govshare.hosting import queries, services
from govshare.hosting.store.link import available
from govshare.kernel.roles import Role

BODY, NAME = "jinjiang_health", "锦江区基层医疗机构信息"
BEGINS = -24  # working days before the end: listed for a week by then
_ROWS = 140


def begin(city: City, resource: Resource) -> None:
    """Put it on the agenda where this city has the department, the entry and a hosting database."""
    if available() and (resource.body.key, resource.name) == (BODY, NAME) and resource.body in city.roster:
        city.agenda.add(f"hosted {resource.id}", _kept(city, resource), day=BEGINS)


def _kept(city: City, resource: Resource) -> Story:
    by = city.actor(resource.body, Role.RESOURCE_ADMIN)
    if resource.id not in city.entries:
        return
    table = services.make_table(entry=city.entries[resource.id], by=by, now=city.now).pk
    yield soon(20)
    rows = list(_made(resource))
    _uploaded(city, resource, rows[:120], name="基层医疗机构.csv", encoding="gb18030")
    yield days(9)
    _uploaded(city, resource, [*_corrected(rows), *_spoiled(rows)], name="基层医疗机构（更新）.csv", encoding="utf-8-sig")
    yield soon(30)
    found = queries.own(table, by=by)
    waiting = queries.bad_rows(found, queries.quarantined_uploads(found))
    cells = dict(zip([column.column for column in queries.columns_of(found)], waiting[0].cells, strict=True))
    services.mend(table=table, bad=waiting[0].id, cells={**cells, "phone": "028-86650001"}, by=by, now=city.now)
    yield days(4)
    last = dict(zip(cells, ["NU00000900", "锦江区新桥社区卫生服务站", "锦江区新桥路 8 号", ""], strict=True))
    services.add_row(table=table, cells=last, by=by, now=city.now)


def _uploaded(city: City, resource: Resource, rows: list[list[str]], *, name: str, encoding: str) -> None:
    """Looked at, then taken over."""
    by = city.actor(resource.body, Role.RESOURCE_ADMIN)
    (table,) = queries.of_organization(by.organization)
    text = io.StringIO()
    csv.writer(text).writerows([[field.title for field in resource.items], *rows])
    file = io.BytesIO(text.getvalue().encode(encoding))
    checked = services.check_upload(table=table.pk, name=name, file=file, by=by, now=city.now)
    services.apply_upload(upload=checked.pk, table=table.pk, by=by, now=city.now)


def _made(resource: Resource) -> Iterator[list[str]]:
    draw = Random(resource.id)
    makers = [maker_of(field, key=place == 0) for place, field in enumerate(resource.items)]
    for serial in range(_ROWS):
        yield [maker(serial, draw) for maker in makers]


def _corrected(rows: list[list[str]]) -> list[list[str]]:
    """The quarter's new state: some moved, the last twenty are new."""
    return [[*row[:2], f"{row[2]}（新址）", *row[3:]] if place % 17 == 0 else row for place, row in enumerate(rows)]


def _spoiled(rows: list[list[str]]) -> list[list[str]]:
    """What nobody's typing is free of: a telephone with two numbers in it, a row without its number."""
    return [["NU00000801", "锦江区春熙社区卫生服务中心", "锦江区春熙路 1 号", "028-86650001 或 028-86650002"], ["", *rows[0][1:]]]
