"""The work calendar is announced yearly, loaded by the authority, and moves due dates only with a trace (PC-05)."""

from datetime import date

import pytest

from govshare.audit.models import Entry
from govshare.duties import queries, seed, services
from govshare.duties.models import Duty, DutyChange, WorkDay, WorkYear
from govshare.duties.rules import Act, Light
from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import Invalid, NotYours, WrongState
from tests.duties.world import AUTHORITY, KIND, OFFICER, at, start

NOTICE = "国办发明电〔2026〕99号"
HOLIDAYS = {date(2027, 1, n): "元旦" for n in (1, 2, 3)} | {date(2027, 2, n): "春节" for n in range(5, 12)}
WORKDAYS = {date(2027, 1, 30): "春节"}


def load(now=None, *, holidays=None, workdays=None, year=2027, by=AUTHORITY, source=NOTICE):
    return services.load_year(
        year=year,
        holidays=HOLIDAYS if holidays is None else holidays,
        workdays=WORKDAYS if workdays is None else workdays,
        source=source,
        by=by,
        now=now or at(2026, 12, 31),
    )


@pytest.mark.django_db
def test_the_announced_years_are_there_from_the_start():
    assert set(WorkYear.objects.values_list("year", flat=True)) >= set(range(2016, 2027))
    assert queries.due(date(2019, 4, 30), 1).day == date(2019, 5, 5)  # the Labour Day of 2019, with its working Sunday


@pytest.mark.article("PC-05")
@pytest.mark.django_db
def test_a_provisional_date_is_fixed_once_when_the_year_is_loaded():
    duty = start(at(2026, 12, 30))
    provisional_due = duty.due_on

    load()
    load(at(2027, 1, 4))

    duty.refresh_from_db()
    [change] = DutyChange.objects.filter(duty=duty)
    assert (provisional_due, duty.due_on, duty.provisional) == (date(2027, 1, 20), date(2027, 1, 21), False)
    assert (change.act, change.changed_by) == (Act.RECOUNT, "p-9")
    assert NOTICE in change.reason
    assert Entry.objects.filter(action="duties:calendar:load").count() == 2


@pytest.mark.django_db
def test_a_provisional_date_that_was_right_becomes_firm_with_a_trace():
    duty = start(at(2026, 12, 30), 1)
    assert not duty.provisional
    provisional = start(at(2027, 3, 1), 3, "e-2")

    load()

    provisional.refresh_from_db()
    assert (provisional.due_on, provisional.provisional) == (date(2027, 3, 4), False)
    assert DutyChange.objects.get().duty == provisional


@pytest.mark.django_db
def test_an_announcement_may_speak_of_the_december_before():
    duty = start(at(2026, 12, 23), 3)
    assert duty.due_on == date(2026, 12, 28)

    load(at(2026, 12, 24), holidays=HOLIDAYS | {date(2026, 12, 28): "元旦"}, workdays=WORKDAYS | {date(2026, 12, 27): "元旦"})

    duty.refresh_from_db()
    assert duty.due_on == date(2026, 12, 27)


@pytest.mark.django_db
def test_an_announcement_never_makes_a_running_term_overdue_at_once():
    duty = start(at(2027, 1, 27), 3)  # provisionally 1 February
    assert duty.due_on == date(2027, 2, 1)

    load(at(2027, 2, 1), workdays={date(2027, 1, 30): "春节", date(2027, 1, 31): "春节"})

    duty.refresh_from_db()
    assert duty.due_on == date(2027, 2, 1)
    assert not duty.provisional


@pytest.mark.django_db
def test_an_extended_date_that_turns_out_a_holiday_moves_to_the_next_working_day():
    duty = start(at(2026, 12, 30), 3)
    services.extend(duty=duty, due_on=date(2027, 2, 8), reason="台风", by=AUTHORITY, now=at(2026, 12, 30))

    load()

    duty.refresh_from_db()
    assert duty.due_on == date(2027, 2, 12)


@pytest.mark.django_db
def test_lateness_against_a_provisional_date_is_judged_again():
    start(at(2027, 2, 1), 5)  # provisionally 8 February
    kept = services.keep(kind=KIND, about="e-1", now=at(2027, 2, 12), by=OFFICER)
    assert kept.late

    load(at(2027, 2, 12))

    kept.refresh_from_db()
    assert (kept.late, kept.due_on) == (False, date(2027, 2, 15))


