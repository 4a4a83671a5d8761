"""The small city as a start finds it: everybody in post, something in every state, work for everybody, and evidence that holds."""

import json
import re
from collections import Counter

import pytest

from govshare.alerts.models import Alert
from govshare.audit.models import Checkpoint
from govshare.audit.models import Entry as Evidence
from govshare.audit.services import fsck
from govshare.catalog.models import Entry, Listing, Revision, Route, Verification
from govshare.catalog.rules.choices import ListingStatus, Status, VerificationStatus
from govshare.demo.catalog_plan import RESOURCES, tables_of
from govshare.demo.city import certificates
from govshare.demo.roster import AUTHORITY, BODIES, DEPARTMENTS, DISTRICT_DEPARTMENTS, DISTRICTS, MAIN, MAIN_BODIES, MARKET
from govshare.demo.sm2 import Sm2Authority
from govshare.demo.want_plan import WANTS
from govshare.duties import queries as duties
from govshare.duties.models import Duty, DutyChange
from govshare.exchange.models import Run
from govshare.kernel.clock import begins, local_date, utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate, Filing, Organization, System
from govshare.organizations.services import answer_challenge, open_challenge
from govshare.sharing.models import Demand, Grant, Notice
from govshare.sharing.queries.plans import plan
from govshare.sharing.rules.demands import Duty as Clock
from govshare.sources.models import FrontDatabase


def test_the_whole_city_is_as_large_as_a_city():
    assert len(DEPARTMENTS) >= 30
    assert len({body.region for body in DISTRICTS}) == 22
    assert DISTRICT_DEPARTMENTS
    assert len(RESOURCES) >= 300
    assert len({resource.id for resource in RESOURCES}) == len(RESOURCES)
    assert len({want.id for want in WANTS}) == len(WANTS) >= 200
    assert sum(bool(body.connected and tables_of(body)) for body in BODIES) >= 6
    assert len({body.credit_code for body in BODIES}) == len(BODIES)


def test_every_post_of_every_body_is_filled(city):
    assert Organization.objects.count() == len(MAIN_BODIES)
    for body in MAIN_BODIES:
        for role in body.posts:
            actor = city.actor(body, role)
            assert (actor.roles, actor.organization_name) == ({role}, body.name)


@pytest.mark.article("CD2016-29.2")
def test_every_first_resource_administrator_was_filed_with_the_authority_of_the_tier(city):
    acknowledged = Filing.objects.filter(status="acknowledged")

    assert acknowledged.count() >= len(MAIN_BODIES) - 1
    assert {filing.authority.tier == filing.organization.tier for filing in acknowledged} == {True}


def test_entries_stand_in_every_state(city):
    assert set(Revision.objects.values_list("status", flat=True)) >= set(Status) - {Status.RETIRED, Status.DISCARDED}
    assert set(Listing.objects.values_list("status", flat=True)) >= set(ListingStatus) - {ListingStatus.DELISTED}
    assert set(Verification.objects.values_list("status", flat=True)) >= {VerificationStatus.PENDING, VerificationStatus.VERIFIED}


@pytest.mark.article("CD2016-19", "PC-26")
def test_tables_are_reached_through_tested_routes(city):
    hosted = Counter(front.hosted for front in FrontDatabase.objects.filter(test_passed=True))

    assert hosted == {False: 2 * sum(body.connected for body in MAIN_BODIES), True: 1}
    assert Route.objects.filter(test_passed=True).count() >= 30
    assert not Route.objects.filter(test_passed=False)


@pytest.mark.article("CD2016-22")
def test_demands_stand_in_many_states(city):
    states = Counter(Demand.objects.values_list("status", flat=True))

    for status in (
        "draft",
        "checking",
        "returned",
        "accepting",
        "deciding",
        "deciding_incomplete",
        "pressed",
        "granted",
        "refused",
        "withdrawn",
    ):
        assert states[status], status


