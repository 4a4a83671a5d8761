"""Who appoints whom, how long, and what the database refuses by itself."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import assume, given
from hypothesis import strategies as st

from govshare.duties import queries as duties
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import EXCLUSIVE, Role
from govshare.organizations import queries
from govshare.organizations.models import Appointment, FilingChange
from govshare.organizations.rules import Post
from govshare.organizations.services import appointments, filings, people
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def newcomer(cast: Cast, who: str, number: str = "X-1"):
    return people.add(organization=cast.organization(who).pk, name="新来者", number=number, by=cast.actor(who, Role.LEADER), now=cast.now)


def appoint(cast: Cast, who: str, person, role: Role, *, by=None, days: int = 0, ends: int | None = None):
    today = local_date(cast.now)
    return appointments.appoint(
        person=person.pk,
        organization=cast.organization(who).pk,
        role=role,
        starts_on=today + timedelta(days=days),
        ends_on=None if ends is None else today + timedelta(days=ends),
        by=by or cast.actor(who, Role.LEADER),
        now=cast.now,
    )


@pytest.mark.article("CD2016-15", "PC-11")
def test_a_leader_appoints_for_the_own_department_only(cast):
    first, person = cast.person("provider", Role.REGISTRAR), newcomer(cast, "provider")

    appoint(cast, "provider", person, Role.REGISTRAR)

    with pytest.raises(NotYours):
        appoint(cast, "provider", person, Role.REVIEWER, by=cast.actor("recipient", Role.LEADER))
    held = queries.holders(organization=cast.organization("provider").pk, role=Role.REGISTRAR, on=local_date(cast.now))
    assert held == [first, person]


@pytest.mark.article("PC-11")
@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.AUTHORITY, Role.SECURITY_ADMIN])
def test_nobody_without_the_right_post_appoints(cast, role):
    person = newcomer(cast, "authority")

    with pytest.raises(NotYours):
        appoint(cast, "authority", person, Role.REGISTRAR, by=cast.actor("authority", role))


@pytest.mark.article("PC-11")
def test_nobody_appoints_oneself(cast):
    with pytest.raises(NotYours, match="不能任命自己"):
        appoint(cast, "provider", cast.person("provider", Role.LEADER), Role.REVIEWER)


@pytest.mark.article("CD2016-15", "PC-11")
def test_in_a_tiny_department_the_leader_may_be_made_reviewer_by_the_system_administrator(cast):
    leader = cast.person("provider", Role.LEADER)

    post = appoint(cast, "provider", leader, Role.REVIEWER, by=cast.actor("authority", Role.SYSTEM_ADMIN))

    assert [standing.appointment.role for standing in queries.current_standings(leader, on=post.starts_on)] == ["leader", "reviewer"]


@pytest.mark.article("PC-11")
@pytest.mark.parametrize("first", sorted(EXCLUSIVE))
@pytest.mark.parametrize("second", sorted(EXCLUSIVE))
def test_the_three_administrators_are_never_one_person(cast, first, second):
    holder = cast.person("authority", Role(first))

    refusal = WrongState if first == second else NotYours
    with pytest.raises(refusal):
        appoint(cast, "authority", holder, Role(second))


@pytest.mark.article("PC-11")
def test_the_database_itself_refuses_two_of_the_three(cast):
    holder = cast.person("authority", Role.SYSTEM_ADMIN)

    with pytest.raises(IntegrityError, match="three platform administrators"), transaction.atomic():
        Appointment.objects.create(
            person=holder,
            organization=cast.organization("authority"),
            role=Role.AUDIT_ADMIN,
            starts_on=local_date(cast.now),
            appointed_at=cast.now,
            appointed_by="sql",
        )


@pytest.mark.article("PC-11")
def test_one_of_the_three_may_follow_another_in_time(cast):
    person = newcomer(cast, "authority")
    appoint(cast, "authority", person, Role.SYSTEM_ADMIN, ends=9)

    appoint(cast, "authority", person, Role.AUDIT_ADMIN, days=10)

    with pytest.raises(NotYours):
        appoint(cast, "authority", person, Role.SECURITY_ADMIN, days=5, ends=6)


@pytest.mark.article("PC-11", "PC-12")
def test_standing_in_does_not_get_around_the_three(cast):
    post = cast.person("authority", Role.AUDIT_ADMIN).appointments.get()
    today = local_date(cast.now)

    with pytest.raises(NotYours, match="三员"):
        appointments.stand_in(
            appointment=post.pk,
            person=cast.person("authority", Role.SYSTEM_ADMIN).pk,
            starts_on=today,
            ends_on=today,
            reason="休假",
            by=cast.actor("authority", Role.LEADER),
            now=cast.now,
        )


@pytest.mark.article("CD2016-15")
def test_a_post_held_twice_at_once_is_refused_by_rule_and_by_database(cast):
    holder = cast.person("provider", Role.REGISTRAR)

    with pytest.raises(WrongState, match="已任此职"):
        appoint(cast, "provider", holder, Role.REGISTRAR, days=3)

    with pytest.raises(IntegrityError, match="same post twice"), transaction.atomic():
        Appointment.objects.create(
            person=holder,
            organization=cast.organization("provider"),
            role=Role.REGISTRAR,
            starts_on=local_date(cast.now),
            appointed_at=cast.now,
            appointed_by="sql",
        )


@pytest.mark.article("PC-11")
def test_a_department_has_no_platform_administrators(cast):
    person = newcomer(cast, "provider")

    with pytest.raises(Invalid, match="不设"):
        appoint(cast, "provider", person, Role.SECURITY_ADMIN)


@pytest.mark.article("CD2016-15", "PC-12")
def test_a_stand_in_acts_between_two_days_and_says_for_whom(cast):
    reviewer, registrar = cast.person("provider", Role.REVIEWER), cast.person("provider", Role.REGISTRAR)
    today = local_date(cast.now)

    row = appointments.stand_in(
        appointment=reviewer.appointments.get().pk,
        person=registrar.pk,
        starts_on=today,
        ends_on=today + timedelta(days=2),
        reason="出差",
        by=cast.actor("provider", Role.LEADER),
        now=cast.now,
    )

    def reviewers(day: int):
        return queries.holders(organization=cast.organization("provider").pk, role=Role.REVIEWER, on=today + timedelta(days=day))

    assert registrar in reviewers(0)
    assert registrar in reviewers(2)
    assert registrar not in reviewers(3)
    actor = queries.current_standings(registrar, on=today)[1].actor(certificate="f" * 64)
    assert (actor.id, actor.standing_in_for, actor.roles) == (str(registrar.pk), str(reviewer.pk), frozenset({"reviewer"}))
    appointments.end_stand_in(stand_in=row.pk, by=cast.actor("provider", Role.LEADER), now=cast.now)
    assert registrar not in reviewers(0)


@pytest.mark.article("PC-12")
def test_standing_in_has_a_longest_time(cast):
    today = local_date(cast.now)
    longest = duties.parameter("PC-12")

    def stand_in(days: int):
        return appointments.stand_in(
            appointment=cast.person("provider", Role.REVIEWER).appointments.get().pk,
            person=cast.person("provider", Role.REGISTRAR).pk,
            starts_on=today,
            ends_on=today + timedelta(days=days - 1),
            reason="培训",
            by=cast.actor("provider", Role.LEADER),
            now=cast.now,
        )

    with pytest.raises(Invalid, match=str(longest)):
        stand_in(longest + 1)
    assert stand_in(longest).ends_on == today + timedelta(days=longest - 1)


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_rule_and_database_agree_on_which_posts_overlap(django_db_blocker, a, a_end, b, b_end):
    assume((a_end is None or a_end >= a) and (b_end is None or b_end >= b))
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT organizations_period(%s, %s, false) && organizations_period(%s, %s, false)", [a, a_end, b, b_end])
        by_database = cursor.fetchone()[0]

    one, other = Post("x", a, a_end), Post("x", b, b_end)
    assert one.overlaps(other) == other.overlaps(one) == by_database


@pytest.mark.article("CD2016-29.2")
def test_a_leaving_administrator_hands_everything_over_at_once(cast):
    leaver, colleague = cast.person("provider", Role.RESOURCE_ADMIN), cast.person("provider", Role.REGISTRAR)
    body, today = cast.organization("provider").pk, local_date(cast.now)

    handover = people.hand_over(
        person=leaver.pk, to=colleague.pk, note="月度传输计划、两份草稿", by=cast.actor("provider", Role.LEADER), now=cast.now
    )

    assert handover.roles == ["resource_admin"]
    assert queries.holders(organization=body, role=Role.RESOURCE_ADMIN, on=today) == [colleague]
    leaver.refresh_from_db()
    assert leaver.left_at == cast.now
    assert queries.current_standings(leaver, on=today) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        type(handover).objects.filter(pk=handover.pk).update(note="改")


@pytest.mark.article("CD2016-29.2", "PC-19")
def test_a_change_of_administrators_is_owed_to_the_authority_and_filed(cast):
    admin, body = cast.person("provider", Role.RESOURCE_ADMIN), cast.organization("provider")
    key = filings.about(admin, body)
    owed = duties.find(filings.DUTY, key)

    filing = filings.file(
        organization=body.pk,
        person=admin.pk,
        change=FilingChange.APPOINTED,
        effective_on=local_date(cast.now),
        by=cast.actor("provider", Role.RESOURCE_ADMIN),
        now=cast.now,
    )
    filings.acknowledge(filing=filing.pk, by=cast.actor("authority", Role.AUTHORITY), now=cast.now)

    assert owed is not None
    assert (owed.owner, owed.working_days, owed.kept_at) == (str(body.pk), duties.parameter("PC-19"), None)
    assert duties.find(filings.DUTY, key).kept_at == cast.now
    filing.refresh_from_db()
    assert (filing.status, filing.authority) == ("acknowledged", cast.organization("authority"))
    assert filing.receipt.startswith("HZ-")


@pytest.mark.article("CD2016-29.2")
def test_a_district_files_with_its_own_authority(cast):
    filing = filings.file(
        organization=cast.organization("district").pk,
        person=cast.person("district", Role.RESOURCE_ADMIN).pk,
        change=FilingChange.APPOINTED,
        effective_on=local_date(cast.now),
        by=cast.actor("district", Role.LEADER),
        now=cast.now,
    )

    with pytest.raises(NotFound):
        filings.acknowledge(filing=filing.pk, by=cast.actor("authority", Role.AUTHORITY), now=cast.now)
    sent_back = filings.send_back(filing=filing.pk, reason="缺联系电话", by=cast.actor("district_authority", Role.AUTHORITY), now=cast.now)
    assert sent_back.status == "returned"
    with pytest.raises(WrongState):
        filings.acknowledge(filing=filing.pk, by=cast.actor("district_authority", Role.AUTHORITY), now=cast.now)
    assert duties.find(filings.DUTY, filings.about(filing.person, filing.organization)).kept_at is None


@pytest.mark.article("CD2016-29.2")
def test_nobody_is_filed_as_gone_while_in_post(cast):
    with pytest.raises(WrongState, match="仍任"):
        filings.file(
            organization=cast.organization("provider").pk,
            person=cast.person("provider", Role.RESOURCE_ADMIN).pk,
            change=FilingChange.LEFT,
            effective_on=local_date(cast.now),
            by=cast.actor("provider", Role.LEADER),
            now=cast.now,
        )


@pytest.mark.article("PC-12")
def test_nobody_stands_in_twice_for_the_same_post_at_the_same_time(cast):
    post, colleague, leader = appointed(cast), newcomer(cast, "provider"), cast.actor("provider", Role.LEADER)
    today = local_date(cast.now)

    def stand_in(first: int, last: int):
        return appointments.stand_in(
            appointment=post.pk,
            person=colleague.pk,
            starts_on=today + timedelta(days=first),
            ends_on=today + timedelta(days=last),
            reason="休假",
            by=leader,
            now=cast.now,
        )

    stand_in(0, 5)
    with pytest.raises(WrongState, match="已代此岗"):
        stand_in(5, 9)

    assert stand_in(6, 9).person == colleague


def appointed(cast: Cast) -> Appointment:
    return cast.person("provider", Role.RESOURCE_ADMIN).appointments.get()
