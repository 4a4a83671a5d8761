"""How duties stand: every duty is counted once, in the state it is in, under the article it serves."""

from datetime import date

import pytest

from govshare.duties import services
from govshare.duties.queries import counts
from govshare.kernel.months import months
from govshare.regulation.conventions import convention
from tests.duties.world import AUTHORITY, KIND, OFFICER, at, start

pytestmark = pytest.mark.django_db


def _play() -> None:
    """Two departments: one keeps in time and late, drops one, is late with one; the other has one running and one suspended."""
    start(at(2026, 3, 2), about="kept")
    services.keep(kind=KIND, about="kept", now=at(2026, 3, 9), by=OFFICER)
    start(at(2026, 3, 2), about="kept late")
    services.keep(kind=KIND, about="kept late", now=at(2026, 5, 9), by=OFFICER)
    start(at(2026, 3, 31, 23), about="dropped")
    services.drop(kind=KIND, about="dropped", reason="不再需要", now=at(2026, 4, 9), by=OFFICER)
    start(at(2026, 4, 1, 0), about="overdue")
    start(at(2026, 6, 1), about="running", owner="dept-2")
    services.start(
        kind="sharing:demand:check",
        about="suspended",
        title="把关",
        owner="dept-2",
        basis=convention("PC-31"),
        working_days=10,
        now=at(2026, 6, 1),
        by=OFFICER,
    )
    services.suspend(kind="sharing:demand:check", about="suspended", reason="补正", now=at(2026, 6, 2), by=AUTHORITY)


NOW = at(2026, 6, 3)


@pytest.mark.article("CD2016-17")
def test_each_duty_is_counted_once_in_its_state_under_its_article():
    _play()

    found = counts.by_article(now=NOW)

    assert found == {17: counts.Counts(in_time=1, late=1, due=1, overdue=1, dropped=1), 29: counts.Counts(suspended=1)}
    assert counts.in_all(now=NOW) == found[17] + found[29]
    assert (found[17].kept, found[17].open, found[17].total) == (2, 2, 5)


def test_one_department_sees_its_own_numbers():
    _play()

    assert counts.in_all(owners=["dept-2"], now=NOW) == counts.Counts(due=1, suspended=1)
    assert counts.by_owner(owners=["dept-1", "dept-2"], now=NOW)["dept-1"].total == 4
    assert counts.by_article(owners=[], now=NOW) == {}
    assert counts.in_all(owners=[], now=NOW) == counts.Counts()


@pytest.mark.parametrize(
    ("state", "about"),
    [
        ("in_time", ["kept"]),
        ("late", ["kept late"]),
        ("due", ["running"]),
        ("overdue", ["overdue"]),
        ("suspended", ["suspended"]),
        ("dropped", ["dropped"]),
    ],
)
def test_behind_every_number_stands_its_list(state: counts.State, about: list[str]):
    _play()

    assert [duty.about for duty in counts.listed(state=state, now=NOW)] == about


def test_a_list_begins_with_what_is_open_by_its_day():
    _play()

    assert [duty.about for duty in counts.listed(article=17, now=NOW)][:2] == ["overdue", "running"]
    assert [duty.about for duty in counts.listed(article=29, now=NOW)] == ["suspended"]
    assert counts.listed(article=1, now=NOW).count() == 0


def test_months_are_those_of_chengdu_and_none_is_left_out():
    _play()

    series = counts.monthly(date(2026, 2, 17), date(2026, 6, 3))

    assert [(row.month.month, row.started, row.in_time, row.late, row.dropped) for row in series] == [
        (2, 0, 0, 0, 0),
        (3, 3, 1, 0, 0),
        (4, 1, 0, 0, 1),
        (5, 0, 0, 1, 0),
        (6, 2, 0, 0, 0),
    ]


def test_months_run_over_the_turn_of_the_year_and_not_for_ever():
    assert [str(month) for month in months(date(2025, 11, 30), date(2026, 2, 1))] == [
        "2025-11-01",
        "2025-12-01",
        "2026-01-01",
        "2026-02-01",
    ]
    assert len(months(date(1900, 1, 1), date(2026, 12, 31))) == 120
    assert months(date(2026, 2, 1), date(2026, 1, 31)) == ()