@pytest.mark.article("CD2016-22")
def test_the_authority_asks_for_material_before_it_accepts_and_accepts_what_was_supplemented(city):
    waiting = Demand.objects.get(status="accepting_incomplete")
    supplemented = Demand.objects.get(status="granted", events__status="accepting_incomplete")

    assert waiting.missing
    assert duties.find(Clock.ACCEPT, waiting.number).suspended
    assert duties.find(Clock.COMPLETE, waiting.number).open
    assert supplemented.events.get(action="sharing:demand:complete-for-acceptance").note
    assert Grant.objects.filter(demand=supplemented, status="active").exists()


@pytest.mark.article("CD2016-22")
def test_an_answer_was_given_more_time_by_the_authority_with_its_reason(city):
    change = DutyChange.objects.get(act="extend")

    assert change.reason
    assert change.duty.due_on == change.due_after > change.due_before
    assert Demand.objects.get(number=change.duty.about).status == "deciding"


@pytest.mark.article("CD2016-17")
def test_a_grant_is_held_up_by_a_change_of_its_entry_and_both_sides_were_told_why(city):
    told = Notice.objects.filter(kind="changed", text__contains="的数据长度已变更")
    grant = told[0].grant

    assert {each.organization_id for each in told if each.grant_id == grant.pk} == {grant.recipient_id, grant.provider_id}
    with pytest.raises(WrongState, match="暂停取数"):
        plan(grant.pk, now=utc_now())


@pytest.mark.article("PC-26")
def test_one_front_end_database_does_not_answer_and_its_test_says_why(city):
    broken = FrontDatabase.objects.get(test_passed=False)

    assert "口令" in broken.test_message
    assert broken.tested_at


@pytest.mark.article("CD2016-25.2")
def test_what_is_personal_is_given_masked_or_hashed(city):
    residents = Grant.objects.get(demand__entry_name="人口基础信息", demand__application="社会保险待遇资格核验")

    assert {item.use for item in residents.items.all()} == {"plain", "mask", "keyed_hash"}


@pytest.mark.article("CD2016-24")
def test_deliveries_were_made_at_night_through_the_year(city):
    delivered = Run.objects.filter(status="delivered")

    assert delivered.count() >= 10
    assert len({f"{run.requested_at:%Y-%m}" for run in delivered}) >= 6
    assert all(run.source_digest == run.target_digest and run.finished_at > run.started_at for run in delivered)


def test_everybody_in_a_main_department_has_something_to_do(city):
    for body in MAIN:
        own = city.organization(body).pk
        assert Revision.objects.filter(entry__provider=own, status=Status.DRAFT).exists(), body.name
        assert Revision.objects.filter(entry__provider=own, status=Status.REVIEW).exists(), body.name
    providers = set(Demand.objects.filter(status="deciding").values_list("provider", flat=True))
    checkers = set(Demand.objects.filter(status="checking").values_list("recipient", flat=True))
    assert {city.organization(body).pk for body in MAIN} <= providers | checkers
    assert Listing.objects.filter(status=ListingStatus.FILED, entry__provider__tier="city").exists()
    assert Demand.objects.filter(status="pressed").exists()


def test_duties_shine_in_every_light(city):
    open_ones = duties.standings(duties.open_duties(), now=utc_now())

    assert {standing.light.value for standing in open_ones} == {"red", "yellow", "green", "grey"}
    assert any(standing.left < 0 for standing in open_ones)
    assert Duty.objects.filter(late=True).exists()
    assert Duty.objects.filter(late=False, kept_at__isnull=False).exists()


@pytest.mark.article("CD2016-26")
def test_the_evidence_of_the_year_holds_and_is_in_the_order_of_time(city):
    report = fsck()
    moments = list(Evidence.objects.order_by("batch", "ordinal").values_list("at", flat=True))
    heads = list(Checkpoint.objects.order_by("size").values_list("at", flat=True))

    assert report.sound
    assert report.checkpoints >= 12
    today = local_date(utc_now())
    year = [moment for moment in moments if local_date(moment) < today]  # what is of today came with this start and these tests
    assert moments[: len(year)] == year == sorted(year)
    signed = [head for head in heads if local_date(head) < today]
    assert heads[: len(signed)] == signed == sorted(signed)
    assert len({f"{moment:%Y-%m}" for moment in year}) >= 12