@pytest.mark.django_db
def test_settled_and_suspended_duties_are_left_alone():
    start(at(2026, 9, 17), 15, "e-1")
    services.keep(kind=KIND, about="e-1", now=at(2026, 9, 18), by=OFFICER)
    start(at(2026, 9, 17), 15, "e-2")
    services.drop(kind=KIND, about="e-2", reason="撤回", now=at(2026, 9, 18), by=OFFICER)
    start(at(2026, 9, 17), 15, "e-3")
    services.suspend(kind=KIND, about="e-3", reason="请补正", now=at(2026, 9, 18), by=OFFICER)

    services.change_day(day=date(2026, 9, 22), is_workday=False, name="停工", source="市政府通知", by=AUTHORITY, now=at(2026, 9, 21))

    assert set(Duty.objects.values_list("due_on", flat=True)) == {date(2026, 10, 14)}


@pytest.mark.django_db
def test_one_changed_day_moves_the_terms_that_reach_it_and_back():
    duty = start(at(2026, 9, 17), 5)
    untouched = start(at(2026, 9, 17), 2, "e-2")

    services.change_day(day=date(2026, 9, 22), is_workday=False, name="停工", source="市政府通知", by=AUTHORITY, now=at(2026, 9, 21))
    duty.refresh_from_db()
    after_holiday = duty.due_on
    services.change_day(day=date(2026, 9, 22), is_workday=True, name="", source="市政府通知", by=AUTHORITY, now=at(2026, 9, 21))
    duty.refresh_from_db()

    assert (after_holiday, duty.due_on) == (date(2026, 9, 24), date(2026, 9, 23))
    assert not untouched.changes.exists()
    assert not WorkDay.objects.filter(date=date(2026, 9, 22)).exists()


@pytest.mark.django_db
def test_a_day_of_a_year_not_announced_is_not_changed():
    with pytest.raises(WrongState, match="2027"):
        services.change_day(day=date(2027, 9, 22), is_workday=False, name="停工", source="通知", by=AUTHORITY, now=at(2026, 9, 21))


@pytest.mark.django_db
def test_only_the_authority_changes_the_calendar():
    with pytest.raises(NotYours):
        load(by=OFFICER)
    with pytest.raises(NotYours):
        services.change_day(day=date(2026, 9, 22), is_workday=False, name="停工", source="通知", by=OFFICER, now=at(2026, 9, 21))

    assert not WorkYear.objects.filter(year=2027).exists()


@pytest.mark.django_db
def test_a_faulty_announcement_is_refused_with_every_fault_named():
    with pytest.raises(Invalid) as refusal:
        load(
            source=" ",
            holidays={date(2026, 11, 1): "?", date(2027, 5, 1): "", date(2027, 1, 2): "元旦"},
            workdays={date(2027, 1, 2): "元旦", date(2027, 3, 1): "?"},
        )

    assert {fault.place for fault in refusal.value.faults} == {
        "source",
        "holidays.2026-11-01",
        "holidays.2027-05-01",
        "workdays.2027-03-01",
        "workdays.2027-01-02",
    }


@pytest.mark.django_db
def test_an_empty_announcement_is_refused():
    with pytest.raises(Invalid) as refusal:
        load(holidays={}, workdays={})

    assert [fault.place for fault in refusal.value.faults] == ["holidays"]


@pytest.mark.django_db
def test_an_amended_announcement_replaces_the_first():
    load()

    load(at(2027, 1, 10), holidays=HOLIDAYS | {date(2027, 2, 12): "春节"})

    assert WorkDay.objects.filter(year_id=2027).count() == len(HOLIDAYS) + 1 + len(WORKDAYS)
    assert queries.due(date(2027, 2, 4), 1).day == date(2027, 2, 15)


@pytest.mark.django_db
def test_years_the_package_learns_are_loaded_once():
    WorkDay.objects.filter(year_id__in=[2025, 2026]).delete()
    WorkYear.objects.filter(year__in=[2025, 2026]).delete()

    assert services.load_known(by=PLATFORM, now=at(2026, 9, 17)) == [2025, 2026]
    assert services.load_known(by=PLATFORM, now=at(2026, 9, 17)) == []
    assert dict(WorkDay.objects.filter(year_id=2026, is_workday=True).values_list("date", "name")) == seed.announced()[2026][1]


@pytest.mark.article("PC-04")
@pytest.mark.django_db
def test_lights_count_working_days_across_the_holiday():
    duty = start(at(2026, 9, 17))  # due on 14 October

    assert queries.light(duty.due_on, at(2026, 9, 23)) == Light.GREEN
    assert queries.light(duty.due_on, at(2026, 9, 30)) == Light.GREEN  # 8, 9, 10, 12, 13, 14 October are left
    assert queries.light(duty.due_on, at(2026, 10, 8)) == Light.YELLOW
    assert queries.light(duty.due_on, at(2026, 10, 12)) == Light.RED
    assert queries.working_days_left(duty.due_on, at(2026, 10, 16)) == -2
    [standing] = queries.standings([duty], now=at(2026, 10, 15))
    assert (standing.light, standing.left) == (Light.RED, -1)
    assert queries.standings([], now=at(2026, 10, 15)) == []
