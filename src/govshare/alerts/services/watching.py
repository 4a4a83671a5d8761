"""The rules at work: a stretch of the log is read once, what it touched is measured, what is unusual becomes an alert.

All of one stretch is one transaction: that it was read, what was counted up, and every alert with its record. So it may be
killed at any moment and begun again, and nothing is found twice.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from govshare.alerts import queries, rules
from govshare.alerts.models import Alert, Pair, Pass, Tally
from govshare.alerts.queries import entries
from govshare.alerts.queries.entries import Behind, Stretch
from govshare.alerts.rules import ABOUT, Finding, Rule, Subject, Window
from govshare.audit import queries as log
from govshare.audit import services as audit
from govshare.duties import queries as duties
from govshare.duties.rules import is_workday
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import LOCAL, local_date
from govshare.kernel.ids import new_id
from govshare.regulation.conventions import convention

STEP = 50_000  # entries read at once
_Judge = Callable[[int, Sequence[tuple[date, int]]], tuple[int, int | None] | None]
_GRACE = 7  # days that an entry may come late
_LOCK = 2016_3100  # PostgreSQL advisory lock: one reader at a time

_ADD = """
    INSERT INTO alerts_tally (what, who, day, value) SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::bigint[])
    ON CONFLICT (what, who, day) DO UPDATE SET value = {value}
"""
_MORE, _AS_IT_IS = "alerts_tally.value + excluded.value", "excluded.value"


def watch(*, now: datetime) -> int:
    """Read on from where the rules last stopped, up to the end of the log; returns how many alerts were raised."""
    raised = 0
    while (found := read_on(by=PLATFORM, now=now)) is not None:
        raised += found
    return raised


@transaction.atomic
def read_on(*, by: Actor, now: datetime) -> int | None:
    """One stretch; returns how many alerts it gave, or None when there is nothing more to read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    first, end = queries.read_up_to(), log.placed()
    if first >= end:
        return None
    stretch = Stretch(first, min(end, first + STEP))
    _forget(now)
    Pass.objects.create(first_index=stretch.first, end_index=stretch.end, read_at=now, read_by=by.id)
    numbers = {number: duties.parameter(number) for number in _ALL_NUMBERS}
    found = list(_findings(stretch, numbers))
    told = queries.told_before(found)
    return sum(_raise(each, told, numbers, by=by, now=now) for each in found)


def _forget(now: datetime) -> None:
    """Once a day, drop what no rule looks back to; what was found stays for ever."""
    today, last = local_date(now), Pass.objects.order_by("-end_index").first()
    if last is None or local_date(last.read_at) == today:
        return
    Pair.objects.filter(day__lt=today - timedelta(days=duties.parameter(rules.SOUGHT_DAYS) + _GRACE)).delete()
    Tally.objects.filter(day__lt=today - timedelta(days=convention(rules.HISTORY).most + _GRACE)).delete()


_ALL_NUMBERS = sorted({number for group in rules.NUMBERS.values() for number in group} | {rules.GRAVE})


def _findings(stretch: Stretch, numbers: Mapping[str, int]) -> Iterator[Finding]:
    yield from _volumes(stretch, numbers)
    yield from _nights(stretch, numbers)
    fresh = stretch.pairs()
    yield from _sought(fresh, numbers)
    yield from _seeking(fresh, numbers)
    yield from _near(stretch, numbers)
    yield from _refusals(stretch, numbers)


def _volumes(stretch: Stretch, numbers: Mapping[str, int]) -> Iterator[Finding]:
    taken = stretch.taken()
    return _against_history(Rule.VOLUME, "rows", taken, partial(rules.volume, numbers=numbers), numbers)


def _seeking(fresh: Iterable[tuple[str, date, str]], numbers: Mapping[str, int]) -> Iterator[Finding]:
    more = Counter((actor, day) for _subject, day, actor in fresh)
    many = [(actor, day, count) for (actor, day), count in sorted(more.items())]
    return _against_history(Rule.SEEKING, "persons", many, partial(rules.seeking, numbers=numbers), numbers)