@pytest.mark.article("CD2016-35", "PC-16")
def test_everybody_has_a_certificate_bound_by_somebody_else(city, built):
    for body in MAIN_BODIES:
        for role in body.people:
            bound = city.person(body, role).certificates.exclude(algorithm="sm2").get(status="bound")
            assert bound.bound_by != str(bound.person_id)
            assert all((built.home / "ca" / f"{certificates.stem(body, role)}{ending}").exists() for ending in (".pem", ".key", ".p12"))
    assert System.objects.get().certificates.get().status == "bound"
    assert {"ecdsa", "rsa", "sm2"} <= set(Certificate.objects.values_list("algorithm", flat=True))
    assert (built.home / "tls" / "server.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.article("CD2016-35")
def test_an_sm2_certificate_signs_in_by_a_signed_challenge(city, built):
    body, role = certificates.SM2_PERSON
    identity = Sm2Authority(built.home / "ca" / "sm2", now=utc_now()).identity(certificates.stem(body, role))
    challenge = open_challenge(now=utc_now())

    signed_in = answer_challenge(
        challenge_id=challenge.id, certificate_der=identity.der, signature=identity.sign(challenge.text), now=utc_now()
    )

    assert signed_in.actor.id == str(city.person(body, role).pk)
    assert signed_in.actor.roles == {role}


def _told(city_told):
    """What happened, without what is drawn by lot: ids, keys, times to the second are the agenda's own."""
    rows = Evidence.objects.order_by("batch", "ordinal").values_list("at", "action", "about", "body")
    plain = [
        (at, action, about if "/" in about or about.startswith("SQ") else "", json.loads(body)["actor"]["name"])
        for at, action, about, body in rows
    ]
    return [row for row in plain if not re.match("organizations:(certificate|revocation)", row[1])]


def test_the_same_day_gives_the_same_city(building):
    trio = (AUTHORITY, *MAIN[1:4])
    now = utc_now()

    with building(front_ends=None, roster=trio, now=now) as one:
        first = _told(one)
    with building(front_ends=None, roster=trio, now=now) as other:
        second = _told(other)

    assert first == second
    assert len(first) > 200


def test_people_have_names_to_read_and_numbers_of_their_own(city):
    for body in MAIN_BODIES:
        numbers = [city.person(body, role).number for role in body.people]
        assert len(numbers) == len(set(numbers))
        assert all(re.fullmatch("[一-鿿]{3}", city.person(body, role).name) for role in body.people)
    assert city.person(AUTHORITY, Role.AUTHORITY).duty


def test_what_was_registered_is_spread_over_the_year(city):
    months = Counter(f"{moment:%Y-%m}" for moment in Entry.objects.values_list("created_at", flat=True))

    assert len(months) >= 9


@pytest.mark.article("CD2016-31", "CD2016-32", "PC-125")
def test_what_was_unusual_was_found_in_what_was_really_done_and_stands_in_every_state(city):
    today = begins(local_date(utc_now()))
    found = Alert.objects.filter(raised_at__lt=today).order_by("raised_at")  # today others work in this city

    steps = {alert: alert.steps.filter(taken_at__lt=today).last() for alert in found}
    assert {step.target if step else "open" for step in steps.values()} == {"open", "asked", "explained", "correcting", "unfounded"}
    assert {alert.rule for alert in found} == {"refusals", "volume", "night"}
    volume = found.get(rule="volume")
    assert (volume.organization_name, volume.entry_count) == (MARKET.name, 7)
    assert volume.observed == 7 * volume.baseline
    explaining = Duty.objects.get(kind="alerts:explain", about=str(volume.pk))
    assert explaining.kept_at is None or explaining.kept_at >= today, "it waits for the department in the morning"
    assert explaining.dropped_at is None or explaining.dropped_at >= today
    assert {alert.who_name for alert in found.filter(rule="night")} == {city.person(MARKET, Role.RESOURCE_ADMIN).name}
    assert found.count() <= 12, "ordinary work is no alert"
