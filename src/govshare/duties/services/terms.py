"""A duty begins, is kept, or is no longer owed."""

from datetime import datetime

from django.db import IntegrityError, transaction

from govshare.duties import queries
from govshare.duties.models import Duty
from govshare.duties.rules import STORED
from govshare.duties.services import locks
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Basis, WrongState
from govshare.regulation.rule_set import RULE_SET
from govshare.regulation.words import said


@transaction.atomic
def start(*, kind: str, about: str, title: str, owner: str, basis: Basis, working_days: int, now: datetime, by: Actor) -> Duty:
    """``owner`` owes this within ``working_days`` working days after today. Its due date is counted once and stored.

    Raises WrongState when an open duty of this kind about the same thing runs already.
    """
    locks.hold_calendar()
    today = local_date(now)
    due = queries.due(today, working_days)
    try:
        with transaction.atomic():
            return Duty.objects.create(
                kind=kind,
                about=about,
                title=title,
                owner=owner,
                basis=str(basis),
                rule_set=RULE_SET,
                working_days=working_days,
                started_on=today,
                started_at=now,
                started_by=by.id,
                due_on=due.day,
                provisional=due.provisional,
                counted_from=today,
                counted_days=working_days,
            )
    except IntegrityError as error:
        if "duties_duty_open_once" not in str(error):
            raise
    raise WrongState("该事项已有未了结的期限，请先办结或撤销", basis=STORED, detail={"kind": kind, "about": about})


@transaction.atomic
def keep(*, kind: str, about: str, now: datetime, by: Actor) -> Duty | None:
    """The duty is fulfilled; late is accepted and marked late. None when no such duty is open."""
    duty = locks.open_duty(kind, about)
    if duty is not None:
        duty.kept_at, duty.kept_by, duty.late = now, by.id, duty.overdue(local_date(now))
        duty.save(update_fields=["kept_at", "kept_by", "late"])
    return duty


@transaction.atomic
def drop(*, kind: str, about: str, reason: str, now: datetime, by: Actor) -> Duty | None:
    """The duty is no longer owed, for ``reason``. None when no such duty is open."""
    duty = locks.open_duty(kind, about)
    if duty is not None:
        duty.dropped_at, duty.dropped_by, duty.dropped_reason = now, by.id, said("reason", reason, basis=STORED)
        duty.save(update_fields=["dropped_at", "dropped_by", "dropped_reason"])
    return duty
