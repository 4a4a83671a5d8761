"""The items of an entry as rows of a table that people type in: what was typed is kept as it was, with what is wrong at each cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from govshare.catalog.rules.contents import ItemContent, as_id
from govshare.catalog.rules.shape import MOST_ITEMS
from govshare.kernel.errors import Fault, Invalid
from govshare.regulation.articles import cite

TEXTS = ("id", "position", "name", "column", "type", "length", "sensitivity", "data_element", "code_table", "is_key", "gone")
SPARE = 3  # empty rows at the end
LONGEST = 300  # characters of one cell; what is stored has shorter limits of its own


@dataclass(slots=True)
class Row:
    """One line as typed. ``faults``: what is wrong, by the name of the cell."""

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not any(self.typed[name].strip() for name in ("name", "column", "data_element", "code_table", "length"))


def of_items(items: Iterable[ItemContent]) -> list[Row]:
    """What is stored, and some empty lines."""
    return [*(_shown(place, item) for place, item in enumerate(items, 1)), *spare()]


def spare() -> list[Row]:
    return [Row(dict.fromkeys(TEXTS, "") | {"type": "C", "sensitivity": "ordinary"}) for _place in range(SPARE)]


def sent(post: QueryDict) -> list[Row]:
    """The lines as they were typed, by their own numbers; what was struck out or left empty is not among them."""
    columns = {name: post.getlist(name) for name in TEXTS}
    count = len(columns["name"])
    if count > MOST_ITEMS + SPARE * 2 or any(len(values) != count for values in columns.values()):
        raise Invalid(_("表格不完整或行数过多，请重新打开再填"), basis=cite("CD2016-14"))
    rows = [Row({name: columns[name][place][:LONGEST] for name in TEXTS}) for place in range(count)]
    kept = [row for row in rows if not row.empty and row.typed["gone"] != "1"]
    return [row for _order, row in sorted(enumerate(kept), key=lambda pair: (_number(pair[1].typed["position"], pair[0]), pair[0]))]


def contents(rows: list[Row]) -> tuple[ItemContent, ...]:
    """As the catalog's own values; a length that is no number is a fault of its cell."""
    for row in rows:
        if row.typed["length"].strip() and _whole(row.typed["length"]) is None:
            row.faults["length"] = _("长度应为整数")
    found = [f"items.{place}.{name}" for place, row in enumerate(rows, 1) for name in row.faults]
    if found:
        faults = [Fault(place, _("长度应为整数")) for place in found]
        raise Invalid(_("有 %(n)s 处须改正，未保存") % {"n": len(faults)}, basis=cite("CD2016-14"), faults=faults)
    return tuple(_content(row.typed) for row in rows)


def mark(rows: list[Row], faults: Iterable[Fault]) -> list[Fault]:
    """Put each fault at its cell; return those that lie nowhere in the table."""
    left = []
    for fault in faults:
        head, _dot, rest = fault.place.partition(".")
        which, _dot, name = rest.partition(".")
        if head == "items" and which.isdecimal() and 0 < int(which) <= len(rows):
            rows[int(which) - 1].faults[name or "name"] = fault.message
        else:
            left.append(fault)
    return left


def _shown(place: int, item: ItemContent) -> Row:
    plain: dict[str, Any] = {name: getattr(item, name, "") for name in TEXTS}
    typed = {name: "" if value is None else str(value) for name, value in plain.items()}
    return Row({**typed, "position": str(place), "is_key": "1" if item.is_key else "", "gone": ""})


def _content(typed: dict[str, str]) -> ItemContent:
    return ItemContent(
        id=_id(typed["id"]),
        name=typed["name"].strip(),
        column=typed["column"].strip(),
        type=typed["type"].strip(),
        length=_whole(typed["length"]),
        sensitivity=typed["sensitivity"].strip(),
        data_element=typed["data_element"].strip(),
        code_table=typed["code_table"].strip(),
        is_key=typed["is_key"] == "1",
    )


def _id(text: str) -> UUID | None:
    return as_id(text) if text else None


def _whole(text: str) -> int | None:
    """None for an empty cell and for what is no number of at most nine digits."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _number(text: str, otherwise: int) -> float:
    """Where a line wants to stand; one that does not say stays behind the line it came after."""
    whole = _whole(text)
    return otherwise + 0.5 if whole is None else float(whole)
