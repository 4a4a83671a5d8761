"""What may be stored at all, even in a draft: known words, lengths, names that a database can bear (CD2016-14)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from govshare.catalog.rules.choices import (
    Classification,
    FormatClass,
    ItemType,
    Mode,
    Sensitivity,
    ShareType,
    UpdateCycle,
)
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot
from govshare.kernel.errors import Fault

LONGEST = {
    "name": 200,
    "node": 40,
    "abstract": 4000,
    "format_type": 60,
    "terms": 4000,
    "open_conditions": 2000,
    "update_limit": 100,
    "collection_basis": 4000,
    "collection_procedure": 4000,
    "source": 80,
    "contact": 60,
    "contact_phone": 40,
}
LONGEST_OF_ITEM = {"name": 100, "column": 63, "data_element": 60, "code_table": 60}
MOST_ITEMS = 1000
MOST_LENGTH = 10_000_000

_CHOICES: dict[str, Any] = {
    "format_class": FormatClass,
    "share_type": ShareType,
    "update_cycle": UpdateCycle,
    "classification": Classification,
}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # a text column takes neither NUL nor half a character
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CODE = re.compile(r"[123]\d{2}\d{3}\d*/\d+")


def storable(text: str) -> bool:
    """Whether a text column can hold ``text``."""
    return _UNSTORABLE.search(text) is None


def shape_faults(snapshot: Snapshot) -> tuple[Fault, ...]:
    """All of them, by place."""
    return (*_content(snapshot.content), *item_faults(snapshot.items))


def item_faults(items: tuple[ItemContent, ...]) -> tuple[Fault, ...]:
    return (*_together(items), *(fault for position, item in enumerate(items, 1) for fault in _item(f"items.{position}", item)))


def texts(snapshot: Snapshot) -> dict[str, str]:
    """Every text in it by its place; items by their position, so that a place never says any of the content."""
    content = snapshot.content
    found = {each.name: _joined(getattr(content, each.name)) for each in fields(Content)}
    for position, item in enumerate(snapshot.items, 1):
        found |= {f"items.{position}.{each.name}": _joined(getattr(item, each.name)) for each in fields(ItemContent)}
    return {place: text for place, text in found.items() if text}


def _joined(value: object) -> str:
    if isinstance(value, frozenset):
        return "\n".join(sorted(str(each) for each in value))
    return value if isinstance(value, str) else ""


def _content(content: Content) -> Iterator[Fault]:
    if not content.name.strip():
        yield Fault("name", "请填写信息资源名称")
    for place, choices in _CHOICES.items():
        value = getattr(content, place)
        if value and value not in choices.values:
            yield Fault(place, f"请从下列值中选择：{'、'.join(choices.values)}")
    if content.modes - set(Mode.values):
        yield Fault("modes", f"请从下列值中选择：{'、'.join(Mode.values)}")
    if any(not _CODE.fullmatch(code) for code in content.related):
        yield Fault("related", "关联资源请填写信息资源代码，形如 102001/00001")
    yield from _lengths("", content, LONGEST)


def _item(place: str, item: ItemContent) -> Iterator[Fault]:
    if not item.name.strip():
        yield Fault(f"{place}.name", "请填写信息项名称")
    if not _COLUMN.fullmatch(item.column):
        yield Fault(f"{place}.column", "英文名称由字母、数字和下划线组成，不以数字开头")
    if item.type not in ItemType.values:
        yield Fault(f"{place}.type", f"请从下列值中选择：{'、'.join(ItemType.values)}")
    if item.sensitivity not in Sensitivity.values:
        yield Fault(f"{place}.sensitivity", f"请从下列值中选择：{'、'.join(Sensitivity.values)}")
    if item.length is not None and not 1 <= item.length <= MOST_LENGTH:
        yield Fault(f"{place}.length", f"数据长度应为 1 至 {MOST_LENGTH}")
    yield from _lengths(f"{place}.", item, LONGEST_OF_ITEM)


def _together(items: tuple[ItemContent, ...]) -> Iterator[Fault]:
    if len(items) > MOST_ITEMS:
        yield Fault("items", f"一条信息资源最多 {MOST_ITEMS} 个信息项")
    columns = Counter(item.column.lower() for item in items)
    ids = Counter(item.id for item in items if item.id)
    for position, item in enumerate(items, 1):
        if columns[item.column.lower()] > 1:
            yield Fault(f"items.{position}.column", "英文名称重复，每个信息项须不同（不分大小写）")
        if item.id and ids[item.id] > 1:
            yield Fault(f"items.{position}.id", "同一信息项出现了两次")


def _lengths(prefix: str, thing: Content | ItemContent, longest: dict[str, int]) -> Iterator[Fault]:
    for place, limit in longest.items():
        text = getattr(thing, place)
        if len(text) > limit:
            yield Fault(f"{prefix}{place}", f"最多 {limit} 个字符，现有 {len(text)} 个")
        if not storable(text):
            yield Fault(f"{prefix}{place}", "含有无法保存的字符，请删除")
