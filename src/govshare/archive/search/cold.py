"""The sealed log: DuckDB over the segments' Parquet, from the newest segment down.

Two steps, for a page is small and a segment is not: first the places of the rows by the few columns that the question names, then
those rows whole. One subject's rows lie side by side, so they are read whole at once. Values stand in the statements as literals (they
prune row groups, bound parameters do not), each through ``layout.quoted``; moments and numbers are ours.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from govshare.archive import layout
from govshare.archive.search import engine
from govshare.archive.search.criteria import EQUAL, Criteria, Placed, Row, Tally, clipped
from govshare.audit.rules import LARGEST_BATCH, LARGEST_COLUMN
from govshare.kernel.clock import LOCAL

_DAY = 86_400_000_000  # microseconds
_TOGETHER = 512  # segments looked through in one statement at most

_FIND = """
    SELECT "index", filename, file_row_number FROM read_parquet({files})
    WHERE {conditions} ORDER BY "index" DESC LIMIT {limit}
"""
_OF_SUBJECT = """
    SELECT "index", {body} AS body FROM read_parquet({files}) WHERE {conditions} ORDER BY "index" DESC LIMIT {limit}
"""
_READ = 'SELECT "index", {body} AS body FROM ({rows})'
_ROWS = "SELECT * FROM read_parquet({files}) WHERE file_row_number IN ({rows})"
_NUMBER = """
    SELECT r."index", b.batch, r."index" - b.first_index
    FROM (SELECT unnest([{indexes}]) AS "index") AS r
    ASOF JOIN (SELECT first_index, batch FROM read_parquet({files}) WHERE first_index <= {last}) AS b ON r."index" >= b.first_index
"""
_NUMBER_ONE = """
    SELECT {index}, max_by(batch, first_index), {index} - max(first_index)
    FROM read_parquet({files}) WHERE first_index BETWEEN {least} AND {index}
