"""Made-up catalogs, read from plain tables: one line is one information resource."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from govshare.demo.data.resources import building, districts, economy, people

ShareType = Literal["unconditional", "conditional", "none"]

_CLASSES: dict[str, ShareType] = {"无": "unconditional", "条": "conditional", "否": "none"}
#: words of the tables → stored word, update limit
CYCLES = {
    "实时": ("realtime", "产生后 10 分钟内"),
    "每日": ("daily", "每日 08:00 前"),
    "每周": ("weekly", "每周一 12:00 前"),
    "每月": ("monthly", "每月 10 日前"),
    "每季度": ("quarterly", "每季度首月 15 日前"),
    "每学期": ("half_yearly", "每学期开学后 30 日内"),
    "每年": ("yearly", "每年 3 月底前"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """``node`` empty: the body's own category; ``items`` are words of the vocabulary, the first one the key; ``basis`` empty: the usual one."""

    name: str
    node: str
    share_type: ShareType
    cycle: str
    items: tuple[str, ...]
    basis: str


def of_department(key: str) -> Iterator[Line]:
    for tables in (people.TABLES, economy.TABLES, building.TABLES):
        yield from read(tables.get(key, ""))


def of_district_authority(name: str) -> Iterator[Line]:
    return read(districts.AUTHORITIES.format(*[name] * districts.AUTHORITIES.count("{}")))


def of_district_department(kind: str, name: str) -> Iterator[Line]:
    text = districts.DEPARTMENTS[kind]
    return read(text.format(*[name] * text.count("{}")))


def read(text: str) -> Iterator[Line]:
    for line in filter(None, map(str.strip, text.splitlines())):
        name, node, share_type, cycle, items, *basis = (part.strip() for part in line.split("|"))
        yield Line(name, node.strip("-"), _CLASSES[share_type], cycle, tuple(items.split()), *basis or [""])
