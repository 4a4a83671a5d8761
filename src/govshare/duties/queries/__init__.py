"""What is due when, what is overdue, which number is in force. How duties stand in numbers: ``counts``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Q, QuerySet

from govshare.duties import rules
from govshare.duties.models import Duty, Parameter, RuleSetAct, WorkDay, WorkYear
from govshare.duties.rules import DueDate, Light
from govshare.kernel.clock import local_date
from govshare.kernel.memory import remembered
from govshare.kernel.workdays import WorkCalendar
from govshare.regulation.conventions import convention
from govshare.regulation.rule_set import CURRENT, RULE_SETS


def parameter(number: str) -> int:
    """The number of convention ``number`` in force; a convention without one is a ValueError."""
    default = convention(number).default
    if default is None:
        raise ValueError(f"{number} carries no number")
    return _numbers_set().get(number, default)


@remembered
def _numbers_set() -> Mapping[str, int]:
    """The numbers in force that somebody set, by convention: one statement for all that a page asks for."""
    return dict(Parameter.objects.order_by("number", "-since").distinct("number").values_list("number", "value"))


def parameters_set() -> dict[str, Parameter]:
    """By convention, the change that set its number in force; conventions with their first number are left out."""
    return {row.number: row for row in Parameter.objects.order_by("number", "-since").distinct("number")}


def may_undo_until(done_at: datetime) -> datetime:
    """Up to when the one who submitted something may take it back, nobody having acted on it (PC-80)."""
    return done_at + timedelta(minutes=parameter("PC-80"))


def calendar(first: date) -> WorkCalendar:
    """All that is announced, with the exceptions from the year of ``first`` on (some 35 a year)."""
    return _calendar(first.year)


@remembered
def _calendar(year: int) -> WorkCalendar:
    """By year: a page asks from several days on, and is answered once."""
    years = frozenset(WorkYear.objects.values_list("year", flat=True))
    return WorkCalendar(years=years, exceptions=dict(WorkDay.objects.filter(date__year__gte=year).values_list("date", "is_workday")))


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty as a page shows it. ``left``: working days; of a suspended one those it will run on with."""

    duty: Duty
    light: Light
    left: int


def standings(duties: Iterable[Duty], *, now: datetime) -> list[Standing]:
    """Each of ``duties`` with its light, in the same order; the calendar is read once."""
    duties, today = list(duties), local_date(now)
    if not duties:
        return []
    announced = calendar(min(today, *(duty.due_on for duty in duties)))
    return [_standing(duty, announced, today) for duty in duties]


def _standing(duty: Duty, announced: WorkCalendar, today: date) -> Standing:
    if duty.remaining is not None:
        return Standing(duty, Light.GREY, duty.remaining)
    left = rules.working_days_left(announced, today, duty.due_on)
    return Standing(duty, rules.light(left), left)


@dataclass(frozen=True, slots=True)
class RuleSetStatus:
    """On what the platform works today. On ``trial`` it issues no orders under CD2016-38."""

    state: Literal["in_force", "prolonged", "trial"]
    text: str
    act: RuleSetAct | None = None

    @property
    def may_order(self) -> bool:
        return self.state != "trial"


def rule_set_status(now: datetime, *, regulation: str = CURRENT.regulation) -> RuleSetStatus:
    """In force by itself, carried on by an act on file, or 演示/试行 (CD2016-42)."""
    rule_set, today = RULE_SETS[regulation], local_date(now)
    if rule_set.in_force(today):
        return RuleSetStatus("in_force", f"《{rule_set.title}》现行有效（至{rule_set.last_day}）")
    on_file = RuleSetAct.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today), rule_set=regulation, valid_from__lte=today)
    act = on_file.filter(withdrawn_at=None).order_by("-valid_from", "-recorded_at").first()
    if act is None:
        return RuleSetStatus("trial", f"演示/试行：《{rule_set.title}》不在有效期内，且无延续文件在档；本平台不作出第三十八条的责令")
    until = f"至{act.valid_until}" if act.valid_until else "有效期未定"
    return RuleSetStatus("prolonged", f"《{rule_set.title}》依{act.issuer}{act.number}继续执行（{until}）", act)
