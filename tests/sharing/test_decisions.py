"""Less than asked needs the law or the published terms (CD2016-22, PC-43)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from govshare.sharing.rules import Because, Decision, ItemAnswer, RowCondition
from govshare.sharing.rules.decisions import Asked, faults, quoted, unfounded
from tests.sharing.worlds import CODE, ELEMENTS, ENTRY, ITEMS, NAME, OWNER_ID, TODAY

ASKED = Asked(elements=ELEMENTS, quota_per_day=None, terms=ENTRY.terms, items={item.id: item for item in ITEMS})
CALLED = replace(ASKED, elements=replace(ELEMENTS, mode="query"), quota_per_day=1000)
AS_ASKED = Decision(items=(ItemAnswer(item=CODE), ItemAnswer(item=NAME), ItemAnswer(item=OWNER_ID)))
LAW = Because(ground=UUID(int=500))
TERMS = Because(quote="证件号码只提供前六位")


def with_owner_id(**answer: object) -> Decision:
    return replace(AS_ASKED, items=(*AS_ASKED.items[:2], ItemAnswer(item=OWNER_ID, **answer)))


@pytest.mark.article("CD2016-22")
def test_giving_what_was_asked_needs_no_reason():
    assert unfounded(AS_ASKED, ASKED) == []
    assert faults(AS_ASKED, ASKED, today=TODAY) == []


@pytest.mark.article("CD2016-22", "PC-43")
@pytest.mark.parametrize("verdict", ["mask", "keyed_hash", "query_key"])
def test_a_treatment_beyond_the_published_terms_is_a_partial_refusal_and_needs_a_ground(verdict):
    assert [fault.place for fault in unfounded(with_owner_id(verdict=verdict), ASKED)] == ["items[2].because"]
    assert unfounded(with_owner_id(verdict=verdict, because=LAW), ASKED) == []
    assert unfounded(with_owner_id(verdict=verdict, because=TERMS), ASKED) == []


@pytest.mark.article("CD2016-22")
def test_a_refused_item_needs_a_ground_of_law_and_the_published_terms_are_not_one():
    assert [fault.place for fault in unfounded(with_owner_id(verdict="refused"), ASKED)] == ["items[2].because"]
    assert [fault.place for fault in unfounded(with_owner_id(verdict="refused", because=TERMS), ASKED)] == ["items[2].because"]
    assert unfounded(with_owner_id(verdict="refused", because=LAW), ASKED) == []


def test_a_quote_must_stand_in_the_published_terms():
    assert quoted("证件号码 只提供\n前六位", ENTRY.terms)
    assert not quoted("证件号码不提供", ENTRY.terms)
    assert not quoted("只", ENTRY.terms)
    assert not quoted("", ENTRY.terms)


@pytest.mark.article("PC-43")
@pytest.mark.parametrize(
    "less",
    [
        {"users": ("审批岗",)},
        {"ends_on": date(2027, 6, 30)},
        {"quota_per_day": 10},
        {"conditions": (RowCondition(CODE, "prefix", ("91",)),)},
    ],
)
def test_terms_narrower_than_asked_need_a_reason(less):
    decision = replace(AS_ASKED, **less)

    assert [fault.place for fault in unfounded(decision, CALLED)] == ["because"]
    assert unfounded(replace(decision, because=LAW), CALLED) == []
    assert unfounded(replace(decision, because=Because(quote="仅限本市登记的法人")), CALLED) == []
    assert faults(replace(decision, because=LAW), CALLED, today=TODAY) == []


@pytest.mark.parametrize("same", [{"users": ("审批岗", "窗口受理岗")}, {"ends_on": ELEMENTS.ends_on}, {"quota_per_day": 1000}])
def test_terms_as_asked_need_none(same):
    assert unfounded(replace(AS_ASKED, **same), CALLED) == []


@pytest.mark.parametrize(
    ("decision", "place"),
    [
        (replace(AS_ASKED, items=AS_ASKED.items[:2]), "items"),
        (replace(AS_ASKED, items=(*AS_ASKED.items, ItemAnswer(item=CODE))), "items"),
        (with_owner_id(verdict="shown"), "items[2]"),
        (with_owner_id(verdict="plain", head=2), "items[2]"),
        (with_owner_id(verdict="mask", head=-1), "items[2]"),
        (with_owner_id(verdict="mask", head=9, tail=9), "items[2]"),
        (with_owner_id(verdict="query_key"), "items[2]"),
        (replace(AS_ASKED, users=("外包人员",)), "users"),
        (replace(AS_ASKED, users=()), "users"),
        (replace(AS_ASKED, ends_on=date(2028, 1, 1)), "ends_on"),
        (replace(AS_ASKED, ends_on=TODAY), "ends_on"),
        (replace(AS_ASKED, quota_per_day=5), "quota_per_day"),
        (replace(AS_ASKED, conditions=(RowCondition(UUID(int=3), "eq", ("1",)),)), "conditions[0]"),
    ],
)
def test_a_malformed_decision_is_told_where(decision, place):
    assert [fault.place for fault in faults(decision, ASKED, today=TODAY)] == [place]


@pytest.mark.article("CD2016-22")
def test_a_decision_that_gives_nothing_is_a_refusal_and_must_be_called_so():
    nothing = Decision(items=tuple(ItemAnswer(item=item, verdict="refused", because=LAW) for item in ELEMENTS.items))

    assert [fault.place for fault in faults(nothing, ASKED, today=TODAY)] == ["items"]
