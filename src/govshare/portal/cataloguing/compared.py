"""Two revisions side by side, by field and by item."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from govshare.catalog.rules.contents import Content, ItemContent, Snapshot
from govshare.portal.cataloguing.words import FIELDS, ITEM_FIELDS, Words, item_said

_MOST = 800  # characters of either text; longer ones are shown whole

Pieces = tuple[tuple[str, str], ...]  # ("same" | "gone" | "new", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """``before`` and ``after`` in pieces, what is gone marked in one and what is new in the other."""

    place: str
    label: str
    before: Pieces
    after: Pieces
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """``state``: new, gone, changed or same. One cell per field of an item."""

    place: str
    name: str
    state: str
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        return self.state != "same"


def fields(before: Snapshot | None, after: Snapshot, words: Words) -> list[FieldRow]:
    """Every field that either says something in; all are new where there is nothing to compare with."""
    rows = []
    for place, label in FIELDS.items():
        old = words.said(place, _value(before.content, place)) if before else ""
        new = words.said(place, _value(after.content, place))
        if old or new:
            gone, come = _marked(old, new) if before else ((("same", ""),), (("same", new),))
            rows.append(FieldRow(place=place, label=str(label), before=gone, after=come, changed=before is not None and old != new))
    return rows


def items(before: Snapshot | None, after: Snapshot) -> list[ItemRow]:
    """Every item of either, in the order they stand now; those left out at the end."""
    old = {item.id: item for item in before.items} if before else {}
    rows = [_row(old.pop(item.id, None) if before else item, item) for item in after.items]
    return [*rows, *(_row(item, None) for item in old.values())]


def _row(was: ItemContent | None, now: ItemContent | None) -> ItemRow:
    cells = tuple(Cell(before=item_said(name, was) if was else "", after=item_said(name, now) if now else "") for name in ITEM_FIELDS)
    state = "new" if was is None else "gone" if now is None else "changed" if any(cell.changed for cell in cells) else "same"
    shown = now or was
    assert shown is not None  # noqa: S101 - one of the two is there
    return ItemRow(place=f"items.{shown.column}", name=shown.name, state=state, cells=cells)


def _value(content: Content, place: str) -> object:
    """A yes-or-no that says no is not worth a line."""
    value = getattr(content, place)
    return "" if value is False else value


def _marked(before: str, after: str) -> tuple[Pieces, Pieces]:
    if before == after:
        return (("same", before),), (("same", after),)
    if not before or not after or len(before) > _MOST or len(after) > _MOST:
        return (("gone", before),), (("new", after),)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.4:
        return (("gone", before),), (("new", after),)
    return tuple(_pieces(matcher, before, "gone")), tuple(_pieces(matcher, after, "new"))


def _pieces(matcher: "SequenceMatcher[str]", text: str, mark: str) -> Iterator[tuple[str, str]]:
    for code, first, last, start, end in matcher.get_opcodes():
        here = text[first:last] if mark == "gone" else text[start:end]
        if here:
            yield ("same" if code == "equal" else mark), here
