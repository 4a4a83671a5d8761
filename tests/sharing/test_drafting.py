"""Why a demand cannot be raised, told before anything is typed, in the words the service would use (CD2016-11, 22)."""

import pytest

from govshare.kernel.errors import NotYours, Refused
from govshare.kernel.roles import Role
from govshare.sharing.queries import drafting, parties
from govshare.sharing.rules import Elements, Way
from govshare.sharing.services import demands
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db


def test_who_may_draft_is_told_which_way_the_demand_goes(office: Office):
    listed = parties.listed(office.conditional().pk)

    opening = drafting.permit(listed, by=office.registrar)

    assert opening.way == Way.AGREED
    assert str(opening.provider.pk) == listed.organization
    assert drafting.why_not(listed, by=office.registrar) is None


@pytest.mark.parametrize(("who", "role"), [("recipient", Role.REVIEWER), ("provider", Role.REGISTRAR), ("authority", Role.AUTHORITY)])
def test_the_button_says_what_the_service_would(office: Office, who: str, role: Role):
    entry, by = office.conditional(), office.actor(who, role)

    told = drafting.why_not(parties.listed(entry.pk), by=by)

    with pytest.raises(Refused) as refused:
        demands.draft(entry=entry.pk, elements=Elements(), by=by, now=office.now)
    assert told is not None
    assert (str(told), str(told.basis)) == (str(refused.value), str(refused.value.basis))


@pytest.mark.article("CD2016-11")
def test_a_district_is_told_that_its_own_platform_raises_demands_across_tiers(office: Office):
    listed = parties.listed(office.conditional().pk)
    district = office.actor("district", Role.REGISTRAR)
    office.set_parameter("PC-45", 0)

    told = drafting.why_not(listed, by=district)

    assert told is not None
    assert "CD2016-11" in str(told.basis)


def test_a_reviewer_cannot_draft(office: Office):
    told = drafting.why_not(parties.listed(office.conditional().pk), by=office.actor("recipient", Role.REVIEWER))

    assert isinstance(told, NotYours)
