"""The small city is built by the platform's own services, and building it again changes nothing."""

import pytest

from govshare.catalog.models import Entry, Listing, Verification
from govshare.catalog.rules.choices import ListingStatus, Status, VerificationStatus
from govshare.demo.city import entries, posts
from govshare.demo.resources import RESOURCES
from govshare.demo.roster import AUTHORITY, BODIES, DEPARTMENTS
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Filing, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(django_db_setup):
    return posts.found(utc_now())


def test_an_authority_six_departments_and_two_districts_have_every_post_filled(city):
    assert Organization.objects.count() == 9
    assert len(DEPARTMENTS) == 6
    for body in BODIES:
        for role in (Role.LEADER, Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN):
            assert city.actor(body, role).roles == {role}
    for role in (Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert city.actor(AUTHORITY, role).organization_name == "成都市经济和信息化委员会"


@pytest.mark.article("CD2016-29.2")
def test_every_resource_administrator_is_filed_with_the_authority_of_the_tier(city):
    assert Filing.objects.filter(status="acknowledged").count() == len(BODIES)


def test_entries_stand_as_far_as_they_should(city):
    entries.take_all(city, utc_now())

    assert Entry.objects.count() == len(RESOURCES)
    assert Listing.objects.filter(status=ListingStatus.LISTED).count() == 7
    assert Listing.objects.filter(status=ListingStatus.FILED).count() == 1
    assert Listing.objects.filter(status=ListingStatus.RETURNED).count() == 1
    assert Verification.objects.filter(status=VerificationStatus.VERIFIED).count() == 1
    assert Verification.objects.filter(status=VerificationStatus.PENDING).count() == 1
    assert Entry.objects.filter(revisions__status=Status.REVIEW).count() == 1
    assert Entry.objects.filter(revisions__status=Status.DRAFT).count() == 1


def test_building_again_changes_nothing(city):
    entries.take_all(city, utc_now())
    before = (Appointment.objects.count(), Filing.objects.count(), list(Entry.objects.order_by("pk").values_list("pk", "version")))

    entries.take_all(posts.found(utc_now()), utc_now())

    assert (Appointment.objects.count(), Filing.objects.count(), list(Entry.objects.order_by("pk").values_list("pk", "version"))) == before
