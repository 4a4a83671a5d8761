"""A year of working days and what happens on them: stories that each wait for their next step, told in the order of time.

A story is a generator: it does something at ``agenda.now`` and yields how long it waits. What it would do after the last day
does not happen, and so leaves the city in the middle of it. Steps of one day share a transaction; those of its night, which
need what was committed (transfers, the sequencer), stand alone.
"""

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from govshare.duties import queries as duties
from govshare.duties.rules import is_workday
from govshare.kernel.clock import LOCAL, local_date

DAYS, MONTH = 250, 21  # working days
_OPENS, _CLOSES = 9 * 60, 17 * 60  # minutes of the day
_NIGHT = 20 * 60


@dataclass(frozen=True, slots=True)
class Wait:
    """``days`` working days, or, on the same day, ``minutes``; at ``night`` after that."""

    days: int = 0
    minutes: int = 0
    night: bool = False


Story = Generator[Wait, None, None]
Tell = Callable[[str], None]


def days(number: int) -> Wait:
    return Wait(days=number)


def soon(minutes: int = 3) -> Wait:
    return Wait(minutes=minutes)


NIGHT = Wait(night=True)


def working_days(last: date, number: int) -> list[date]:
    """The ``number`` working days that end with ``last`` or the working day before it, in order."""
    calendar = duties.calendar(last - timedelta(days=number * 2))
    found: list[date] = []
    day = last
    while len(found) < number:
        if is_workday(calendar, day):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


class Agenda:
    """``today`` is not on it: the last day is the working day before, so that everything has happened already."""

    def __init__(self, today: datetime, *, number: int = DAYS) -> None:
        self.calendar = working_days(local_date(today) - timedelta(days=1), number)
        self.now = self._moment(0, _OPENS)
        self.place = 0  # the day that is being told
        self._waiting: list[tuple[datetime, int, Random, Story]] = []
        self._count = 0

    @property
    def last(self) -> int:
        return len(self.calendar) - 1

    @property
    def today(self) -> date:
        return local_date(self.now)

    def before_end(self, number: int) -> Wait:
        """Until ``number`` working days before the day after the last."""
        return Wait(days=self.last + 1 - number - self.place)

    def add(self, name: str, story: Story, *, day: int, minute: int | None = None) -> None:
        """Begin ``story`` on a day of the agenda (counted from the end when negative); ``name`` decides its hours."""
        draw = Random(f"agenda {name}")
        place = day if day >= 0 else self.last + 1 + day
        self._push(place, minute if minute is not None else draw.randrange(_OPENS, _CLOSES), draw, story)

    def run(self, *, each_month: Callable[[datetime], object], tell: Tell) -> None:
        """Tell every story as far as the days go. ``each_month``: what the platform does by itself at night, outside any transaction."""
        for place in range(len(self.calendar)):
            self.place = place
            day = self.calendar[place]
            if place % MONTH == 0:
                tell(f"{day:%Y 年 %-m 月}：一年的往来")
            with transaction.atomic():
                self._until(self._moment(place, _NIGHT), place)
            self._until(self._moment(place, 24 * 60), place)
            if place % MONTH == MONTH - 1 or place == self.last:
                self.now = self._moment(place, 23 * 60 + 50)
                each_month(self.now)

    def _until(self, end: datetime, place: int) -> None:
        while self._waiting and self._waiting[0][0] < end:
            self.now, _, draw, story = heapq.heappop(self._waiting)
            wait = next(story, None)
            if wait is not None:
                self._again(wait, place, draw, story)

    def _again(self, wait: Wait, place: int, draw: Random, story: Story) -> None:
        if wait.night:
            self._push(place + wait.days, draw.randrange(_NIGHT, _NIGHT + 180), draw, story)
        elif wait.days:
            self._push(place + wait.days, draw.randrange(_OPENS, _CLOSES), draw, story)
        else:
            self._at(self.now + timedelta(minutes=wait.minutes, seconds=draw.randrange(60)), draw, story)

    def _push(self, place: int, minute: int, draw: Random, story: Story) -> None:
        if place <= self.last:
            self._at(self._moment(place, minute) + timedelta(seconds=draw.randrange(60)), draw, story)

    def _at(self, moment: datetime, draw: Random, story: Story) -> None:
        self._count += 1
        moment = max(moment, self.now + timedelta(minutes=1))  # whoever waits for a night that has begun goes on in it
        heapq.heappush(self._waiting, (moment, self._count, draw, story))

    def _moment(self, place: int, minute: int) -> datetime:
        return datetime.combine(self.calendar[place], time(), LOCAL) + timedelta(minutes=minute)
