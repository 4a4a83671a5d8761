"""What is unusual, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.alerts import rules
from govshare.alerts.rules import NUMBERS, Rule, Severity
from govshare.kernel.clock import LOCAL
from govshare.regulation.conventions import CONVENTIONS, convention

IN_FORCE = {number: row.default for number, row in CONVENTIONS.items() if row.default is not None}
MONDAY = date(2026, 3, 2)


def history(*values):
    return [(MONDAY - timedelta(days=len(values) - n), value) for n, value in enumerate(values)]


def hour(day, clock):
    return datetime.combine(day, datetime.min.time()).replace(hour=clock)


@pytest.mark.article("CD2016-31", "PC-126", "PC-128", "PC-129")
@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        (50_001, (9_000, 10_000, 11_000), (50_000, 10_000)),
        (50_000, (9_000, 10_000, 11_000), None),  # five times is not yet more than five times
        (900_000, (10_000, 10_000), None),  # two days are no history
        (900_000, (), None),
        (999, (1, 1, 1), None),  # too little to speak of
        (1_000, (1, 1, 1), (1_000, 1)),
    ],
)
def test_a_grant_takes_far_more_than_it_used_to(value, before, expected):
    assert rules.volume(value, history(*before), numbers=IN_FORCE) == expected


@pytest.mark.article("CD2016-31", "PC-135")
@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        (199, (), None),
        (200, (), (200, None)),
        (999, (200, 200, 200), None),
        (1_000, (200, 200, 200), (1_000, 200)),
        (200, (1, 1, 1), (200, 1)),
    ],
)
def test_who_looks_up_many_is_measured_by_the_number_and_by_its_own_history(value, before, expected):
    assert rules.seeking(value, history(*before), numbers=IN_FORCE) == expected


@pytest.mark.article("CD2016-32", "PC-130", "PC-131")
@pytest.mark.parametrize(
    ("day", "clock", "workday", "expected"),
    [
        (MONDAY, 21, True, None),
        (MONDAY, 6, True, None),
        (MONDAY, 22, True, ("2026-03-02 22", "2026-03-03 06")),
        (MONDAY + timedelta(days=1), 5, True, ("2026-03-02 22", "2026-03-03 06")),
        (MONDAY, 12, False, ("2026-03-02 00", "2026-03-03 00")),
        (MONDAY, 23, False, ("2026-03-02 00", "2026-03-03 00")),
    ],
)
def test_a_night_is_one_window_and_a_free_day_another(day, clock, workday, expected):
    window = rules.off_hours(hour(day, clock), workday=workday, numbers=IN_FORCE)

    assert (window and tuple(f"{moment.astimezone(LOCAL):%Y-%m-%d %H}" for moment in (window.start, window.end))) == expected


@given(after=st.integers(0, 100_000), workday=st.booleans())
def test_whatever_the_hour_its_window_holds_it(after, workday):
    local = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=after)).astimezone(LOCAL)

    window = rules.off_hours(local.replace(tzinfo=None), workday=workday, numbers=IN_FORCE)

    assert window is None or window.start <= local < window.end
    assert workday or window is not None


@pytest.mark.article("PC-139")
@pytest.mark.parametrize(
    ("observed", "expected"), [(10, Severity.LOW), (14, Severity.LOW), (15, Severity.MEDIUM), (29, Severity.MEDIUM), (30, Severity.HIGH)]
)
def test_how_grave_it_is_goes_by_how_far_the_threshold_is_passed(observed, expected):
    assert rules.severity(observed, 10, numbers=IN_FORCE) is expected


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_works_by_numbers_that_the_authority_may_set(rule):
    assert NUMBERS[rule]
    assert all(convention(number).default is not None for number in NUMBERS[rule])
