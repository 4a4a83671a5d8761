"""Signing in and staying in: one use, short lives, no second way."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.audit.models import Entry
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotSignedIn, NotYours
from govshare.kernel.roles import Role
from govshare.organizations import queries, services
from govshare.organizations.models import Challenge, Session, Ticket
from govshare.organizations.services import appointments, certificates, sessions, trust
from tests.cast import Cast
from tests.pki import Authority, Issued

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-35")]
CITY = Authority.root("城市CA")


@pytest.fixture
def reviewer(cast: Cast) -> Issued:
    """The provider's reviewer has a certificate."""
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=CITY.pem, by=guard, now=cast.now)
    trust.load_list(data=CITY.revocation_list(at=cast.now - timedelta(hours=1)), by=guard, now=cast.now)
    issued = CITY.issue("审核员")
    certificates.bind(certificate=issued.der, person=cast.person("provider", Role.REVIEWER).pk, by=guard, now=cast.now)
    return issued


def refusals() -> list[str]:
    return [str(entry.body) for entry in Entry.objects.all() if '"outcome":"refused"' in str(entry.body)]


@pytest.mark.article("PC-17")
def test_a_challenge_is_used_up_by_a_wrong_answer(cast, reviewer):
    challenge = services.open_challenge(now=cast.now)

    def answer(signature: bytes):
        return services.answer_challenge(challenge_id=challenge.id, certificate_der=reviewer.der, signature=signature, now=cast.now)

    with pytest.raises(NotSignedIn, match="签名"):
        answer(reviewer.sign("something else"))
    with pytest.raises(NotSignedIn, match="已用过"):
        answer(reviewer.sign(challenge.text))
    assert not Session.objects.exists()


@pytest.mark.article("PC-17")
def test_a_challenge_must_be_answered_in_time(cast, reviewer):
    challenge = services.open_challenge(now=cast.now)

    with pytest.raises(NotSignedIn, match="过期"):
        services.answer_challenge(
            challenge_id=challenge.id,
            certificate_der=reviewer.der,
            signature=reviewer.sign(challenge.text),
            now=cast.now + timedelta(seconds=120),
        )


def test_no_two_challenges_are_alike_and_each_names_the_platform(cast, settings):
    texts = {services.open_challenge(now=cast.now).text for _ in range(50)}

    assert len(texts) == 50
    assert all(settings.GOVSHARE_LOG_ORIGIN in text for text in texts)


def test_a_failed_sign_in_of_somebody_on_file_is_recorded(cast, reviewer):
    challenge = services.open_challenge(now=cast.now)

    with pytest.raises(NotSignedIn):
        services.answer_challenge(challenge_id=challenge.id, certificate_der=reviewer.der, signature=b"wrong", now=cast.now)

    [refusal] = refusals()
    assert "organizations:session:open" in refusal
    assert str(cast.person("provider", Role.REVIEWER).pk) in refusal


def test_a_stranger_cannot_fill_the_evidence(cast, reviewer):
    stranger = Authority.root("别家").issue("陌生人")
    challenge = services.open_challenge(now=cast.now)

    with pytest.raises(NotSignedIn):
        services.answer_challenge(
            challenge_id=challenge.id, certificate_der=stranger.der, signature=stranger.sign(challenge.text), now=cast.now
        )

    assert refusals() == []


@pytest.mark.article("PC-18")
def test_a_ticket_works_once_and_within_a_minute(cast, reviewer):
    ticket = services.open_ticket(certificate_der=reviewer.der, now=cast.now)
    late = services.open_ticket(certificate_der=reviewer.der, now=cast.now)

    signed_in = services.redeem_ticket(ticket=ticket, now=cast.now + timedelta(seconds=59))

    assert signed_in.actor.roles == {"reviewer"}
    with pytest.raises(NotSignedIn, match="已用过"):
        services.redeem_ticket(ticket=ticket, now=cast.now + timedelta(seconds=59))
    with pytest.raises(NotSignedIn, match="过期"):
        services.redeem_ticket(ticket=late, now=cast.now + timedelta(seconds=60))
    assert all(ticket.encode() not in bytes(row.digest) for row in Ticket.objects.all())


