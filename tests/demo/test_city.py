"""The small city is built by the platform's own services, and building it again changes nothing."""

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from govshare.catalog.models import Entry, Listing, Route, Verification
from govshare.catalog.queries import search
from govshare.catalog.rules.choices import ListingStatus, Status, VerificationStatus
from govshare.demo import frontends
from govshare.demo.city import certificates, demands, entries, posts, sources, transfers
from govshare.demo.resources import RESOURCES
from govshare.demo.roster import AUTHORITY, BODIES, DEPARTMENTS
from govshare.demo.sm2 import Sm2Authority
from govshare.exchange.models import Run, Transfer
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Certificate, Filing, Organization, RevocationList, System
from govshare.organizations.rules import posts_of
from govshare.organizations.services import answer_challenge, open_challenge
from govshare.sharing.models import Demand, Grant
from govshare.sources.models import FrontDatabase

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(django_db_setup):
    return posts.found(utc_now())


@pytest.fixture(scope="module")
def front_ends():
    home = Path(tempfile.mkdtemp(prefix="gs-city-", dir="/tmp"))
    home.chmod(0o711)
    prepared = frontends.prepare(home, rows=50)
    yield prepared
    prepared.cluster.stop()
    shutil.rmtree(home)


@pytest.fixture
def home(settings, tmp_path):
    """Certificates lie below the installation's directory, as its settings say."""
    settings.GOVSHARE_HOME = tmp_path
    settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY = tmp_path / "tls" / "server.pem", tmp_path / "tls" / "server.key"
    return tmp_path


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


@pytest.mark.article("CD2016-19", "PC-26")
def test_every_table_is_reached_through_a_tested_route(city, front_ends):
    sources.register_all(city, front_ends, utc_now())

    entries.take_all(city, utc_now())

    assert FrontDatabase.objects.filter(test_passed=True).count() == 12
    assert Route.objects.filter(test_passed=True).count() == 6
    assert {hit.name for hit in search("", has_route=False).hits} == {"基础地理信息数据"}


def test_demands_stand_in_several_states(city):
    entries.take_all(city, utc_now())

    demands.take_all(city, utc_now())

    states = Counter(Demand.objects.values_list("status", flat=True))
    expected = {"granted": 3, "deciding": 1, "deciding_incomplete": 1, "refused": 1, "checking": 1, "draft": 1, "withdrawn": 1}
    assert states == expected
    masked = Grant.objects.get(demand__entry_name="人口基础信息")
    assert {item.use for item in masked.items.all()} == {"plain", "mask", "keyed_hash"}


@pytest.mark.article("CD2016-24")
def test_every_grant_is_on_its_way_to_its_recipient(city, front_ends):
    sources.register_all(city, front_ends, utc_now())
    entries.take_all(city, utc_now())
    demands.take_all(city, utc_now())

    transfers.order_all(city, utc_now())
    transfers.order_all(city, utc_now())

    assert sorted(Transfer.objects.values_list("table", flat=True)) == [
        "from_civil_administrative_division",
        "from_market_legal_entity",
        "from_police_resident",
    ]
    assert set(Run.objects.values_list("status", flat=True)) == {"queued"}
    assert Run.objects.count() == 3


def _versions():
    return [list(model.objects.order_by("pk").values_list("pk", "version")) for model in (Entry, Demand)]


def test_building_again_changes_nothing(city):
    entries.take_all(city, utc_now())
    demands.take_all(city, utc_now())
    before = (Appointment.objects.count(), Filing.objects.count(), _versions())

    again = posts.found(utc_now())
    entries.take_all(again, utc_now())
    demands.take_all(again, utc_now())

    assert (Appointment.objects.count(), Filing.objects.count(), _versions()) == before


@pytest.mark.article("CD2016-35", "PC-16")
def test_everybody_has_a_certificate_bound_by_somebody_else(city, home):
    certificates.issue_all(city, utc_now())

    for body in BODIES:
        for role in posts_of(city.organization(body)):
            bound = city.person(body, role).certificates.get(algorithm="ecdsa")
            assert bound.status == "bound"
            assert bound.bound_by != str(bound.person_id)
    assert System.objects.get().certificates.get().status == "bound"
    assert (home / "tls" / "server.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.article("CD2016-35")
def test_an_sm2_certificate_signs_in_by_a_signed_challenge(city, home):
    certificates.issue_all(city, utc_now())
    body, role = certificates.SM2_PERSON
    identity = Sm2Authority(home / "ca" / "sm2", now=utc_now()).identity(certificates.stem(body, role))
    challenge = open_challenge(now=utc_now())

    signed_in = answer_challenge(
        challenge_id=challenge.id, certificate_der=identity.der, signature=identity.sign(challenge.text), now=utc_now()
    )

    assert signed_in.actor.id == str(city.person(body, role).pk)
    assert signed_in.actor.roles == {role}


def test_certificates_are_issued_once_and_lists_anew(city, home):
    certificates.issue_all(city, utc_now())
    before = set(Certificate.objects.values_list("fingerprint", flat=True))

    certificates.issue_all(city, utc_now() + timedelta(days=3))

    assert set(Certificate.objects.values_list("fingerprint", flat=True)) == before
    assert RevocationList.objects.filter(current=True).count() == 2
