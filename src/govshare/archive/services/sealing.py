"""Sealing: closed ranges of the log go into segments, are read back from the store, and only then count as sealed.

Every step may be repeated: files are written anew, the manifest last, and the row in the database when everything was read back.
A process killed between any two is followed by one that begins the same range again; a segment that is whole and holds is taken as it is.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import Error, connection, transaction

from govshare.archive import checking, layout, parquet, queries
from govshare.archive.models import Segment
from govshare.archive.store import Store, StoreUnavailable, open_store
from govshare.audit import merkle, statements, verifier
from govshare.audit import services as audit
from govshare.audit.log import Head, Log, LogRewound, open_log
from govshare.audit.services.sequencer import check_memory
from govshare.audit.tiles import WIDTH, TileAltered
from govshare.duties.queries import parameter
from govshare.kernel import durable
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import begins, local_date
from govshare.kernel.months import month_of
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

LAW = cite("CD2016-26")
BY_MONTH_AND_SIZE = convention("PC-110")
LOCK = 0x676F765F73656C  # "gov_sel", the advisory lock of the sealer
MILLION = 2**20  # the unit of PC-110: binary, so that segments end where tiles do


def seal(*, now: datetime, by: Actor = PLATFORM, everything: bool = False, largest: int = 0) -> list[Segment]:
    """Seal what is due (PC-110): closed months, and ranges of ``largest`` entries (nothing: the number in force); return the new segments.

    With ``everything``, all whole tiles under the signed checkpoint are due. Two at once are safe, the second waits. Raises
    ``LogRewound`` when the entries are not those that were signed, and ``StoreUnavailable``; nothing is sealed then.
    """
    sealed, log = [], open_log()
    with _in_words(), alone() as work:
        check_memory(log)  # on a database from an older backup, nothing is taken for sealed, and nothing sealed is removed
        sealer = _Sealer(log, open_store(), work, now, by)
        largest = largest or parameter(str(BY_MONTH_AND_SIZE)) * MILLION
        while found := sealer.due(largest, everything=everything):
            sealed.append(sealer.accept(sealer.left_whole(found[1]) or sealer.write(*found)))
    return sealed


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except TileAltered as altered:
        raise LogRewound(f"{altered}。请从备份恢复该文件", "restore that file from the backup") from altered
    except (OSError, duckdb.Error, pa.ArrowException) as error:
        raise StoreUnavailable(
            f"封存目录 {settings.GOVSHARE_SEALING} 不可用：{type(error).__name__}。请检查空间后重试，已有的封存不受影响"
            " / the sealer's directory cannot be written or read; mend its space and repeat"
        ) from error


@dataclass(frozen=True)
class _Sealer:
    log: Log
    store: Store
    work: Path
    now: datetime
    by: Actor

    def due(self, largest: int, *, everything: bool) -> tuple[Head, int, int] | None:
        """The signed head and the next range to be sealed under it."""
        head, first = self.log.head(), queries.sealed_end()
        if head is None:
            return None
        end = signed = head.size // WIDTH * WIDTH
        if not everything and signed - first < largest:
            open_month = queries.recorded_since(begins(month_of(local_date(self.now))), after=first)
            end = signed if open_month is None else min(open_month // WIDTH * WIDTH, signed)
        end = min(end, first + largest)
        return (head, first, end) if end > first else None

    def left(self, first: int) -> list[str]:
        """Segments from ``first`` on that a killed sealer left in the store, perhaps of another length; the longest first."""
        found = {path.rpartition("/")[0] for path in self.store.sizes("segments")}
        return sorted((name for name in found if name.startswith(layout.segment_name(first, 0).rpartition("-")[0] + "-")), reverse=True)

    def left_whole(self, first: int) -> str:
        """One of them that is whole and holds; nothing when there is none."""
        for name in self.left(first):
            manifest = f"{name}/{layout.MANIFEST}"
            if manifest in self.store.sizes(name):
                note = self.store.read(manifest).decode("utf-8", "replace")
                if not checking.check(self.log, self.store, name, note).findings:
                    return name
        return ""

    def write(self, head: Head, first: int, end: int) -> str:
        """Put a segment into the store, its manifest last; return its name. What a killed sealer left goes only when it can be replaced."""
        name = layout.segment_name(first, end)
        directory = self.work / "segment"
        written = parquet.write(directory, first=first, rows=queries.hot_rows(first, end), tree=self.log.tree)
        (directory / layout.CHECKPOINT).write_text(head.note, "utf-8")
        (directory / layout.MANIFEST).write_text(self.manifest(head, written, directory), "utf-8")
        for left in self.left(first):
            self.store.remove(left)
        for file in (*layout.FILES, layout.MANIFEST):
            self.store.put(f"{name}/{file}", directory / file)
        shutil.rmtree(directory)
        return name

    def manifest(self, head: Head, written: parquet.Written, directory: Path) -> str:
        subtrees = self.log.tiles.subtrees(head.size)
        return statements.manifest(
            key=self.log.key,
            first=written.first,
            end=written.end,
            root=merkle.root(written.end, subtrees),
            edge=merkle.edge(written.first, subtrees),
            consistency=merkle.consistency_proof(written.end, head.size, subtrees),
            files={file: checking.digest(directory / file) for file in layout.FILES},
            earliest=written.since,
            latest=written.until,
        )

    def accept(self, name: str) -> Segment:
        """Read the segment back and enter it; what does not hold is not entered."""
        note = self.store.read(f"{name}/{layout.MANIFEST}").decode()
        back = checking.check(self.log, self.store, name, note)
        if back.findings:
            raise LogRewound(
                f"{back.findings[0].place}：{back.findings[0].message}。未封存；请运行核查（govshare audit verify），修复后重试",
                "what was read back is not what was signed; not sealed. Run the check, mend, and repeat",
            )
        manifest = back.manifest
        segment = Segment(
            first_index=manifest.first,
            end_index=manifest.end,
            name=name,
            manifest=note,
            since=datetime.fromisoformat(manifest.earliest),
            until=datetime.fromisoformat(manifest.latest),
            least_batch=back.least_batch,
            most_batch=back.most_batch,
            bytes=sum(self.store.sizes(name).values()),
            sealed_at=self.now,
            sealed_by=self.by.id,
        )
        with transaction.atomic(durable=True):
            _enter(segment, manifest, self.by, self.now)
        return segment


def _enter(segment: Segment, manifest: verifier.Segment, by: Actor, now: datetime) -> None:
    """Record a sealed segment 「封存」."""
    segment.save(force_insert=True)
    remember_check(segment, "", by, now)
    audit.record(
        action="archive:segment:seal",
        basis=LAW,
        by=by,
        now=now,
        about=segment.name,
        counts={"entries": manifest.end - manifest.first, "bytes": segment.bytes},
        digests={file: f"sha256:{digest.hex()}" for file, digest in manifest.files.items()},
    )


def remember_check(segment: Segment, problems: str, by: Actor, now: datetime) -> None:
    """Note that a segment was read back, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_check (first_index, problems, checked_at, checked_by) VALUES (%s, %s, %s, %s)",
            [segment.first_index, problems, now, by.id],
        )


@contextmanager
def alone() -> Iterator[Path]:
    """The only sealer on this database and in this directory; yields its work directory, emptied."""
    work = Path(settings.GOVSHARE_SEALING)
    durable.make_directory(work)
    with (work / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield _emptied(work / "work")
        finally:
            shutil.rmtree(work / "work", ignore_errors=True)
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _emptied(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    durable.make_directory(directory)
    return directory