def test_a_ticket_is_worth_nothing_once_the_certificate_is_stopped(cast, reviewer):
    ticket = services.open_ticket(certificate_der=reviewer.der, now=cast.now)
    row = Ticket.objects.get().certificate

    certificates.revoke(certificate=row.pk, reason="丢失", by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    with pytest.raises(NotYours, match="停用"):
        services.redeem_ticket(ticket=ticket, now=cast.now)


@pytest.mark.article("PC-14", "PC-15")
def test_a_session_ends_when_idle_and_in_any_case_in_the_end(cast, reviewer):
    token = services.sign_in(certificate_der=reviewer.der, now=cast.now).token

    def ask(minutes: float):
        return queries.actor_of_session(token=token, now=cast.now + timedelta(minutes=minutes))

    for minute in range(0, 480, 30):
        ask(minute)
    with pytest.raises(NotSignedIn):
        ask(480)


@pytest.mark.article("PC-14")
def test_a_session_left_alone_ends(cast, reviewer):
    token = services.sign_in(certificate_der=reviewer.der, now=cast.now).token

    with pytest.raises(NotSignedIn, match="没有操作"):
        queries.actor_of_session(token=token, now=cast.now + timedelta(minutes=30, seconds=1))


def test_of_a_token_only_its_digest_is_kept(cast, reviewer):
    signed_in = services.sign_in(certificate_der=reviewer.der, now=cast.now)

    [session] = Session.objects.all()

    assert len(bytes(session.digest)) == 32
    assert signed_in.token not in repr(signed_in)
    assert not any(signed_in.token in str(entry.body) for entry in Entry.objects.all())


@given(st.text())
def test_no_made_up_token_is_a_session(django_db_blocker, token):
    from govshare.kernel.clock import utc_now

    with django_db_blocker.unblock(), pytest.raises(NotSignedIn):
        queries.actor_of_session(token=token, now=utc_now())


def test_every_sign_in_gets_a_token_of_its_own(cast, reviewer):
    tokens = {services.sign_in(certificate_der=reviewer.der, now=cast.now).token for _ in range(3)}

    assert len(tokens) == 3


def test_signing_out_ends_the_session(cast, reviewer):
    signed_in = services.sign_in(certificate_der=reviewer.der, now=cast.now)

    with pytest.raises(NotYours):
        services.sign_out(token=signed_in.token, by=cast.actor("provider", Role.REGISTRAR), now=cast.now)
    services.sign_out(token=signed_in.token, by=signed_in.actor, now=cast.now)

    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=signed_in.token, now=cast.now)


def test_a_session_ends_with_the_appointment(cast, reviewer):
    token = services.sign_in(certificate_der=reviewer.der, now=cast.now).token

    appointments.end(
        appointment=cast.person("provider", Role.REVIEWER).appointments.get().pk,
        reason="调岗",
        by=cast.actor("provider", Role.LEADER),
        now=cast.now,
    )

    with pytest.raises(NotSignedIn, match="已结束"):
        queries.actor_of_session(token=token, now=cast.now)


@pytest.mark.article("CD2016-15", "PC-12")
def test_who_has_several_posts_chooses_one_and_gets_a_new_token(cast, reviewer):
    person, leader = cast.person("provider", Role.REVIEWER), cast.actor("provider", Role.LEADER)
    today = local_date(cast.now)
    registrar = cast.person("provider", Role.REGISTRAR)
    standing_in = appointments.stand_in(
        appointment=registrar.appointments.get().pk,
        person=person.pk,
        starts_on=today,
        ends_on=today,
        reason="出差",
        by=leader,
        now=cast.now,
    )
    first = services.sign_in(certificate_der=reviewer.der, now=cast.now)

    second = services.choose_appointment(token=first.token, standing=str(standing_in.pk), by=first.actor, now=cast.now)

    assert [standing.appointment.role for standing in first.standings] == ["reviewer", "registrar"]
    assert (first.actor.roles, second.actor.roles) == ({"reviewer"}, {"registrar"})
    assert (second.actor.standing_in_for, second.expires_at) == (str(registrar.pk), first.expires_at)
    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=first.token, now=cast.now)
    assert queries.actor_of_session(token=second.token, now=cast.now) == second.actor
    with pytest.raises(NotYours):
        services.choose_appointment(token=second.token, standing=str(leader.id), by=second.actor, now=cast.now)


def test_nobody_without_a_post_gets_in(cast, reviewer):
    appointments.end(
        appointment=cast.person("provider", Role.REVIEWER).appointments.get().pk,
        reason="待岗",
        by=cast.actor("provider", Role.LEADER),
        now=cast.now,
    )

    with pytest.raises(NotYours, match="任命"):
        services.sign_in(certificate_der=reviewer.der, now=cast.now)


def test_spent_sign_ins_are_forgotten_their_evidence_stays(cast, reviewer):
    services.open_challenge(now=cast.now)
    services.open_ticket(certificate_der=reviewer.der, now=cast.now)
    services.sign_in(certificate_der=reviewer.der, now=cast.now)
    before = Entry.objects.count()

    assert sessions.sweep(now=cast.now) == 0
    assert sessions.sweep(now=cast.now + timedelta(days=60)) == 3

    assert (Challenge.objects.count(), Ticket.objects.count(), Session.objects.count()) == (0, 0, 0)
    assert Entry.objects.count() == before


@pytest.mark.article("PC-81")
def test_a_session_that_is_over_still_says_whose_words_were_being_typed(cast, reviewer):
    challenge = services.open_challenge(now=cast.now)
    signed_in = services.answer_challenge(
        challenge_id=challenge.id, certificate_der=reviewer.der, signature=reviewer.sign(challenge.text), now=cast.now
    )
    over = cast.now + timedelta(hours=12)

    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=signed_in.token, now=over)
    actor = queries.stranded(token=signed_in.token, now=over)

    assert (actor.kind, actor.id, actor.roles) == ("person", str(cast.person("provider", Role.REVIEWER).pk), frozenset())
    assert queries.stranded(token="nobody", now=over) is None
    assert queries.stranded(token=signed_in.token, now=cast.now + timedelta(days=1, seconds=1)) is None
