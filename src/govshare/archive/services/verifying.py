"""Reading the whole archive back: every segment's files, entries and place in the tree; what is missing, too much or altered, and where."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from govshare.archive import checking, layout, queries
from govshare.archive.models import Segment
from govshare.archive.services.sealing import alone, remember_check
from govshare.archive.store import Store, open_store
from govshare.audit import services as audit
from govshare.audit.log import open_log
from govshare.audit.services.fsck import Finding
from govshare.kernel.actor import PLATFORM, Actor
from govshare.regulation.articles import cite

LAW = cite("CD2016-26")


def verify(*, now: datetime, by: Actor = PLATFORM, first: int = 0, end: int | None = None) -> list[Finding]:
    """Check every segment with entries from ``first`` to before ``end`` and remember what came of it; nothing: all is as it was sealed."""
    segments = [one for one in queries.kept() if one.end_index > first and (end is None or one.first_index < end)]
    with alone():
        log, store = open_log(), open_store()
        findings = [*_strangers(store), *_gaps()] if end is None and not first else []
        for segment in segments:
            found = checking.check(log, store, segment.name, segment.manifest)
            if not found.findings:
                found.findings += _row(segment, found, store)
            _remember(segment, found.findings, by, now)
            findings += found.findings
    _record(segments, findings, by, now)
    return findings


def _strangers(store: Store) -> list[Finding]:
    """Files that belong to no segment: nobody sealed them."""
    known = set(Segment.objects.values_list("name", flat=True))
    strange = [path for path in store.sizes("segments") if path.rpartition("/")[0] not in known]
    return [Finding("inserted", "archive", path, "归档中有不属于任何已封存分段的文件") for path in strange]


def _gaps() -> Iterator[Finding]:
    """The list of segments begins with the log and leaves nothing out; a disposed segment stays on it."""
    due = 0
    for segment in Segment.objects.order_by("first_index"):
        if segment.first_index > due:
            yield Finding("missing", "archive", layout.segment_name(due, segment.first_index), "目录中缺少已封存的分段", index=due)
        due = max(due, segment.end_index)


def _row(segment: Segment, found: checking.Checked, store: Store) -> Iterator[Finding]:
    """What the list says of a segment is what its manifest and files say; searches and disposals go by the list."""
    manifest = found.manifest
    sealed = {
        "first_index": manifest.first,
        "end_index": manifest.end,
        "name": layout.segment_name(manifest.first, manifest.end),
        "since": datetime.fromisoformat(manifest.earliest),
        "until": datetime.fromisoformat(manifest.latest),
        "least_batch": found.least_batch,
        "most_batch": found.most_batch,
        "bytes": sum(store.sizes(segment.name).values()),
    }
    for column, value in sealed.items():
        if getattr(segment, column) != value:
            yield Finding("altered", "archive", segment.name, f"目录中的 {column} 与封存清单及文件不符", index=manifest.first)


@transaction.atomic
def _remember(segment: Segment, found: list[Finding], by: Actor, now: datetime) -> None:
    remember_check(segment, "\n".join(f"{one.kind} {one.place} {one.index}：{one.message}" for one in found), by, now)


@transaction.atomic
def _record(segments: list[Segment], findings: list[Finding], by: Actor, now: datetime) -> None:
    """Record that the archive was read back 「核查归档」."""
    audit.record(
        action="archive:log:check",
        basis=LAW,
        by=by,
        now=now,
        reason=f"{findings[0].place}：{findings[0].message}" if findings else "",
        counts={
            "segments": len(segments),
            "entries": sum(one.end_index - one.first_index for one in segments),
            "findings": len(findings),
        },
    )
