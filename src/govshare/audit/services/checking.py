"""The check of everything 「完整性校验」, in the background: asked for by the audit administrator or by the clock, its outcome an entry."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from govshare.audit.receipts import Promise
from govshare.audit.rules import clipped
from govshare.audit.services.fsck import Finding, Report, fsck
from govshare.audit.services.recording import record
from govshare.kernel.actor import Actor
from govshare.kernel.clock import Clock, utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention

LOOKS_RECORDED = convention("PC-62")
TASK, LOCK = "audit.check", "audit:check"
NAMED = 15  # findings named in the entry; the others are counted


@transaction.atomic
def ask_check(*, by: Actor, now: datetime) -> Promise:
    """Have the whole log checked by a worker; one at a time. The receipt names who asked, and the outcome will name the receipt."""
    by.need(Role.AUDIT_ADMIN, basis=LOOKS_RECORDED)
    if running():
        raise WrongState("已有一次校验在进行，请等它办完", basis=LOOKS_RECORDED)
    promise = record(action="audit:log:ask-check", basis=LOOKS_RECORDED, by=by, now=now)
    tasks = app.with_connector(DjangoConnector())
    try:
        tasks.configure_task(TASK, queue="house", queueing_lock=LOCK).defer(asked=promise.number)
    except AlreadyEnqueued as meanwhile:
        raise WrongState("已有一次校验在进行，请等它办完", basis=LOOKS_RECORDED) from meanwhile
    return promise


def running() -> bool:
    """Whether a check waits for a worker or is under way."""
    return ProcrastinateJob.objects.filter(task_name=TASK, status__in=["todo", "doing"]).exists()


def check(*, asked: str, by: Actor, clock: Clock = utc_now) -> Report:
    """Check the whole log and record what came of it; ``asked`` is the receipt of whoever asked, empty when the clock did.

    Reads for as long as the log is long, outside any transaction; only the record is one.
    """
    began = clock()
    report = fsck()
    record(
        action="audit:log:check",
        basis=LOOKS_RECORDED,
        by=by,
        now=clock(),
        about=asked,
        reason="" if report.sound else report.findings[0].message,
        counts={"entries": report.entries, "checkpoints": report.checkpoints, "findings": len(report.findings)},
        detail={"began": began.isoformat(), **{f"finding {n:02}": _told(each) for n, each in enumerate(report.findings[:NAMED], 1)}},
    )
    return report


def _told(finding: Finding) -> str:
    where = f"{finding.part} {finding.place}" + (f" #{finding.index}" if finding.index >= 0 else "")
    return clipped(f"{finding.kind} · {where} · {finding.message}", 500)
