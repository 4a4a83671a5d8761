"""What is sealed, what may be sealed next, and the hot rows that go into a segment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
from django.db import connection
from django.db.models import Max, QuerySet

from govshare.archive import layout
from govshare.archive.models import Check, Destruction, Disposal, Hold, Lift, Segment
from govshare.audit.log import LogRewound
from govshare.audit.rules import LARGEST_BATCH

YEARS = 15  # that a log is kept at least (CD2016-26)
STEP = 50_000  # rows read at a time

_ROWS = """
    SELECT e.batch, e.ordinal, p.n, b.recorded_at, e.body
    FROM audit_placement p JOIN audit_batch b ON b.batch = p.batch JOIN audit_entry e ON e.batch = p.batch
    WHERE p.first_index > %(first)s - %(largest)s AND p.first_index < %(end)s
      AND p.first_index + e.ordinal >= %(first)s AND p.first_index + e.ordinal < %(end)s
    ORDER BY p.first_index, e.ordinal
"""
_RECORDED_SINCE = """
    SELECT min(p.first_index) FROM audit_placement p JOIN audit_batch b ON b.batch = p.batch
    WHERE p.first_index >= %s - %s AND b.recorded_at >= %s
"""


def sealed_end() -> int:
    """How many entries, from the first on, are sealed."""
    return Segment.objects.aggregate(end=Max("end_index"))["end"] or 0


def recorded_since(moment: datetime, *, after: int) -> int | None:
    """Index of the first entry recorded at ``moment`` or later, among those that are not sealed; nothing when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDED_SINCE, [after, LARGEST_BATCH, moment])
        found: int | None = cursor.fetchone()[0]
        return found


def hot_rows(first: int, end: int) -> Iterator[pa.Table]:
    """Entries ``first`` .. ``end`` - 1 as the database has them, in the order of the log; one that is missing is ``LogRewound``."""
    for low in range(first, end, STEP):
        high = min(low + STEP, end)
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {"first": low, "end": high, "largest": LARGEST_BATCH})
            rows = cursor.fetchall()
        if len(rows) != high - low:
            raise LogRewound(
                f"第 {low} 至 {high - 1} 条之间缺少已入日志的记录，拒绝封存。请运行核查（govshare audit verify），并恢复数据库",
                "placed entries are missing; not sealing. Run the check and restore the database",
            )
        yield pa.table(dict(zip(layout.ROW_SCHEMA.names, map(list, zip(*rows, strict=True)), strict=True)), schema=layout.ROW_SCHEMA)


@dataclass(frozen=True, slots=True)
class State:
    """One segment for people: when it was sealed and last read back, what stands against giving it up."""

    segment: Segment
    check: Check | None
    holds: tuple[Hold, ...]
    disposal: Disposal | None


def states() -> list[State]:
    """Every segment, oldest first."""
    checks = {check.first_index: check for check in Check.objects.order_by("first_index", "id")}
    disposals = {disposal.first_index: disposal for disposal in Disposal.objects.all()}
    holds = holds_in_force()
    return [
        State(
            segment=segment,
            check=checks.get(segment.first_index),
            holds=tuple(hold for hold in holds if hold.since <= segment.until and hold.until > segment.since),
            disposal=disposals.get(segment.first_index),
        )
        for segment in Segment.objects.order_by("first_index")
    ]


def fifteen_years_after(moment: datetime) -> datetime:
    """The term of CD2016-26, counted from ``moment``; 29 February is followed by 1 March."""
    here = moment.astimezone(UTC)
    try:
        return here.replace(year=here.year + YEARS)
    except ValueError:
        return here.replace(year=here.year + YEARS, month=3, day=1)


def kept_until(segment: Segment) -> datetime:
    """Until when a segment is kept at least: fifteen years from its last entry and from its sealing, whichever is later."""
    return fifteen_years_after(max(segment.until, segment.sealed_at))


def kept(among: QuerySet[Segment] | None = None) -> list[Segment]:
    """Segments whose files are there: all but the disposed ones, oldest first."""
    segments = Segment.objects.all() if among is None else among
    return list(segments.exclude(first_index__in=Disposal.objects.values("first_index")).order_by("first_index"))


def holds_in_force() -> list[Hold]:
    return list(Hold.objects.exclude(id__in=Lift.objects.values("hold")).order_by("placed_at"))


def destructions() -> list[Destruction]:
    """Months whose identifiers nobody can open any more, latest first."""
    return list(Destruction.objects.order_by("-month"))
