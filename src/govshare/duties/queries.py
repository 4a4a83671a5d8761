"""What is due when, what is overdue, which number is in force."""

from datetime import date, datetime

from django.db.models import QuerySet

from govshare.duties import rules
from govshare.duties.models import Duty, Parameter, WorkDay, WorkYear
from govshare.duties.rules import DueDate, Light
from govshare.kernel.clock import local_date
from govshare.kernel.workdays import WorkCalendar
from govshare.regulation.conventions import convention


def parameter(number: str) -> int:
    """The number of convention ``number`` in force; a convention without one is a ValueError."""
    default = convention(number).default
    if default is None:
        raise ValueError(f"{number} carries no number")
    row = Parameter.objects.filter(number=number).order_by("-since").first()
    return default if row is None else row.value


def calendar(first: date) -> WorkCalendar:
    """All that is announced, with the exceptions from ``first`` on (some 35 a year)."""
    years = frozenset(WorkYear.objects.values_list("year", flat=True))
    return WorkCalendar(years=years, exceptions=dict(WorkDay.objects.filter(date__gte=first).values_list("date", "is_workday")))


def due(start: date, working_days: int) -> DueDate:
    """The last day of a term of ``working_days`` that begins on ``start``."""
    return rules.reckon(calendar(start), start, working_days)


def working_days_left(due_on: date, now: datetime) -> int:
    """Working days after today up to and with ``due_on``; negative when overdue."""
    today = local_date(now)
    return rules.working_days_left(calendar(min(today, due_on)), today, due_on)


def light(due_on: date, now: datetime) -> Light:
    """■ red, ▲ yellow or ● green."""
    return rules.light(working_days_left(due_on, now))


def open_duties() -> QuerySet[Duty]:
    return Duty.objects.filter(kept_at=None, dropped_at=None)


def find(kind: str, about: str) -> Duty | None:
    """The open duty of that kind about that thing, else its latest one, else None."""
    duties = Duty.objects.filter(kind=kind, about=about)
    return duties.filter(kept_at=None, dropped_at=None).first() or duties.order_by("-started_at", "-id").first()


def open_for(owner: str, *, now: datetime) -> list[Duty]:
    """What ``owner`` still owes, the most urgent first; started by ``now``."""
    return list(open_duties().filter(owner=owner, started_at__lte=now).order_by("due_on", "id"))


def overdue(*, now: datetime) -> list[Duty]:
    """Open, not suspended, and past their day, the oldest first."""
    return list(open_duties().filter(suspended_on=None, due_on__lt=local_date(now)).order_by("due_on", "id"))
