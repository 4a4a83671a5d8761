"""Dropping hot partitions whose batches are all sealed and were read back at that moment. Only the owner of the database can.

The archive stands in for what went: receipts, proofs, the check and the signer find it there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.db import connection, transaction
from psycopg import sql

from govshare.archive import layout, parquet, queries
from govshare.archive.models import Segment
from govshare.archive.services.verifying import verify
from govshare.archive.store import open_store
from govshare.audit import services as audit
from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Dropped
from govshare.audit.tiles import WIDTH
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import begins, local_date
from govshare.kernel.months import month_of
from govshare.regulation.conventions import convention

READ_BACK = convention("PC-111")
AHEAD = 8  # partitions that are ready before they are needed
_TABLES = ("audit_batch", "audit_entry", "audit_placement")
_STEP = 100_000

_FILLED = """
    SELECT b.batches, b.n, b.least, b.most, p.placed, p.first, p.end, (SELECT count(*) FROM {entries})
    FROM (SELECT count(*) AS batches, sum(n) AS n, min(batch) AS least, max(batch) AS most FROM {batches}) AS b,
         (SELECT count(*) AS placed, min(first_index) AS first, max(first_index + n) AS end FROM {placements}) AS p
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """A partition as counted."""

    batches: int
    n: int
    least: int
    most: int
    placed: int
    first: int
    end: int
    entries: int

    @property
    def complete(self) -> bool:
        return self.batches == self.placed and self.entries == self.n


def prepare(*, now: datetime) -> int:
    """Make partitions ahead, and let a new month begin a new one; return the number of the partition that is being written."""
    with transaction.atomic(), connection.cursor() as cursor:
        current = _current()
        if current in _numbers() and _opened_before(current, begins(month_of(local_date(now)))):
            cursor.execute("SELECT audit_roll()")
            current = cursor.fetchone()[0]
        for number in range(current, current + AHEAD):
            cursor.execute("SELECT audit_make_partition(%s)", [number])
    return current


def drop(*, now: datetime, by: Actor = PLATFORM) -> list[Dropped]:
    """Drop every partition before the current one whose batches are all sealed, once the segments were read back and hold them.

    Raises ``LogRewound`` when something does not hold; nothing is dropped then.
    """
    dropped = []
    for number in [number for number in _numbers() if number < _current()]:
        filled = _filled(number)
        if filled.batches == 0:
            continue
        if not filled.complete or filled.end > queries.sealed_end():
            break  # the log is given up from its beginning on, never with a hole that is not sealed
        _read_back(number, filled, now, by)
        dropped.append(_drop(number, filled, now, by))
    remove_tiles()
    return dropped


def remove_tiles() -> int:
    """Remove the files of full level-0 tiles all of whose leaves are sealed and none hot; return how many. May be repeated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT least(min(first_index), %s) FROM audit_placement", [queries.sealed_end()])
        end = (cursor.fetchone()[0] or 0) // WIDTH if Dropped.objects.exists() else 0
    tiles, removed = open_log().tiles, 0
    for tile in range(end - 1, -1, -1):
        try:
            tiles.path(0, tile).unlink()
        except FileNotFoundError:
            break  # they went from the first on; a killed run left the last ones
        removed += 1
    return removed


def _numbers() -> list[int]:
    """Partitions that are there, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_batch'::regclass")
        return sorted(int(name.rpartition("_p")[2]) for (name,) in cursor.fetchall() if not name.endswith("_default"))


def _current() -> int:
    """The partition into which the next batch goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END >> 24 FROM audit_batch_batch_seq")
        number: int = cursor.fetchone()[0]
        return number


def _opened_before(number: int, moment: datetime) -> bool:
    """Whether something was recorded in this partition before ``moment``."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {} WHERE recorded_at < %s)").format(_named("audit_batch", number)), [moment])
        return bool(cursor.fetchone()[0])


