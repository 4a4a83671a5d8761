"""What is unusual, how grave it is, and what may become of an alert. Pure: entries go in as numbers, nothing is looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median_low

from govshare.kernel.choices import TextChoices
from govshare.kernel.clock import LOCAL, begins
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move, Workflow
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

PURPOSE = cite("CD2016-31")
SUPERVISION = cite("CD2016-32")
FINDING = convention("PC-125")  # its number: working days for the department to explain itself

TIMES, HISTORY, LEAST_DAYS, LEAST_ROWS = "PC-126", "PC-127", "PC-128", "PC-129"
NIGHT_FROM, NIGHT_TO, NIGHT_ACTS = "PC-130", "PC-131", "PC-132"
SOUGHT_BY, SOUGHT_DAYS, SEEKS = "PC-133", "PC-134", "PC-135"
NEAR_PERCENT, NEAR_TIMES, IN_A_ROW, GRAVE = "PC-136", "PC-137", "PC-138", "PC-139"

EXPLAIN = "alerts:explain"  # the kind of duty of the department that was asked


class Rule(TextChoices):
    """Named for what it finds; what is found stays the same rule's for ever."""

    VOLUME = "volume", "取数量突增"
    NIGHT = "night", "非工作时间办理"
    SOUGHT = "sought", "一人被多方查询"
    SEEKING = "seeking", "一方查询多人"
    NEAR = "near", "频繁贴近限额"
    REFUSALS = "refusals", "连续被拒绝"


#: The conventions with the numbers each rule works by, the telling one first.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    Rule.VOLUME: (TIMES, HISTORY, LEAST_DAYS, LEAST_ROWS),
    Rule.NIGHT: (NIGHT_ACTS, NIGHT_FROM, NIGHT_TO),
    Rule.SOUGHT: (SOUGHT_BY, SOUGHT_DAYS),
    Rule.SEEKING: (SEEKS, TIMES, HISTORY, LEAST_DAYS),
    Rule.NEAR: (NEAR_TIMES, NEAR_PERCENT),
    Rule.REFUSALS: (IN_A_ROW,),
}


class Subject(TextChoices):
    """What an alert is about."""

    GRANT = "grant", "授权"
    ACTOR = "actor", "人员或业务系统"
    PERSON = "person", "被查询的个人或单位"


ABOUT: Mapping[str, Subject] = {
    Rule.VOLUME: Subject.GRANT,
    Rule.NIGHT: Subject.ACTOR,
    Rule.SOUGHT: Subject.PERSON,
    Rule.SEEKING: Subject.ACTOR,
    Rule.NEAR: Subject.ACTOR,
    Rule.REFUSALS: Subject.ACTOR,
}


class Severity(TextChoices):
    HIGH = "high", "重"
    MEDIUM = "medium", "中"
    LOW = "low", "轻"


class Status(TextChoices):
    OPEN = "open", "待处置"
    ASKED = "asked", "待部门说明"
    ANSWERED = "answered", "部门已说明"
    EXPLAINED = "explained", "已说明"
    CORRECTING = "correcting", "移交整改"
    UNFOUNDED = "unfounded", "不属异常"


PENDING = frozenset({Status.OPEN, Status.ASKED, Status.ANSWERED})
_AUDITOR = frozenset({Role.AUDIT_ADMIN})
ANSWERERS = frozenset({Role.RESOURCE_ADMIN, Role.LEADER})
DISPOSE = "alerts:alert:dispose"

