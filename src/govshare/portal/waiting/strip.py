"""The deadline strip: how many are red, yellow, green, and on which of the next ten working days they fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from govshare.duties import queries as duties
from govshare.duties.queries import Standing
from govshare.duties.rules import Light
from govshare.kernel.clock import local_date

DAYS = 10
DOTS = 3  # shown on one day; more are counted in words


@dataclass(frozen=True, slots=True)
class Day:
    """One working day; ``lights`` of what falls on it, what is overdue counted to today."""

    date: date
    today: bool
    lights: tuple[Light, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    red: int
    yellow: int
    green: int
    days: tuple[Day, ...]

    @property
    def total(self) -> int:
        return self.red + self.yellow + self.green


def strip(standings: Sequence[Standing], *, now: datetime) -> Strip:
    """Suspended clocks are in none of the counts."""
    running = [each for each in standings if each.light is not Light.GREY]
    counts = {light: sum(each.light is light for each in running) for light in (Light.RED, Light.YELLOW, Light.GREEN)}
    return Strip(counts[Light.RED], counts[Light.YELLOW], counts[Light.GREEN], tuple(_days(running, local_date(now))))


def _days(running: Sequence[Standing], today: date) -> list[Day]:
    found: list[Day] = []
    calendar, day = duties.calendar(today), today
    while len(found) < DAYS:
        known = day.year in calendar.years
        if day == today or (calendar.is_workday(day) if known else day.weekday() < 5):
            here = tuple(each.light for each in running if each.duty.due_on == day or (day == today and each.duty.due_on < day))
            found.append(Day(day, day == today, here[:DOTS]))
        day += timedelta(days=1)
    return found