def _filled(number: int) -> Filled:
    tables = {"batches": "audit_batch", "entries": "audit_entry", "placements": "audit_placement"}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_FILLED).format(**{name: _named(table, number) for name, table in tables.items()}))
        return Filled(*(int(value or 0) for value in cursor.fetchone()))


def _named(table: str, number: int) -> sql.Identifier:
    return sql.Identifier(f"{table}_p{number:04d}")


def _read_back(number: int, filled: Filled, now: datetime, by: Actor) -> None:
    """Every segment with an entry of the partition is sound, and every batch stands in them as it is in the database."""
    findings = verify(now=now, by=by, first=filled.first, end=filled.end)
    if findings:
        raise LogRewound(
            f"{findings[0].place}：{findings[0].message}。不移出分区 {number}；请先修复归档",
            "the archive does not hold what was sealed; nothing is dropped. Mend the archive first",
        )
    found = sum(_batches_in(segment, number, filled) for segment in _segments(filled))
    if found != filled.batches:
        raise LogRewound(
            f"分区 {number} 有 {filled.batches} 个批次，归档中与之相同的只有 {found} 个。不移出；请运行核查（govshare audit verify）",
            "batches in the database are not those that were sealed; nothing is dropped. Run the check",
        )


def _segments(filled: Filled) -> list[Segment]:
    return queries.kept(Segment.objects.filter(first_index__lt=filled.end, end_index__gt=filled.first))


def _batches_in(segment: Segment, number: int, filled: Filled) -> int:
    """How many batches of the partition begin in the segment and stand there just so."""
    store, found = open_store(), 0
    with parquet.engine() as database:
        if files := store.filesystem():
            database.register_filesystem(files)
        kept = layout.quoted(store.url(f"{segment.name}/{layout.BATCHES}"))
        for given in _hot_batches(number, max(segment.first_index, filled.first), min(segment.end_index, filled.end)):
            database.register("given", given)
            same = f"SELECT count(*) FROM given SEMI JOIN read_parquet({kept}) USING (first_index, batch, n, recorded_at)"
            found += database.execute(same).fetchall()[0][0]
            database.unregister("given")
    return found


_BATCHES = """
    SELECT p.first_index, b.batch, b.n, b.recorded_at FROM {placements} p JOIN {batches} b USING (batch)
    WHERE p.first_index >= %s AND p.first_index < %s
"""


def _hot_batches(number: int, first: int, end: int) -> Iterator[pa.Table]:
    tables = {"placements": _named("audit_placement", number), "batches": _named("audit_batch", number)}
    names = layout.BATCH_SCHEMA.names
    for low in range(first, end, _STEP):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_BATCHES).format(**tables), [low, min(low + _STEP, end)])
            rows = cursor.fetchall()
        if rows:
            columns = zip(*rows, strict=True)
            yield pa.table(dict(zip(names, map(list, columns), strict=True)), schema=layout.BATCH_SCHEMA)


def _drop(number: int, filled: Filled, now: datetime, by: Actor) -> Dropped:
    """Drop a sealed partition and record it. Who was still writing into it is waited for; what he wrote keeps it from being dropped."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        tables = sql.SQL(", ").join(_named(table, number) for table in _TABLES)
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        if _filled(number) != filled:
            raise LogRewound(
                f"分区 {number} 还有人在写，本次不移出，请稍后再试", "somebody still writes into this partition; try again later"
            )
        dropped = Dropped(
            number=number,
            batches=filled.batches,
            entries=filled.entries,
            least_batch=filled.least,
            most_batch=filled.most,
            first_index=filled.first,
            end_index=filled.end,
            dropped_at=now,
            dropped_by=by.id,
        )
        dropped.save(force_insert=True)
        cursor.execute(sql.SQL("DROP TABLE {}").format(tables))
        audit.record(
            action="archive:partition:drop",
            basis=READ_BACK,
            by=by,
            now=now,
            about=f"audit_batch_p{number:04d}",
            counts={"batches": filled.batches, "entries": filled.entries, "first_index": filled.first, "end_index": filled.end},
        )
    return dropped
