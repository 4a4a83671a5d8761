"""The watermark of an increment: an item whose values only rise, so that what changed since is what stands at or above the last one.

What an increment cannot see: rows that were deleted, rows whose change did not raise the item, rows committed later than the overlap
looks back. Nothing here hides that; the snapshot difference finds them.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from govshare.connectors.engine import Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import Kind, Sort
from govshare.connectors.values import Condition, Operator, Selection, Treatment
from govshare.kernel.errors import Fault

Mark = int | date | datetime

_RISING: Final = frozenset({Sort.INTEGER, Sort.DATE, Sort.MOMENT, Sort.INSTANT})
_AHEAD: Final = timedelta(days=1)  # a watermark may lie so far in the future: local time without a zone, clocks that differ
_MINUTES: Final = 1440  # of a day


def faults(selection: Selection, shape: Shape, name: str) -> list[Fault]:
    """Why this selection cannot be brought by increments of the source column ``name``; empty when it can."""
    column = selection.column(name)
    if column is None or column.treatment != Treatment.PLAIN:
        return [Fault(name, "水位字段须是明文授权的字段；请换一个字段，或改用快照比对")]
    found = []
    if not _rises(kind_of(selection, shape, name)):
        found.append(Fault(name, "水位字段须是时间、日期或整数；请换一个字段，或改用快照比对"))
    if column.target not in shape.required:
        found.append(Fault(name, "来源允许该字段为空，空值的行增量看不见；请提供部门改为 NOT NULL，或改用快照比对"))
    return found + keyless(selection, shape)


def keyless(selection: Selection, shape: Shape) -> list[Fault]:
    """Rows can only be applied to a table by its key."""
    why = "来源没有键，或键没有整体授权，无法逐行更新；请改用整表传输，或请提供部门登记键"
    return [] if shape.key else [Fault(selection.table, why)]


def kind_of(selection: Selection, shape: Shape, name: str) -> Kind:
    return next(kind for column, kind in zip(selection.delivered, shape.kinds, strict=True) if column.source == name)


def _rises(kind: Kind) -> bool:
    return kind.sort in _RISING or (kind.sort == Sort.DECIMAL and not kind.scale)


def written(text: str, kind: Kind, field: str, *, now: datetime) -> str:
    """The canonical spelling of the greatest value, as a database wrote it; ``""`` stays. Raises ``Drift`` for what cannot be one."""
    if not text:
        return ""
    try:
        mark = _parsed(text, kind)
    except ValueError:
        raise Drift([Fault(field, "水位字段中有无穷大或超出公元 1 至 9999 年的值，之后的增量会漏行；请提供部门更正")]) from None
    if _ahead(mark, now):
        raise Drift([Fault(field, "水位字段中有晚于当前时间一天以上的值，之后的增量会漏行；请提供部门更正")])
    return str(mark) if isinstance(mark, int) else mark.isoformat()


def _parsed(text: str, kind: Kind) -> Mark:
    if kind.sort in {Sort.INTEGER, Sort.DECIMAL}:
        return int(text)
    if kind.sort == Sort.DATE:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if kind.sort == Sort.INSTANT else moment


def _ahead(mark: Mark, now: datetime) -> bool:
    if isinstance(mark, datetime):
        return mark > (now if mark.tzinfo else now.replace(tzinfo=None)) + _AHEAD
    return isinstance(mark, date) and mark > now.date() + _AHEAD


def read(text: str) -> Mark:
    """A confirmed watermark, from its canonical spelling."""
    if text.lstrip("-").isdigit():
        return int(text)
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def since(text: str, overlap: int | None, usual: int) -> Mark | None:
    """Where the next increment begins. ``overlap``: numbers for integers, minutes otherwise; None: ``usual`` minutes, no numbers."""
    mark = read(text)
    if isinstance(mark, int):
        return mark - (overlap or 0)
    minutes = usual if overlap is None else overlap
    try:
        return mark - (timedelta(minutes=minutes) if isinstance(mark, datetime) else timedelta(days=-(-minutes // _MINUTES)))
    except OverflowError:
        return None


def condition(name: str, mark: Mark) -> Condition:
    return Condition(name, Operator.GE, (mark,))


def later(one: str, other: str) -> str:
    """The greater of two watermarks; an empty one is before all."""
    if not (one and other):
        return one or other
    first, second = read(one), read(other)
    return one if first > second else other  # type: ignore[operator]  # both are of the watermark's one type