def _against_history(
    rule: Rule, what: str, counts: Sequence[tuple[str, date, int]], judge: _Judge, numbers: Mapping[str, int]
) -> Iterator[Finding]:
    """Count up ``what``, and hold each day that was touched against the days before it."""
    _tally(what, counts, _MORE)
    for (who, day), course in queries.histories(what, _keys(counts), days=numbers[rules.HISTORY]).items():
        if not course or course[-1][0] != day:  # nothing but empty deliveries
            continue
        *history, (_today, value) = course
        if judged := judge(value, history):
            threshold, baseline = judged
            yield Finding(
                rule=rule,
                who=who,
                window=rules.day_window(day),
                observed=value,
                threshold=threshold,
                baseline=baseline,
                history=tuple(course),
            )


def _near(stretch: Stretch, numbers: Mapping[str, int]) -> Iterator[Finding]:
    near = stretch.near(numbers[rules.NEAR_PERCENT])
    _tally("near", near, _MORE)
    for (who, day), course in queries.histories("near", _keys(near), days=0).items():
        yield from _if_enough(Rule.NEAR, who, rules.day_window(day), course[-1][1], numbers[rules.NEAR_TIMES])


def _nights(stretch: Stretch, numbers: Mapping[str, int]) -> Iterator[Finding]:
    touched = stretch.worked()
    calendar = duties.calendar(min(hour for _, hour, _count in touched).date()) if touched else None
    acts: Counter[tuple[str, Window]] = Counter()
    for who, hour, count in touched:
        workday = calendar is not None and is_workday(calendar, hour.date())
        if (window := rules.off_hours(hour, workday=workday, numbers=numbers)) is not None:
            acts[who, window] += count
    for what, of_a_day in (("free", True), ("night", False)):
        counts = {(who, local_date(window.start)): (window, n) for (who, window), n in acts.items() if rules.is_day(window) is of_a_day}
        _tally(what, [(who, day, n) for (who, day), (_window, n) in sorted(counts.items())], _MORE)
        for (who, day), course in queries.histories(what, list(counts), days=0).items():
            yield from _if_enough(Rule.NIGHT, who, counts[who, day][0], course[-1][1], numbers[rules.NIGHT_ACTS])


def _sought(fresh: Iterable[tuple[str, date, str]], numbers: Mapping[str, int]) -> Iterator[Finding]:
    days, least = numbers[rules.SOUGHT_DAYS], numbers[rules.SOUGHT_BY]
    touched = sorted({(subject, day) for subject, day, _actor in fresh})
    for who, day, count in entries.askers(touched, days=days, least=least):
        window = Window(rules.day_window(day - timedelta(days=days - 1)).start, rules.day_window(day).end)
        yield from _if_enough(Rule.SOUGHT, who, window, count, least)


def _refusals(stretch: Stretch, numbers: Mapping[str, int]) -> Iterator[Finding]:
    course = stretch.outcomes()
    keys = sorted({(who, day) for who, day, _outcome in course})
    streaks = {key: before[-1][1] if before else 0 for key, before in queries.histories("streak", keys, days=0).items()}
    longest: Counter[tuple[str, date]] = Counter()
    for who, day, outcome in course:
        streaks[who, day] = streaks[who, day] + 1 if outcome == "refused" else 0
        longest[who, day] = max(longest[who, day], streaks[who, day])
    _tally("streak", [(who, day, streaks[who, day]) for who, day in keys], _AS_IT_IS)
    for (who, day), count in longest.items():
        yield from _if_enough(Rule.REFUSALS, who, rules.day_window(day), count, numbers[rules.IN_A_ROW])


def _if_enough(rule: Rule, who: str, window: Window, count: int, threshold: int) -> Iterator[Finding]:
    if count >= threshold:
        yield Finding(rule=rule, who=who, window=window, observed=count, threshold=threshold)


