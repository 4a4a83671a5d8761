"""Where an entry and the table it is read from have drifted apart: every difference named, with what to do (CD2016-12.2, 19)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from govshare.catalog.rules.choices import ItemType
from govshare.catalog.rules.contents import ItemContent
from govshare.connectors import Table
from govshare.kernel.errors import Fault

_NUMBER = r"tinyint|smallint|mediumint|int|integer|bigint|numeric|decimal|real|float|double|double precision|money|year"
_MOMENT = r"timestamp|datetime"
#: What an engine's own type must begin with for each declared type; a type not named takes anything.
_FITTING = {
    ItemType.N: _NUMBER,
    ItemType.Y: _NUMBER,
    ItemType.B: _NUMBER,
    ItemType.F: _NUMBER,
    ItemType.I: r"tinyint|smallint|mediumint|int|integer|bigint|numeric|decimal|year",
    ItemType.D: rf"date|{_MOMENT}",
    ItemType.T: _MOMENT,
    ItemType.L: r"boolean|tinyint|bit",
}


def route_faults(items: Sequence[ItemContent], columns: Mapping[UUID, str], key: Sequence[str], table: Table) -> tuple[Fault, ...]:
    """Empty when every item can be read from ``table`` by ``columns`` (item → column) and a row is found by ``key``."""
    return (*_item_faults(items, columns, table), *_key_faults(key, table))


def _item_faults(items: Sequence[ItemContent], columns: Mapping[UUID, str], table: Table) -> Iterator[Fault]:
    there = {column.name: column.type for column in table.columns}
    for position, item in enumerate(items, 1):
        column = columns.get(item.id) if item.id else None
        place = f"items.{position}"
        if column is None:
            yield Fault(place, f"信息项“{item.name}”没有对应的列，请为它指定表中的一列")
        elif column not in there:
            yield Fault(place, f"信息项“{item.name}”对应的列“{column}”在表“{table.schema}.{table.name}”中不存在，请核对列名，或更新目录")
        elif not _fits(item.type, there[column]):
            declared = ItemType(item.type).label
            yield Fault(place, f"信息项“{item.name}”登记为{declared}，表中的列“{column}”是 {there[column]}，请更正其中之一")


def _key_faults(key: Sequence[str], table: Table) -> Iterator[Fault]:
    columns = {column.name: column for column in table.columns}
    if not key:
        yield Fault("key", "请指定主键列，按它逐行读取和核对")
    if len(set(key)) != len(key):
        yield Fault("key", "主键列重复")
    for name in key:
        if name not in columns:
            yield Fault("key", f"主键列“{name}”在表“{table.schema}.{table.name}”中不存在")
        elif table.kind == "table" and columns[name].nullable:
            yield Fault("key", f"主键列“{name}”允许为空，请在表中设为 NOT NULL，或改用其他列")


def _fits(declared: str, actual: str) -> bool:
    fitting = _FITTING.get(ItemType(declared))
    return fitting is None or re.match(rf"(?:{fitting})\b", actual) is not None
