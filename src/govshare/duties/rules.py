"""How terms are counted and shown (CD2016-17, 19, 22). Pure: no database, no clock.

The day on which a term begins does not count 「开始的当日不计入」; a term ends on a working day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from govshare.kernel.choices import TextChoices
from govshare.kernel.workdays import WorkCalendar
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

COUNTING = convention("PC-01")
STORED = convention("PC-02")
SUSPENSION = convention("PC-03")
LIGHTS = convention("PC-04")
CALENDAR = convention("PC-05")
PARAMETERS = convention("PC-06")
VALIDITY = cite("CD2016-42")

LONGEST_TERM = 1000  # working days; four years, longer is a slip of the hand
LONGEST_EXTENSION = timedelta(days=1461)  # four years
RED_FROM, YELLOW_FROM = 2, 5  # working days left


@dataclass(frozen=True, slots=True)
class DueDate:
    """``provisional`` 「暂定」: the term runs into a year whose holidays are not announced; there only weekends were left out."""

    day: date
    provisional: bool


class Light(TextChoices):
    """Shape and colour together, so that nobody has to tell colours apart."""

    RED = "red", "■ 紧急或逾期"
    YELLOW = "yellow", "▲ 临近"
    GREEN = "green", "● 正常"
    GREY = "grey", "‖ 中止"


class Effect(TextChoices):
    """What another act does to a rule set."""

    PROLONG = "prolong", "延长有效期"
    REPLACE = "replace", "以新文件替代，本规则集暂续执行"


class Act(TextChoices):
    """What can change a stored due date, or who owes. Nothing else can."""

    EXTEND = "extend", "延期"
    SUSPEND = "suspend", "中止"
    RESUME = "resume", "恢复"
    RECOUNT = "recount", "按公布的工作日历重新计算"
    HAND_OVER = "hand_over", "由承接单位继续办理"


def is_workday(calendar: WorkCalendar, day: date) -> bool:
    """By the announcement; in a year without one, Monday to Friday."""
    return calendar.is_workday(day) if day.year in calendar.years else day.weekday() < 5


def reckon(calendar: WorkCalendar, start: date, working_days: int) -> DueDate:
    """The last day of a term of ``working_days`` that begins on ``start``. A term of none ends on the first working day from ``start``."""
    if not 0 <= working_days <= LONGEST_TERM:
        raise ValueError(f"a term has 0 to {LONGEST_TERM} working days, not {working_days}")
    day, left = start, working_days
    provisional = not working_days and start.year not in calendar.years
    while left or not is_workday(calendar, day):
        day += timedelta(days=1)
        provisional |= day.year not in calendar.years
        left -= bool(left) and is_workday(calendar, day)
    return DueDate(day, provisional)


def working_days_left(calendar: WorkCalendar, today: date, due: date) -> int:
    """Working days after ``today`` up to and with ``due``; 0 on the day itself; negative: working days by which it is overdue."""
    first, last = sorted((today, due))
    days = (date.fromordinal(n) for n in range(first.toordinal() + 1, last.toordinal() + 1))
    count = sum(is_workday(calendar, day) for day in days)
    return count if today <= due else -max(count, 1)


def light(left: int) -> Light:
    """Red: two working days or fewer, or overdue; yellow: five or fewer."""
    if left <= RED_FROM:
        return Light.RED
    return Light.YELLOW if left <= YELLOW_FROM else Light.GREEN
