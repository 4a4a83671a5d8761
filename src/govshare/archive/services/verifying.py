"""Reading the whole archive back: every segment's files, entries and place in the tree; what is missing, too much or altered, and where."""

from datetime import datetime

from django.db import transaction

from govshare.archive import checking, queries
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
        findings = _strangers(store) if end is None and not first else []
        for segment in segments:
            found = checking.check(log, store, segment.name, segment.manifest)
            _remember(segment, found.findings, by, now)
            findings += found.findings
    _record(segments, findings, by, now)
    return findings


def _strangers(store: Store) -> list[Finding]:
    """Files that belong to no segment: nobody sealed them."""
    known = {segment.name for segment in queries.kept()}
    strange = [path for path in store.sizes("segments") if path.rpartition("/")[0] not in known]
    return [Finding("inserted", "archive", path, "归档中有不属于任何已封存分段的文件") for path in strange]


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
