"""Items proposed from a table of one's own front-end database, as its last test saw it (CD2016-12)."""

import re
from dataclasses import dataclass
from uuid import UUID

from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.catalog.rules.contents import ItemContent
from govshare.catalog.rules.pasted import type_of
from govshare.connectors import TableColumn
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose

STEP = cite("CD2016-12.2")
READERS = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER)

#: What a column's name or comment says of its sensitivity; a proposal that the registrar looks at.
_HINTS = (
    (
        Sensitivity.PERSONAL,
        re.compile("身份证|证件号|公民身份|姓名|手机|电话|住址|家庭地址|出生日期|sfzh|gmsfhm|idcard|id_number|phone|mobile|birth"),
    ),
    (Sensitivity.SENSITIVE, re.compile("银行|账号|帐号|工资|病|诊断|密码|bank|salary")),
)


@dataclass(frozen=True, slots=True)
class Provided:
    """A table that entries can be registered from."""

    front_database: UUID
    database_name: str
    table: str
    comment: str
    columns: int


def tables(by: Actor) -> list[Provided]:
    """Tables of the front-end databases from which the own department provides, by database and name."""
    by.need(*READERS, basis=STEP)
    fronts = sources.of_organization(UUID(by.organization), purpose=Purpose.PROVIDE)
    return [
        Provided(front.pk, front.name, table.name, table.comment, len(table.columns)) for front in fronts for table in sources.tables(front)
    ]


def items(front_database: UUID, table: str, *, by: Actor) -> tuple[ItemContent, ...]:
    """One item per column, in its order: named after the comment, typed as the database has it, sensitivity proposed."""
    found = sources.table(_own(front_database, by), table)
    return tuple(_item(column, is_key=column.name in found.key) for column in found.columns)


def _own(front_database: UUID, by: Actor) -> FrontDatabase:
    by.need(*READERS, basis=STEP)
    front = sources.get(front_database)
    if str(sources.owner(front).pk) != by.organization or front.purpose != Purpose.PROVIDE:
        raise NotFound("没有这个提供用的前置交换数据库，请核对后再选", basis=STEP)
    return front


def _item(column: TableColumn, *, is_key: bool) -> ItemContent:
    kind, length = type_of(column.type) or (ItemType.G, None)
    title = re.split(r"[，,；;：:（(。\n]", column.comment.strip())[0].strip()[:100] or column.name
    said = f"{column.name} {column.comment}".casefold()
    sensitivity = next((level for level, hint in _HINTS if hint.search(said)), Sensitivity.ORDINARY)
    return ItemContent(name=title, column=column.name, type=kind, length=length, sensitivity=sensitivity, is_key=is_key)
