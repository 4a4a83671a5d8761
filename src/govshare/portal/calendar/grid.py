"""A year as it is shown: months, weeks, days, each with what it is and what falls due. Pure."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from govshare.duties.rules import is_workday
from govshare.kernel.workdays import WorkCalendar

Kind = Literal["work", "rest", "holiday", "makeup"]
_WEEKS = Calendar(firstweekday=0)


@dataclass(frozen=True, slots=True)
class Day:
    """``name``: the holiday, or the holiday it makes up for; ``due``: how many duties end on it."""

    date: date
    kind: Kind
    name: str
    today: bool
    due: int


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday to Sunday; None where a day is another month's."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]

    @property
    def workdays(self) -> int:
        return sum(day is not None and day.kind in {"work", "makeup"} for week in self.weeks for day in week)


def year_of(year: int, calendar: WorkCalendar, names: Mapping[date, str], due: Mapping[date, int], *, today: date) -> list[Month]:
    """Twelve months; in a year not announced only weekends are free."""

    def day(each: date) -> Day:
        return Day(each, _kind(each, calendar), names.get(each, ""), each == today, due.get(each, 0))

    return [
        Month(month, tuple(tuple(day(each) if each.month == month else None for each in week) for week in weeks))
        for month, weeks in ((month, _WEEKS.monthdatescalendar(year, month)) for month in range(1, 13))
    ]


def _kind(day: date, calendar: WorkCalendar) -> Kind:
    works, usual = is_workday(calendar, day), day.weekday() < 5
    if works:
        return "work" if usual else "makeup"
    return "holiday" if usual or day in calendar.exceptions else "rest"