WORKFLOW = Workflow(
    "alerts:alert",
    dict(Status.choices),
    Move(
        verb="ask",
        label="请部门说明",
        source=frozenset({Status.OPEN, Status.ANSWERED}),
        target=Status.ASKED,
        actors=_AUDITOR,
        basis=FINDING,
        action="alerts:alert:ask",
    ),
    Move(
        verb="answer",
        label="作出说明",
        source=frozenset({Status.ASKED}),
        target=Status.ANSWERED,
        actors=ANSWERERS,
        basis=PURPOSE,
        action="alerts:alert:answer",
    ),
    Move(
        verb="explain",
        label="认可说明",
        source=PENDING,
        target=Status.EXPLAINED,
        actors=_AUDITOR,
        basis=FINDING,
        action=DISPOSE,
    ),
    Move(
        verb="hand-over",
        label="移交整改",
        source=PENDING,
        target=Status.CORRECTING,
        actors=_AUDITOR,
        basis=SUPERVISION,
        action=DISPOSE,
    ),
    Move(
        verb="dismiss",
        label="不属异常",
        source=PENDING,
        target=Status.UNFOUNDED,
        actors=_AUDITOR,
        basis=FINDING,
        action=DISPOSE,
    ),
)
DISPOSITIONS = ("explain", "hand-over", "dismiss")


@dataclass(frozen=True, slots=True)
class Window:
    """From, up to but not including: what an alert looks at."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something unusual. ``baseline`` is what is usual there, where that is known; ``history`` day by day, the oldest first."""

    rule: Rule
    who: str  # grant number, actor's id, or keyed hash of the person asked about
    window: Window
    observed: int
    threshold: int
    baseline: int | None = None
    history: tuple[tuple[date, int], ...] = ()


def day_window(day: date) -> Window:
    """The whole day in Chengdu."""
    return Window(begins(day), begins(day + timedelta(days=1)))


def is_day(window: Window) -> bool:
    """Whether it is a whole day, and no night."""
    return window == day_window(window.start.date())


def off_hours(hour: datetime, *, workday: bool, numbers: Mapping[str, int]) -> Window | None:
    """The night or the free day that ``hour`` (local, its beginning) belongs to; none during working time.

    A night is one window although midnight lies within; the small hours of a free day belong to that day.
    """
    if not workday:
        return day_window(hour.date())
    if hour.hour >= numbers[NIGHT_FROM]:
        return _night(hour.date(), numbers)
    if hour.hour < numbers[NIGHT_TO]:
        return _night(hour.date() - timedelta(days=1), numbers)
    return None


def _night(evening: date, numbers: Mapping[str, int]) -> Window:
    start = datetime.combine(evening, time(numbers[NIGHT_FROM]), LOCAL)
    return Window(start, datetime.combine(evening + timedelta(days=1), time(numbers[NIGHT_TO]), LOCAL))


def usual(history: Sequence[tuple[date, int]], *, numbers: Mapping[str, int]) -> int | None:
    """The median of the days there were; none when there were too few to speak of a usual day."""
    return median_low([value for _day, value in history]) if len(history) >= numbers[LEAST_DAYS] else None


def volume(value: int, history: Sequence[tuple[date, int]], *, numbers: Mapping[str, int]) -> tuple[int, int] | None:
    """Threshold and baseline of a grant that takes far more than it used to; none when it does not."""
    baseline = usual(history, numbers=numbers)
    if baseline is None or value < numbers[LEAST_ROWS]:
        return None
    threshold = max(baseline * numbers[TIMES], numbers[LEAST_ROWS])
    return (threshold, baseline) if value > baseline * numbers[TIMES] else None


def seeking(value: int, history: Sequence[tuple[date, int]], *, numbers: Mapping[str, int]) -> tuple[int, int | None] | None:
    """Threshold and baseline of somebody who looks up many; a system that always does is measured by itself."""
    baseline = usual(history, numbers=numbers)
    threshold = max(numbers[SEEKS], (baseline or 0) * numbers[TIMES])
    return (threshold, baseline) if value >= threshold else None


def severity(observed: int, threshold: int, *, numbers: Mapping[str, int]) -> Severity:
    """By how far the threshold is passed (PC-139)."""
    if observed >= threshold * numbers[GRAVE]:
        return Severity.HIGH
    return Severity.MEDIUM if 2 * observed >= threshold * numbers[GRAVE] else Severity.LOW
