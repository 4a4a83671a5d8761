"""Facets and the course of what a search found, in words, with links that narrow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from govshare.archive.search.merged import Counts
from govshare.portal.log.filters import Filters, bodies, shown

SHOWN = 12  # values of a facet
DAYS = 62  # longer courses are told by month
MONTHS = 48
_WIDTH, _HEIGHT, _GAP = 1000, 56, 2  # of the drawing, in its own units


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet and the query that narrows to it, or takes it back."""

    label: str
    count: int
    on: bool
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facet:
    label: str
    values: list[Value]
    on: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or month: how many, and where it stands in the drawing."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Course:
    """How many by day or month; ``by_month`` says which."""

    bars: list[Bar]
    by_month: bool
    most: int
    width: int = _WIDTH
    height: int = _HEIGHT


def facets(filters: Filters, counts: Counts) -> list[Facet]:
    """What the hits share, the most frequent first."""
    names = bodies(list(counts.by("organization")))
    return [
        _facet("action", _("办理"), filters, counts.by("action"), {each: shown("action", each) for each in counts.by("action")}),
        _facet("outcome", _("结果"), filters, counts.by("outcome"), {each: shown("outcome", each) for each in counts.by("outcome")}),
        _facet("organization", _("经办部门"), filters, counts.by("organization"), names),
        _months(filters, counts.by("day")),
    ]


def _facet(name: str, label: str, filters: Filters, counted: Mapping[str, int], words: Mapping[str, str]) -> Facet:
    asked = getattr(filters, name)
    most = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    values = [
        Value(words.get(value, value), count, value == asked, {name: "" if value == asked else value})
        for value, count in most[:SHOWN]
        if value
    ]
    return Facet(label, values, shown(name, asked) if asked in counted and asked else "")


def _months(filters: Filters, days: Mapping[str, int]) -> Facet:
    counted: dict[str, int] = {}
    for day, count in days.items():
        counted[day[:7]] = counted.get(day[:7], 0) + count
    values = []
    for month in sorted(counted, reverse=True)[:SHOWN]:
        first, last = _month(month)
        on = (filters.since, filters.until) == (first, last)
        values.append(Value(month, counted[month], on, {"since": "" if on else first, "until": "" if on else last}))
    return Facet(_("月份"), values, next((value.label for value in values if value.on), ""))


def course(counts: Counts) -> Course | None:
    """Bars from the first day with hits to the last, days without any between them; nothing when there is nothing to draw."""
    days = {date.fromisoformat(day): count for day, count in counts.by("day").items()}
    if not days:
        return None
    first, last = min(days), max(days)
    by_month = (last - first).days >= DAYS
    if by_month:
        spans = [_month(f"{n // 12:04}-{n % 12 + 1:02}") for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]
    else:
        spans = [(f"{first + timedelta(days=n):%Y-%m-%d}",) * 2 for n in range((last - first).days + 1)]
    spans = spans[-MONTHS:] if by_month else spans
    totals = [sum(count for day, count in days.items() if since <= f"{day:%Y-%m-%d}" <= until) for since, until in spans]
    return Course(_bars(spans, totals, by_month=by_month), by_month, max(totals))


def _bars(spans: list[tuple[str, str]], totals: list[int], *, by_month: bool) -> list[Bar]:
    most, step = max(totals) or 1, _WIDTH / max(len(spans), 14)
    bars = []
    for place, ((since, until), count) in enumerate(zip(spans, totals, strict=True)):
        height = max(count / most * (_HEIGHT - 2), 2) if count else 0
        label = since[:7] if by_month else since
        bars.append(Bar(label, count, place * step, _HEIGHT - height, step - _GAP, height, since, until))
    return bars


def _month(month: str) -> tuple[str, str]:
    """First and last day."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return f"{first:%Y-%m-%d}", f"{after - timedelta(days=1):%Y-%m-%d}"
