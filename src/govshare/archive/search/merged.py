"""Hot and sealed entries as one list: those without a place yet, then by index downwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from govshare.archive.search import cold, hot
from govshare.archive.search.cold import Segment
from govshare.archive.search.criteria import PAGE, Criteria, Found, Placed, Row, Tally, Unplaced

#: Hits counted for facets; beyond the newest so many they are not counted one by one.
COUNTED = 50_000
_FIRST = (2**62, 0)  # no batch comes after this one


def page(criteria: Criteria, segments: Sequence[Segment], *, start: Placed | Unplaced | None = None, limit: int = PAGE) -> Found:
    """Up to ``limit`` rows from ``start`` on, and where the next page begins."""
    if criteria.nothing:
        return Found(())
    begun = start or Unplaced(*_FIRST, placed=hot.log_end())
    rows = list(_rows(criteria, segments, begun, limit + 1))
    if len(rows) <= limit:
        return Found(tuple(rows))
    return Found(tuple(rows[:limit]), str(_after(rows[limit - 1], begun)))


def _rows(criteria: Criteria, segments: Sequence[Segment], start: Placed | Unplaced, limit: int) -> Iterator[Row]:
    left = limit
    if isinstance(start, Unplaced):
        recent = hot.recent(criteria, start=start, limit=left)
        yield from recent
        left, start = left - len(recent), Placed(start.placed)
    floor = sealed_end(segments)
    if left and start.index > floor:
        placed = hot.placed(criteria, start=start, floor=floor, limit=left)
        yield from placed
        left, start = left - len(placed), Placed(floor)
    if left:
        yield from cold.placed(criteria, segments, start=start, limit=left)


def _after(last: Row, begun: Placed | Unplaced) -> Placed | Unplaced:
    """Where the page after ``last`` begins. What had no place when the list was begun stays in the order of writing."""
    if isinstance(begun, Unplaced) and (last.index is None or last.index >= begun.placed):
        return Unplaced(last.batch, last.ordinal, begun.placed)
    if last.index is None:
        raise ValueError("an entry without a place stands behind one that has a place")
    return Placed(last.index)


def sealed_end(segments: Sequence[Segment]) -> int:
    """Entries below this index are read from the archive, whether or not the hot log still holds them."""
    return max((segment.end for segment in segments), default=0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits by what they share; ``complete``: all were counted, not only the newest."""

    tallies: tuple[Tally, ...]
    complete: bool

    @property
    def total(self) -> int:
        return sum(tally.n for tally in self.tallies)

    def by(self, name: str) -> dict[str, int]:
        """Hits by ``action``, ``outcome``, ``organization`` or ``day``."""
        counted: dict[str, int] = {}
        for tally in self.tallies:
            value = str(getattr(tally, name))
            counted[value] = counted.get(value, 0) + tally.n
        return counted


def counts(criteria: Criteria, segments: Sequence[Segment], *, most: int = COUNTED) -> Counts:
    """Placed hits, counted from the newest on."""
    if criteria.nothing:
        return Counts((), complete=True)
    found = hot.tally(criteria, floor=sealed_end(segments), most=most + 1)
    total = sum(tally.n for tally in found)
    if total > most:
        return Counts(tuple(found), complete=False)
    sealed, complete = cold.tally(criteria, segments, most=most - total)
    return Counts((*found, *sealed), complete)
