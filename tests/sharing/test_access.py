"""Which way a demand goes (CD2016-5, 13.2, 25)."""

from dataclasses import replace

import pytest

from govshare.kernel.errors import Refused, WrongState
from govshare.sharing.rules.access import Way, check_tiers, way
from tests.sharing.worlds import ENTRY, OTHER, PROVIDER, RECIPIENT

UNCONDITIONAL = replace(ENTRY, share_type="unconditional", terms="", for_all=False, scope=frozenset({RECIPIENT}))
NOT_SHARED = replace(ENTRY, share_type="none", for_all=False)


@pytest.mark.article("CD2016-5.2", "CD2016-25.1")
def test_unconditional_data_in_scope_is_taken_without_asking_the_provider():
    assert way(UNCONDITIONAL, RECIPIENT) == Way.AT_ONCE
    assert way(replace(UNCONDITIONAL, for_all=True), OTHER) == Way.AT_ONCE


@pytest.mark.article("CD2016-5.2")
def test_unconditional_data_outside_its_scope_goes_to_the_provider_and_is_not_refused():
    assert way(UNCONDITIONAL, OTHER) == Way.AGREED


@pytest.mark.article("CD2016-5.3", "CD2016-25.2")
def test_conditional_data_goes_to_the_provider():
    assert way(ENTRY, RECIPIENT) == Way.AGREED


@pytest.mark.article("CD2016-5.5")
@pytest.mark.parametrize("listed", [ENTRY, UNCONDITIONAL, NOT_SHARED])
def test_whom_the_law_names_is_given_whatever_the_class(listed):
    named = replace(listed, statutory=frozenset({OTHER}))

    assert way(named, OTHER) == Way.STATUTORY


@pytest.mark.article("CD2016-13.2")
def test_data_not_to_be_shared_cannot_be_demanded():
    with pytest.raises(WrongState) as refusal:
        way(NOT_SHARED, RECIPIENT)

    assert str(refusal.value.basis) == "CD2016-13.2"


def test_nobody_demands_their_own_data():
    with pytest.raises(Refused, match="本部门自己的资源"):
        way(ENTRY, PROVIDER)


@pytest.mark.article("CD2016-11", "PC-45")
@pytest.mark.parametrize(
    ("recipient", "provider", "crosses"),
    [
        (("city", "510100"), ("city", "510100"), False),
        (("district", "510104"), ("district", "510104"), False),
        (("district", "510104"), ("district", "510105"), True),
        (("district", "510104"), ("city", "510100"), True),
        (("city", "510100"), ("district", "510104"), True),
    ],
)
def test_across_tiers_goes_through_both_platforms_unless_marked_transitional(recipient, provider, crosses):
    assert check_tiers(recipient=recipient, provider=provider, transition=True) is crosses
    if crosses:
        with pytest.raises(Refused) as refusal:
            check_tiers(recipient=recipient, provider=provider, transition=False)
        assert str(refusal.value.basis) == "CD2016-11"
