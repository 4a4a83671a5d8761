"""The acts that change a due date or who owes: suspension, resumption, extension, recount, handing over.

Each writes one ``DutyChange`` (from, to, why, who, when); PostgreSQL moves the duty's date when that row is written, and only then.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from govshare.audit import services as audit
from govshare.duties import queries, rules
from govshare.duties.models import Duty, DutyChange
from govshare.duties.rules import Act, DueDate
from govshare.duties.services import locks
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.kernel.workdays import WorkCalendar
from govshare.regulation.words import said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How a date was counted: ``days`` working days from ``start``; or that the count stands still."""

    start: date
    days: int
    suspended_on: date | None = None
    remaining: int | None = None


def _counted(duty: Duty) -> _Count:
    return _Count(start=duty.counted_from, days=duty.counted_days, suspended_on=duty.suspended_on, remaining=duty.remaining)


def _change(duty: Duty, act: Act, due: DueDate, count: _Count, *, reason: str, by: Actor, now: datetime, owner: str = "") -> Duty:
    DutyChange.objects.create(
        duty=duty,
        act=act,
        owner=owner or duty.owner,
        owner_before=duty.owner,
        reason=reason,
        changed_at=now,
        changed_by=by.id,
        due_before=duty.due_on,
        due_after=due.day,
        provisional=due.provisional,
        counted_from=count.start,
        counted_days=count.days,
        suspended_on=count.suspended_on,
        remaining=count.remaining,
    )
    duty.refresh_from_db()
    return duty


def _record(duty: Duty, action: str, due_before: date, *, reason: str, by: Actor, now: datetime) -> None:
    audit.record(
        action=action,
        basis=rules.STORED,
        by=by,
        now=now,
        reason=reason,
        about=str(duty.id),
        parties=[duty.owner],
        detail={"kind": duty.kind, "thing": duty.about, "due_before": str(due_before), "due_after": str(duty.due_on)},
    )


@transaction.atomic
def suspend(*, kind: str, about: str, reason: str, now: datetime, by: Actor) -> Duty | None:
    """The clock stands still, e.g. while papers are completed 「补正」. None when no such duty is open.

    An overdue duty is not suspended (WrongState): its clock has run out.
    """
    locks.hold_calendar()
    duty = locks.open_duty(kind, about)
    if duty is None:
        return None
    today, before = local_date(now), duty.due_on
    if duty.suspended:
        raise WrongState("该期限已经中止，请先恢复", basis=rules.SUSPENSION)
    if duty.overdue(today):
        raise WrongState(f"该期限已于{before}届满，不能再中止；确有必要的，请主管部门延期", basis=rules.SUSPENSION)
    left = queries.working_days_left(before, now)
    count = replace(_counted(duty), suspended_on=today, remaining=left)
    duty = _change(
        duty, Act.SUSPEND, DueDate(before, duty.provisional), count, reason=said("reason", reason, basis=rules.STORED), by=by, now=now
    )
    _record(duty, "duties:duty:suspend", before, reason=reason, by=by, now=now)
    return duty


@transaction.atomic
def resume(*, kind: str, about: str, reason: str, now: datetime, by: Actor) -> Duty | None:
    """The clock runs on with the working days that were left. None when no such duty is open."""
    locks.hold_calendar()
    duty = locks.open_duty(kind, about)
    if duty is None:
        return None
    if duty.remaining is None:
        raise WrongState("该期限没有中止，无需恢复", basis=rules.SUSPENSION)
    today, before, left = local_date(now), duty.due_on, duty.remaining
    due = queries.due(today, left)
    duty = _change(duty, Act.RESUME, due, _Count(start=today, days=left), reason=said("reason", reason, basis=rules.STORED), by=by, now=now)
    _record(duty, "duties:duty:resume", before, reason=reason, by=by, now=now)
    return duty


@transaction.atomic
def extend(*, duty: Duty, due_on: date, reason: str, by: Actor, now: datetime) -> Duty:
    """The authority sets a later day 「延期」."""
    by.need(Role.AUTHORITY, Role.PLATFORM, basis=rules.SUSPENSION)
    locks.hold_calendar()
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    before = duty.due_on
    if not duty.open:
        raise WrongState("该期限已经了结，不能延期", basis=rules.STORED)
    if duty.suspended:
        raise WrongState("该期限正在中止，请恢复后再延期", basis=rules.STORED)
    last = local_date(now) + rules.LONGEST_EXTENSION
    if due_on > last:
        raise Invalid(f"延期最远到{last}", basis=rules.STORED, faults=[Fault("due_on", f"不晚于{last}")])
    due = queries.due(due_on, 0)
    if due_on <= before or due.day != due_on:
        raise Invalid(f"延期后的日期应为{before}之后的工作日", basis=rules.STORED, faults=[Fault("due_on", f"{before}之后的工作日")])
    duty = _change(duty, Act.EXTEND, due, _Count(start=due_on, days=0), reason=said("reason", reason, basis=rules.STORED), by=by, now=now)
    _record(duty, "duties:duty:extend", before, reason=reason, by=by, now=now)
    return duty


@transaction.atomic
def hand_over(*, owner: str, to: str, about: Collection[str] | None = None, reason: str, by: Actor, now: datetime) -> list[Duty]:
    """What ``owner`` still owes (or only what is ``about`` these things) is owed by ``to``; the due dates stay.

    For the room that knows why: succession of organizations.
    """
    open_ones = queries.open_duties().select_for_update().filter(owner=owner).order_by("id")
    duties = list(open_ones if about is None else open_ones.filter(about__in=about))
    reason = said("reason", reason, basis=rules.STORED)
    for duty in duties:
        _change(duty, Act.HAND_OVER, DueDate(duty.due_on, duty.provisional), _counted(duty), owner=to, reason=reason, by=by, now=now)
    if duties:
        audit.record(
            action="duties:duty:hand-over",
            basis=rules.STORED,
            by=by,
            now=now,
            reason=reason,
            about=owner,
            parties=[owner, to],
            counts={"duties": len(duties)},
            detail={"to": to},
        )
    return duties


@transaction.atomic
def recount(*, first: date, reason: str, by: Actor, now: datetime) -> list[Duty]:
    """Count again every running term that reaches ``first``, the earliest day the calendar changed; return those that moved or became firm.

    Part of the calendar's own transaction, which holds the calendar and writes the record. Kept duties are counted
    again only while their date was provisional, and so is whether they were late.
    """
    duties = Duty.objects.select_for_update().filter(Q(kept_at=None) | Q(provisional=True), dropped_at=None, suspended_on=None)
    affected = list(duties.filter(due_on__gte=first).order_by("id"))
    if not affected:
        return []
    calendar = queries.calendar(min(duty.counted_from for duty in affected))
    moved = []
    for duty in affected:
        due, count = _counted_again(duty, calendar, local_date(now))
        if due == DueDate(duty.due_on, duty.provisional):
            continue
        moved.append(_change(duty, Act.RECOUNT, due, count, reason=reason, by=by, now=now))
        if duty.kept_at is not None:
            duty.late = local_date(duty.kept_at) > duty.due_on
            duty.save(update_fields=["late"])
    return moved


def _counted_again(duty: Duty, calendar: WorkCalendar, today: date) -> tuple[DueDate, _Count]:
    """An announcement does not make a running term overdue at once: it then ends today, or on the next working day."""
    count = _counted(duty)
    due = rules.reckon(calendar, count.start, count.days)
    if duty.open and due.day < today <= duty.due_on:
        count = _Count(start=today, days=0)
        due = rules.reckon(calendar, today, 0)
    return due, count
