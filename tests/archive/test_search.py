"""The hot side of the one list: order, pages, conditions, counts."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govshare.archive.search import merged
from govshare.archive.search.criteria import Criteria, Placed, Unplaced, before
from govshare.archive.services import subject_of
from govshare.audit import services as audit
from tests.audit.actors import CIVIL_AFFAIRS, HOUSING, LAW, NOW, TAX, person

pytestmark = pytest.mark.django_db


def record(about="A-1", action="catalog:entry:publish", by=None, parties=(), at=NOW, **more):
    return audit.record(action=action, basis=LAW, by=by or person(), now=at, about=about, parties=parties, **more)


def batch(*abouts, by=None):
    audit.record_many([audit.entry(action="exchange:chunk:commit", basis=LAW, by=by or person(), now=NOW, about=each) for each in abouts])


def place():
    while audit.place(now=NOW):
        pass


def abouts(criteria=None, **more):
    return [row.about for row in merged.page(criteria or Criteria(), (), **more).rows]


def leafed(criteria, limit):
    """Every page of the list, read on and on."""
    seen, start = [], None
    while True:
        page = merged.page(criteria, (), start=start, limit=limit)
        seen.append([row.about for row in page.rows])
        if not page.next:
            return seen
        start = before(page.next)


@pytest.mark.article("CD2016-26")
def test_what_waits_for_its_place_stands_before_what_has_one_and_the_newest_stands_first():
    batch("1", "2")
    record("3")
    place()
    record("4")

    rows = merged.page(Criteria(), ()).rows

    assert [(row.about, row.index) for row in rows] == [("4", None), ("3", 2), ("2", 1), ("1", 0)]
    assert rows[0].number.endswith("-0") and rows[2].number.endswith("-1")


def test_pages_follow_each_other_without_gap_or_repetition():
    batch(*map(str, range(7)))
    place()
    batch(*map(str, range(7, 12)))

    pages = leafed(Criteria(), 5)

    assert [about for page in pages for about in page] == [str(n) for n in reversed(range(12))]
    assert [len(page) for page in pages] == [5, 5, 2]


def test_what_is_placed_or_written_between_two_pages_is_neither_skipped_nor_shown_twice():
    batch(*map(str, range(4)))
    place()
    for n in range(4, 9):
        record(str(n))

    first = merged.page(Criteria(), (), limit=3)
    place()
    record("later")
    rest = [about for page in [merged.page(Criteria(), (), start=before(first.next))] for about in [row.about for row in page.rows]]

    assert [row.about for row in first.rows] == ["8", "7", "6"]
    assert rest == ["5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("placed", [True, False], ids=["placed", "waiting"])
def test_each_condition_narrows(placed):
    record("A", "sharing:grant:end", resource="306001/000001", grant="SQ-1", by=person(HOUSING), subject="51010419900101001X")
    record("B", "exchange:chunk:commit", outcome="refused", parties=[TAX], at=NOW + timedelta(hours=1))
    record("C", "exchanged:chunk:commit", at=NOW + timedelta(hours=2), resource="306001/000002", grant="SQ-2")
    if placed:
        place()

    found = {
        "subject": abouts(Criteria(subject=subject_of("510104 19900101001x"))),
        "person": abouts(Criteria(actors=(person(HOUSING).id, "nobody"))),
        "no person": abouts(Criteria(actors=())),
        "department": abouts(Criteria(organization=HOUSING)),
        "party": abouts(Criteria(party=TAX)),
        "thing": abouts(Criteria(about="B")),
        "resource": abouts(Criteria(resource="306001/000002")),
        "grant": abouts(Criteria(grant="SQ-1")),
        "one of the grants": abouts(Criteria(grants=("SQ-1", "SQ-2"))),
        "action": abouts(Criteria(action="sharing:grant:end")),
        "beginning": abouts(Criteria(action="exchange:")),
        "outcome": abouts(Criteria(outcome="refused")),
        "since": abouts(Criteria(since=NOW + timedelta(hours=1))),
        "until": abouts(Criteria(until=NOW + timedelta(hours=1))),
        "together": abouts(Criteria(organization=CIVIL_AFFAIRS, outcome="allowed", action="exchanged:")),
        "no time": abouts(Criteria(since=NOW + timedelta(hours=9), until=NOW)),
    }

    assert found == {
        "subject": ["A"],
        "person": ["A"],
        "no person": [],
        "department": ["A"],
        "party": ["B"],
        "thing": ["B"],
        "resource": ["C"],
        "grant": ["A"],
        "one of the grants": ["C", "A"],
        "action": ["A"],
        "beginning": ["B"],
        "outcome": ["B"],
        "since": ["C", "B"],
        "until": ["A"],
        "together": ["C"],
        "no time": [],
    }


def test_what_looks_like_sql_is_only_a_text():
    for text in ("'; DROP TABLE audit_entry; --", "%(subject)s", "a%b", "\\", "{conditions}"):
        record(text)
    place()

    assert abouts(Criteria(about="%(subject)s")) == ["%(subject)s"]
    assert abouts(Criteria(about="'; DROP TABLE audit_entry; --")) == ["'; DROP TABLE audit_entry; --"]
    assert abouts(Criteria(about="{conditions}")) == ["{conditions}"]
    assert abouts(Criteria(about="a%")) == []


@pytest.mark.article("CD2016-26")
def test_hits_are_counted_by_action_outcome_department_and_day_in_chengdu():
    record("A", "sharing:grant:end", at=NOW.replace(hour=15, minute=59))
    record("B", "sharing:grant:end", at=NOW.replace(hour=16, minute=1), outcome="refused")
    record("C", by=person(HOUSING))
    place()
    record("has no place yet")

    counts = merged.counts(Criteria(), ())

    assert counts.complete and counts.total == 3
    assert counts.by("action") == {"sharing:grant:end": 2, "catalog:entry:publish": 1}
    assert counts.by("outcome") == {"allowed": 2, "refused": 1}
    assert counts.by("organization") == {CIVIL_AFFAIRS: 2, HOUSING: 1}
    assert counts.by("day") == {"2026-03-02": 2, "2026-03-03": 1}
    assert merged.counts(Criteria(action="sharing:", outcome="refused"), ()).by("day") == {"2026-03-03": 1}


def test_of_very_many_hits_the_newest_are_counted_and_it_is_said():
    batch(*map(str, range(20)))
    place()

    counts = merged.counts(Criteria(), (), most=7)

    assert (counts.total, counts.complete) == (8, False)


NUMBERS = st.integers(1, 10**17)


@settings(max_examples=50, deadline=None)
@given(st.builds(Placed, NUMBERS) | st.builds(Unplaced, NUMBERS, st.integers(0, 999), NUMBERS))
def test_the_place_a_page_ends_at_is_read_back(place):
    assert before(str(place)) == place


@pytest.mark.parametrize("rubbish", ["", "i-1", "i01", "u1.2", "u0.0.0", "HZ-1-0", "i\uff11", "i1\n", "i" + "9" * 40])
def test_rubbish_is_no_place_to_begin_at(rubbish):
    assert before(rubbish) is None
