"""Counting working days has laws; these are they."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.duties import rules
from govshare.duties.rules import Light
from govshare.kernel.workdays import CalendarNotAnnounced, WorkCalendar

YEARS = frozenset({2025, 2026})
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
any_days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
calendars = st.dictionaries(days, st.booleans(), max_size=60).map(lambda exceptions: WorkCalendar(years=YEARS, exceptions=exceptions))
terms = st.integers(0, 60)


def between(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


@pytest.mark.article("PC-01")
@given(calendars, any_days, terms)
def test_a_term_ends_on_a_working_day_and_holds_exactly_its_days(calendar, start, term):
    due = rules.reckon(calendar, start, term)

    assert rules.is_workday(calendar, due.day)
    counted = sum(rules.is_workday(calendar, day) for day in between(start, due.day))
    assert counted == term or (term == 0 and counted == 1 and not rules.is_workday(calendar, start))


@pytest.mark.article("PC-05")
@given(calendars, any_days, terms)
def test_a_date_is_provisional_exactly_when_its_term_enters_a_year_not_announced(calendar, start, term):
    due = rules.reckon(calendar, start, term)

    assert due.provisional == any(day.year not in YEARS for day in [*between(start, due.day), due.day])


@given(calendars, days, st.integers(1, 20))
def test_a_firm_date_is_the_one_the_announced_calendar_gives(calendar, start, term):
    due = rules.reckon(calendar, start, term)

    if due.provisional:
        with pytest.raises(CalendarNotAnnounced):
            calendar.add(start, term)
    else:
        assert calendar.add(start, term) == due.day


@given(calendars, any_days, terms)
def test_a_longer_term_never_ends_earlier(calendar, start, term):
    assert rules.reckon(calendar, start, term).day <= rules.reckon(calendar, start, term + 1).day


@given(calendars, any_days, terms)
def test_a_later_start_never_ends_earlier(calendar, start, term):
    assert rules.reckon(calendar, start, term).day <= rules.reckon(calendar, start + timedelta(days=1), term).day


@given(calendars, any_days, st.integers(1, 40), st.integers(1, 40))
def test_terms_add_up(calendar, start, first, second):
    middle = rules.reckon(calendar, start, first).day

    assert rules.reckon(calendar, middle, second).day == rules.reckon(calendar, start, first + second).day


@given(calendars, any_days, st.integers(1, 40))
def test_what_is_left_of_a_term_on_its_first_day_is_the_whole_term(calendar, start, term):
    assert rules.working_days_left(calendar, start, rules.reckon(calendar, start, term).day) == term


@pytest.mark.article("PC-03")
@given(calendars, any_days, st.integers(1, 40), st.integers(0, 60), st.integers(0, 60))
def test_a_suspension_neither_costs_nor_gives_working_days(calendar, start, term, until_suspended, suspended):
    due = rules.reckon(calendar, start, term).day
    stopped = min(start + timedelta(days=until_suspended), due)
    used = sum(rules.is_workday(calendar, day) for day in between(start, stopped))

    left = rules.working_days_left(calendar, stopped, due)
    resumed = stopped + timedelta(days=suspended)
    new_due = rules.reckon(calendar, resumed, left).day

    assert used + left == term
    assert new_due >= due
    if left:
        assert sum(rules.is_workday(calendar, day) for day in between(resumed, new_due)) == left


@given(calendars, any_days, any_days)
def test_overdue_counts_below_zero_and_in_time_never_does(calendar, today, due):
    left = rules.working_days_left(calendar, today, due)

    assert (left < 0) == (due < today)


@pytest.mark.article("PC-04")
def test_lights_turn_yellow_at_five_and_red_at_two_working_days():
    lights = [rules.light(left) for left in (6, 5, 3, 2, 0, -1)]

    assert lights == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED, Light.RED, Light.RED]
