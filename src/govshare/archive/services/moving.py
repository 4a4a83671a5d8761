"""Segments on their way: out into a folder that verifies by itself, back into the store, and into a table for work with SQL."""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from govshare.archive import checking, layout, parquet, queries
from govshare.archive.models import Segment
from govshare.archive.services.sealing import remember_check
from govshare.archive.store import Folder, Store, open_store
from govshare.audit import services as audit
from govshare.audit.log import LogRewound, open_log
from govshare.kernel import durable
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, NotFound
from govshare.regulation.articles import cite

LAW = cite("CD2016-26")
TABLE = "archive_restored"
_ALL = (*layout.FILES, layout.MANIFEST)
_COLUMNS = {
    "index": "bigint PRIMARY KEY",
    "batch": "bigint NOT NULL",
    "ordinal": "integer NOT NULL",
    "recorded_at": "timestamptz NOT NULL",
    "body": "jsonb NOT NULL",
}


def chosen(*, first: int = 0, end: int | None = None, month: str = "") -> list[Segment]:
    """Kept segments with entries ``first`` to before ``end``, and of ``month`` (``2026-03``, UTC) if one is named; none is ``NotFound``."""
    found = [
        one
        for one in queries.kept()
        if one.end_index > first
        and (end is None or one.first_index < end)
        and (not month or f"{one.since:%Y-%m}" <= month <= f"{one.until:%Y-%m}")
    ]
    if not found:
        raise NotFound("这个范围没有已封存的记录；请先封存（govshare audit seal）或核对范围", basis=LAW)
    return found


def take_out(*, segments: list[Segment], target: Path, by: Actor, now: datetime) -> None:
    """Write whole segments, checked, with the log's key and hand-overs into a new folder: ``govshare verify FOLDER`` reads it."""
    if target.exists() and any(target.iterdir()):
        raise Invalid(f"{target} 不是空目录，请另选", basis=LAW)
    log, store = open_log(), open_store()
    for segment in segments:
        (target / segment.name).mkdir(parents=True)
        for file in _ALL:
            store.get(f"{segment.name}/{file}", target / segment.name / file)
        _must_hold(segment, Folder(target))
    durable.write(target / "log.vkey", f"{log.trust().eras[0].key.text}\n".encode())
    if log.handovers():
        durable.write(target / "handover", log.handovers())
    with transaction.atomic():
        _enter("archive:log:export", segments, by, now)


def put_back(*, source: Path, by: Actor, now: datetime) -> list[Segment]:
    """Put segments from such a folder back into the store, where they are missing or damaged; they must be what was sealed."""
    given = [one for one in queries.kept() if (source / one.name / layout.MANIFEST).is_file()]
    if not given:
        raise NotFound(f"{source} 里没有本日志的归档", basis=LAW)
    store, restored = open_store(), []
    for segment in given:
        if not checking.check(open_log(), store, segment.name, segment.manifest).findings:
            continue
        _must_hold(segment, Folder(source))
        store.remove(segment.name)
        for file in _ALL:
            store.put(f"{segment.name}/{file}", source / segment.name / file)
        _must_hold(segment, store)
        _remember(segment, by, now)
        restored.append(segment)
    with transaction.atomic():
        _enter("archive:log:restore", restored, by, now)
    return restored


@transaction.atomic
def into_table(*, segments: list[Segment], by: Actor, now: datetime) -> int:
    """Copy entries into table ``archive_restored``, made anew, for work with SQL; only the database's owner can. Returns how many."""
    store, count = open_store(), 0
    for segment in segments:
        _must_hold(segment, store)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
    with connection.cursor() as cursor, parquet.engine() as database:
        if files := store.filesystem():
            database.register_filesystem(files)
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} ({columns})")
        with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for segment in segments:
                entries, batches = (store.url(f"{segment.name}/{file}") for file in (layout.ENTRIES, layout.BATCHES))
                asked = layout.numbered_sql(
                    f'SELECT "index", {layout.BODY} AS body FROM read_parquet([{layout.quoted(entries)}])', [batches]
                )
                for rows in database.sql(asked).to_arrow_reader(10_000):
                    for row in rows.to_pylist():
                        copy.write_row([row[name] for name in _COLUMNS])
                    count += len(rows)
    _enter("archive:log:restore", segments, by, now)
    return count


def _must_hold(segment: Segment, store: Store) -> None:
    found = checking.check(open_log(), store, segment.name, segment.manifest).findings
    if found:
        raise LogRewound(
            f"{found[0].place}：{found[0].message}。请另找一份完好的归档",
            f"{segment.name} is not what was sealed; find a copy that is whole",
        )


@transaction.atomic
def _remember(segment: Segment, by: Actor, now: datetime) -> None:
    remember_check(segment, "", by, now)


def _enter(action: str, segments: list[Segment], by: Actor, now: datetime) -> None:
    """Record which segments left the archive or came back into it, in the caller's transaction."""
    names = {str(number): segment.name for number, segment in enumerate(segments[:100], 1)}
    count = sum(one.end_index - one.first_index for one in segments)
    audit.record(action=action, basis=LAW, by=by, now=now, counts={"segments": len(segments), "entries": count}, detail=names)