def _keys(counts: Iterable[tuple[str, date, int]]) -> list[tuple[str, date]]:
    return [(who, day) for who, day, _count in counts]


def _tally(what: str, counts: Sequence[tuple[str, date, int]], value: str) -> None:
    if counts:
        who, days, values = map(list, zip(*counts, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(value=value), [what, who, days, values])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Whom an alert is about, in words, as the entries behind it name them."""

    who_name: str
    organization: str
    organization_name: str
    resource: str


def _raise(found: Finding, told: set[Any], numbers: Mapping[str, int], *, by: Actor, now: datetime) -> bool:
    """One alert and its record; not when one tells of it already."""
    key = (found.rule, found.who, found.window.start)
    if key in told:
        return False
    told.add(key)
    behind = entries.behind(found, percent=numbers[rules.NEAR_PERCENT])
    named, grave = _named(found, behind), rules.severity(found.observed, found.threshold, numbers=numbers)
    number, alert_id = _number(now), new_id()
    told_of = {name: numbers[name] for name in (*rules.NUMBERS[found.rule], rules.GRAVE)}
    promise = audit.record(
        action="alerts:alert:raise",
        basis=convention(rules.NUMBERS[found.rule][0]),
        by=by,
        now=now,
        about=number,
        resource=named.resource,
        grant=found.who if ABOUT[found.rule] is Subject.GRANT else "",
        counts={"observed": found.observed, "threshold": found.threshold, "entries": behind.count},
        detail={"rule": found.rule, "severity": grave, "from": found.window.start.isoformat(), "to": found.window.end.isoformat()},
    )
    Alert.objects.create(
        id=alert_id,
        number=number,
        rule=found.rule,
        subject=ABOUT[found.rule],
        who=found.who,
        who_name=named.who_name,
        organization=named.organization,
        organization_name=named.organization_name,
        resource=named.resource,
        window_start=found.window.start,
        window_end=found.window.end,
        observed=found.observed,
        threshold=found.threshold,
        baseline=found.baseline,
        course=_course(found, behind),
        numbers=told_of,
        severity=grave,
        entries=list(behind.receipts),
        entry_count=behind.count,
        raised_at=now,
        raised_by=by.id,
        receipt=promise.number,
    )
    return True


def _number(now: datetime) -> str:
    """``YC-20261123-0001``; the lock is held, so no two get the same."""
    prefix = f"YC-{local_date(now):%Y%m%d}-"
    return f"{prefix}{Alert.objects.filter(number__startswith=prefix).count() + 1:04d}"


def _named(found: Finding, behind: Behind) -> _Named:
    body = json.loads(behind.body)
    if ABOUT[found.rule] is Subject.GRANT:
        organization, name = entries.taker(found.who)
        return _Named(who_name=found.who, organization=organization, organization_name=name, resource=body["resource"])
    if ABOUT[found.rule] is Subject.PERSON:
        return _Named(who_name="", organization="", organization_name="", resource="")
    actor = body["actor"]
    return _Named(
        who_name=actor["name"][:200],
        organization=actor["organization"][:64],
        organization_name=actor["organization_name"][:200],
        resource="",
    )


def _course(found: Finding, behind: Behind) -> list[tuple[str, int]]:
    """The usual days and the day in question; without a history, how the entries lie in the window, by hour or by day."""
    if found.history:
        return [(day.isoformat(), value) for day, value in found.history]
    hourly = found.window.end - found.window.start <= timedelta(days=1)
    step, form = (timedelta(hours=1), "%m-%d %H:00") if hourly else (timedelta(days=1), "%Y-%m-%d")
    begins = found.window.start.astimezone(LOCAL)
    counts: dict[str, int] = {}
    while begins < found.window.end:
        counts[begins.strftime(form)] = 0
        begins += step
    for at in behind.times:
        counts[at.astimezone(LOCAL).strftime(form)] += 1
    return list(counts.items())
