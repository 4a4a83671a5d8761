"""A duty begins, is kept, is dropped; its due date is counted once and stored (CD2016-17, 19, 22)."""

from datetime import date, datetime

import pytest

from govshare.duties import queries, services
from govshare.kernel.actor import Actor
from govshare.kernel.clock import LOCAL
from govshare.kernel.errors import WrongState
from govshare.regulation.articles import cite

OFFICER = Actor(kind="person", id="p-1", name="李四", organization="dept-1", organization_name="市公安局")


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LOCAL)


def start(now: datetime, working_days: int = 15, about: str = "e-1", owner: str = "dept-1"):
    return services.start(
        kind="catalog:change-notice",
        about=about,
        title="关键要素变更告知",
        owner=owner,
        basis=cite("CD2016-17"),
        working_days=working_days,
        now=now,
        by=OFFICER,
    )


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

    kept = services.keep(kind="catalog:change-notice", about="e-1", now=at(2026, 10, 14, 23), by=OFFICER)
    late = services.keep(kind="catalog:change-notice", about="e-2", now=at(2026, 10, 15, 0), by=OFFICER)

    assert kept is not None
    assert late is not None
    assert (kept.id, kept.late, late.late) == (on_time.id, False, True)
    assert services.keep(kind="catalog:change-notice", about="e-1", now=at(2026, 10, 17), by=OFFICER) is None


@pytest.mark.django_db
def test_a_dropped_duty_is_no_longer_owed_and_may_arise_again():
    start(at(2026, 9, 17))

    dropped = services.drop(kind="catalog:change-notice", about="e-1", reason="变更撤回", now=at(2026, 9, 18), by=OFFICER)
    again = start(at(2026, 9, 21))

    assert dropped is not None
    assert dropped.dropped_reason == "变更撤回"
    assert queries.find("catalog:change-notice", "e-1") == again


@pytest.mark.django_db
def test_open_and_overdue_are_listed_the_most_urgent_first():
    slow = start(at(2026, 9, 17), 15, "e-1")
    quick = start(at(2026, 9, 17), 3, "e-2")
    start(at(2026, 9, 17), 3, "e-3", owner="dept-2")

    assert queries.open_for("dept-1", now=at(2026, 9, 17)) == [quick, slow]
    assert [duty.about for duty in queries.overdue(now=at(2026, 9, 22))] == ["e-2", "e-3"]
    assert queries.overdue(now=at(2026, 9, 21)) == []