"""
_FEW = 60  # rows that are numbered one by one: each looks into one row group, while a join reads them all
_TALLY = """
    SELECT action, outcome, actor_organization, (epoch_us("at") + {offset}) // {day}, count(*)
    FROM read_parquet({files}) WHERE {conditions} GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A sealed range ``first`` .. ``end`` - 1, entries recorded from ``since`` to ``until`` (both included), and where its files are."""

    first: int
    end: int
    since: datetime
    until: datetime
    entries: str
    batches: str


def placed(criteria: Criteria, segments: Sequence[Segment], *, start: Placed, limit: int) -> list[Row]:
    """Sealed entries below ``start``, the newest first."""
    found: list[Row] = []
    for some in _steps(criteria, _concerned(criteria, segments, below=start.index)):
        found += _page(criteria, some, before=start.index, limit=limit - len(found))
        if len(found) >= limit:
            break
    return found


def tally(criteria: Criteria, segments: Sequence[Segment], *, most: int) -> tuple[list[Tally], bool]:
    """Hits counted, whole segments at a time from the newest on until they are ``most``; and whether all were counted."""
    counted: list[Tally] = []
    steps = list(_steps(criteria, _concerned(criteria, segments)))
    for done, some in enumerate(steps, 1):
        counted += _counted(criteria, some)
        if done < len(steps) and sum(tally.n for tally in counted) >= most:
            return counted, False
    return counted, True


def _concerned(criteria: Criteria, segments: Sequence[Segment], *, below: int | None = None) -> list[Segment]:
    """Segments that may hold an answer, by place and time; the newest first."""
    kept = [
        segment
        for segment in segments
        if (below is None or segment.first < below)
        and (criteria.since is None or segment.until >= criteria.since)
        and (criteria.until is None or segment.since < criteria.until)
    ]
    return sorted(kept, key=lambda segment: segment.first, reverse=True)


def _steps(criteria: Criteria, segments: list[Segment]) -> Iterator[list[Segment]]:
    """A few of the newest first, then more: most pages need no more. What hits seldom is looked for everywhere at once."""
    size = _TOGETHER if criteria.selective else 1
    while segments:
        yield segments[:size]
        segments, size = segments[size:], min(size * 2, _TOGETHER)


def _page(criteria: Criteria, segments: list[Segment], *, before: int, limit: int) -> list[Row]:
    conditions = [*_conditions(criteria), f'"index" < {before:d}']
    asked = {"files": _entries(segments), "conditions": " AND ".join(conditions), "limit": f"{limit:d}"}
    with engine.cursor() as database:
        if criteria.subject:
            bodies = dict(database.execute(_OF_SUBJECT.format(body=layout.BODY, **asked)).fetchall())
        else:
            bodies = _bodies(database, database.execute(_FIND.format(**asked)).fetchall())
        numbers = _numbers(database, segments, list(bodies))
    return [Row(*numbers[index], index, bodies[index]) for index in sorted(bodies, reverse=True)]


def _bodies(database: duckdb.DuckDBPyConnection, places: Sequence[tuple[int, str, int]]) -> dict[int, str]:
    by_file: dict[str, list[str]] = defaultdict(list)
    for _, file, row in places:
        by_file[file].append(f"{row:d}")
    rows = " UNION ALL ".join(_ROWS.format(files=layout.listed([file]), rows=", ".join(those)) for file, those in by_file.items())
    return dict(database.execute(_READ.format(body=layout.BODY, rows=rows)).fetchall()) if rows else {}


def _numbers(database: duckdb.DuckDBPyConnection, segments: list[Segment], indexes: list[int]) -> Mapping[int, tuple[int, int]]:
    """Batch and ordinal of each index."""
    numbers: dict[int, tuple[int, int]] = {}
    for segment in segments:
        inside = [index for index in indexes if segment.first <= index < segment.end]
        if inside:
            found = database.execute(_numbering(segment, inside)).fetchall()
            numbers |= {index: (batch, ordinal) for index, batch, ordinal in found}
    return numbers


def _numbering(segment: Segment, indexes: list[int]) -> str:
    files = layout.listed([segment.batches])
    if len(indexes) > _FEW:
        return _NUMBER.format(indexes=", ".join(f"{index:d}" for index in indexes), files=files, last=f"{max(indexes):d}")
    return " UNION ALL ".join(_NUMBER_ONE.format(index=f"{index:d}", least=f"{index - LARGEST_BATCH:d}", files=files) for index in indexes)


def _counted(criteria: Criteria, segments: list[Segment]) -> list[Tally]:
    offset = int((LOCAL.utcoffset(segments[0].since) or timedelta()).total_seconds()) * 1_000_000
    statement = _TALLY.format(files=_entries(segments), conditions=" AND ".join(_conditions(criteria)) or "true", offset=offset, day=_DAY)
    with engine.cursor() as database:
        return [Tally(action, outcome, body, _day(day), n) for action, outcome, body, day, n in database.execute(statement).fetchall()]


def _day(number: int) -> str:
    return f"{datetime.fromtimestamp(0, tz=LOCAL).date() + timedelta(days=number):%Y-%m-%d}"


def _entries(segments: Sequence[Segment]) -> str:
    return layout.listed(segment.entries for segment in segments)


def _conditions(criteria: Criteria) -> list[str]:
    """SQL; every text in it went through ``layout.quoted``."""
    told = [_equal(column, getattr(criteria, name)) for name, column in EQUAL.items() if getattr(criteria, name)]
    if criteria.party:
        told.append(f"list_contains(parties, {layout.quoted(criteria.party)})")
    for column, values in (("actor_id", criteria.actors), ("grant_id", criteria.grants)):
        if values is not None:
            told.append(f"{column} IN ({', '.join(map(layout.quoted, values))})")
    if criteria.of_somebody:
        told.append("subject <> ''")
    if criteria.action.endswith(":"):
        told.append(f"action >= {layout.quoted(criteria.action)} AND action < {layout.quoted(criteria.action[:-1] + ';')}")
    elif criteria.action:
        told.append(f"action = {layout.quoted(criteria.action)}")
    if criteria.since:
        told.append(f'"at" >= {_moment(criteria.since)}')
    if criteria.until:
        told.append(f'"at" < {_moment(criteria.until)}')
    return told


def _equal(column: str, text: str) -> str:
    """The hot log's columns are clipped, so that a text of their length stands for every longer one that begins so."""
    if len(text) >= LARGEST_COLUMN:
        return f"starts_with({column}, {layout.quoted(clipped(text))})"
    return f"{column} = {layout.quoted(text)}"


def _moment(moment: datetime) -> str:
    return f"make_timestamptz({int(moment.timestamp()) * 1_000_000 + moment.microsecond:d})"
