"""A duty begins, is kept, is dropped; its due date is counted once and stored (CD2016-17, 19, 22)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from govshare.duties import queries, services
from govshare.duties.models import Duty
from govshare.kernel.errors import Invalid, WrongState
from govshare.regulation.rule_set import RULE_SET
from tests.duties.world import KIND, OFFICER, at, start


@pytest.mark.article("CD2016-17", "PC-01")
@pytest.mark.django_db
def test_fifteen_working_days_leave_out_the_national_holiday_and_count_the_working_weekends():
    duty = start(at(2026, 9, 17))

    assert duty.due_on == date(2026, 10, 14)  # September 18, 20 (a working Sunday), 21-24, 28-30; October 8, 9, 10 (Saturday), 12-14
    assert not duty.provisional


@pytest.mark.article("PC-05")
@pytest.mark.django_db
def test_a_term_into_a_year_not_announced_is_provisional():
    duty = start(at(2026, 12, 30))

    assert duty.provisional
    assert duty.due_on == date(2027, 1, 20)


@pytest.mark.article("PC-02")
@pytest.mark.django_db
def test_one_open_duty_of_a_kind_about_one_thing():
    start(at(2026, 9, 17))

    with pytest.raises(WrongState):
        start(at(2026, 9, 18))


@pytest.mark.article("CD2016-17")
@pytest.mark.django_db
def test_late_is_accepted_and_marked_late():
    on_time = start(at(2026, 9, 17), about="e-1")
    start(at(2026, 9, 17), about="e-2")

    kept = services.keep(kind=KIND, about="e-1", now=at(2026, 10, 14, 23), by=OFFICER)
    late = services.keep(kind=KIND, about="e-2", now=at(2026, 10, 15, 0), by=OFFICER)

    assert kept is not None
    assert late is not None
    assert (kept.id, kept.late, late.late) == (on_time.id, False, True)
    assert services.keep(kind=KIND, about="e-1", now=at(2026, 10, 17), by=OFFICER) is None


@pytest.mark.django_db
def test_a_dropped_duty_is_no_longer_owed_and_may_arise_again():
    start(at(2026, 9, 17))

    dropped = services.drop(kind=KIND, about="e-1", reason="变更撤回", now=at(2026, 9, 18), by=OFFICER)
    again = start(at(2026, 9, 21))

    assert dropped is not None
    assert dropped.dropped_reason == "变更撤回"
    assert queries.find(KIND, "e-1") == again


@pytest.mark.django_db
def test_open_and_overdue_are_listed_the_most_urgent_first():
    slow = start(at(2026, 9, 17), 15, "e-1")
    quick = start(at(2026, 9, 17), 3, "e-2")
    start(at(2026, 9, 17), 3, "e-3", owner="dept-2")

    assert queries.open_for("dept-1", now=at(2026, 9, 17)) == [quick, slow]
    assert [duty.about for duty in queries.overdue(now=at(2026, 9, 22))] == ["e-2", "e-3"]
    assert queries.overdue(now=at(2026, 9, 21)) == []


@pytest.mark.article("CD2016-42")
@pytest.mark.django_db
def test_a_duty_keeps_its_basis_and_the_rule_set_it_arose_under():
    duty = start(at(2026, 9, 17))

    stored = Duty.objects.get(pk=duty.pk)
    assert (stored.basis, stored.rule_set, stored.started_by) == ("CD2016-17", RULE_SET, "p-1")


@pytest.mark.django_db
def test_a_duty_begins_on_the_day_it_is_in_chengdu():
    duty = start(at(2026, 9, 17, 0), 1)

    assert duty.started_on == date(2026, 9, 17)
    assert duty.due_on == date(2026, 9, 18)


@pytest.mark.django_db
def test_a_duty_is_not_dropped_without_a_reason():
    start(at(2026, 9, 17))

    with pytest.raises(Invalid, match="理由"):
        services.drop(kind=KIND, about="e-1", reason="  ", now=at(2026, 9, 18), by=OFFICER)


@pytest.mark.django_db
def test_a_term_without_end_is_refused():
    with pytest.raises(ValueError, match="working days"):
        start(at(2026, 9, 17), 1001)


@pytest.mark.django_db
def test_what_was_never_owed_is_not_found():
    assert queries.find(KIND, "e-1") is None
    assert services.drop(kind=KIND, about="e-1", reason="无", now=at(2026, 9, 18), by=OFFICER) is None


@pytest.mark.django_db
def test_the_latest_of_several_settled_duties_is_found():
    first = start(at(2026, 9, 17))
    services.keep(kind=KIND, about="e-1", now=at(2026, 9, 18), by=OFFICER)
    second = start(at(2026, 9, 21))
    services.keep(kind=KIND, about="e-1", now=at(2026, 9, 22), by=OFFICER)

    found = queries.find(KIND, "e-1")
    assert found == second
    assert found != first


@pytest.mark.django_db
def test_a_duty_without_anybody_who_owes_it_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="says_what_and_whose"), transaction.atomic():
        start(at(2026, 9, 17), owner="")
