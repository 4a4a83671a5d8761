"""Nobody gets in without a valid certificate bound to a filed person or system."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from django.db import IntegrityError, connection, transaction

from govshare.audit.models import Entry
from govshare.kernel.errors import Invalid, NotSignedIn, NotYours, Unavailable, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, services
from govshare.organizations.models import Certificate, RevocationList
from govshare.organizations.services import certificates, people, systems, trust
from tests.cast import Cast
from tests.pki import Authority, Issued, Sm2Authority

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-35")]
CITY = Authority.root("城市CA")


@pytest.fixture
def root(cast: Cast) -> Authority:
    """A trusted authority with a list in force."""
    authority = Authority(CITY.issued)
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=authority.pem, by=guard, now=cast.now)
    trust.load_list(data=authority.revocation_list(at=cast.now - timedelta(hours=1)), by=guard, now=cast.now)
    return authority


def bound(cast: Cast, root: Authority, who: str = "provider", role: Role = Role.REVIEWER, common_name: str = "审核员") -> Issued:
    issued = root.issue(common_name)
    certificates.bind(
        certificate=issued.der, person=cast.person(who, role).pk, by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now
    )
    return issued


def answer(issued: Issued, now: datetime):
    challenge = services.open_challenge(now=now)
    return services.answer_challenge(challenge_id=challenge.id, certificate_der=issued.der, signature=issued.sign(challenge.text), now=now)


def test_a_bound_certificate_signs_in_and_its_token_says_who(cast, root):
    issued = bound(cast, root)

    signed_in = answer(issued, cast.now)

    actor = queries.actor_of_session(token=signed_in.token, now=cast.now)
    reviewer = cast.person("provider", Role.REVIEWER)
    assert (actor.id, actor.roles, actor.organization) == (str(reviewer.pk), {"reviewer"}, str(cast.organization("provider").pk))
    assert actor.certificate == x509.load_der_x509_certificate(issued.der).fingerprint(x509.base.hashes.SHA256()).hex()
    assert actor == signed_in.actor == queries.actor_of_certificate(der=issued.der, now=cast.now)


def test_only_the_security_administrator_binds(cast, root):
    for role in (Role.LEADER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN):
        with pytest.raises(NotYours):
            certificates.bind(
                certificate=root.issue("甲").der,
                person=cast.person("provider", Role.REVIEWER).pk,
                by=cast.actor("authority", role),
                now=cast.now,
            )


def test_a_certificate_nobody_bound_gets_nobody_in(cast, root):
    stranger = root.issue("陌生人")

    with pytest.raises(NotYours, match="没有绑定"):
        answer(stranger, cast.now)
    with pytest.raises(NotYours, match="没有绑定"):
        queries.actor_of_certificate(der=stranger.der, now=cast.now)
    assert not Certificate.objects.exists()


def test_a_certificate_of_another_authority_is_not_even_bound(cast, root):
    with pytest.raises(NotSignedIn, match="信任名单"):
        bound(cast, Authority.root("城市CA"))


def test_one_key_belongs_to_one_holder(cast, root):
    issued = bound(cast, root)
    again = root.issue("另一人", own=issued.key)

    with pytest.raises(NotYours, match="不能共用"):
        certificates.bind(
            certificate=again.der,
            person=cast.person("provider", Role.REGISTRAR).pk,
            by=cast.actor("authority", Role.SECURITY_ADMIN),
            now=cast.now,
        )


@pytest.mark.article("PC-16")
def test_a_renewal_with_the_same_key_is_bound_at_once(cast, root):
    issued = bound(cast, root)
    renewed = root.issue("审核员", own=issued.key)

    signed_in = answer(renewed, cast.now)

    assert signed_in.actor.id == str(cast.person("provider", Role.REVIEWER).pk)
    row = Certificate.objects.get(renews__isnull=False)
    assert (row.status, row.bound_by) == ("bound", "platform")


@pytest.mark.article("PC-16")
def test_a_new_key_waits_for_the_security_administrator(cast, root):
    bound(cast, root)
    renewed = root.issue("审核员")

    with pytest.raises(NotYours, match="安全管理员确认"):
        answer(renewed, cast.now)
    waiting = Certificate.objects.get(status="pending")
    with pytest.raises(NotYours):
        certificates.confirm(certificate=waiting.pk, by=cast.actor("provider", Role.LEADER), now=cast.now)
    certificates.confirm(certificate=waiting.pk, by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    assert answer(renewed, cast.now).actor.id == str(cast.person("provider", Role.REVIEWER).pk)


@pytest.mark.article("PC-16")
def test_a_rejected_key_stays_out(cast, root):
    bound(cast, root)
    renewed = root.issue("审核员")
    with pytest.raises(NotYours):
        answer(renewed, cast.now)
    waiting = Certificate.objects.get(status="pending")

    certificates.reject(certificate=waiting.pk, reason="本人否认", by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    with pytest.raises(NotYours, match="未获"):
        answer(renewed, cast.now)
    with pytest.raises(NotYours, match="安全管理员确认"):  # the rejected key in another certificate waits as well
        answer(root.issue("审核员", own=renewed.key), cast.now)


@pytest.mark.article("PC-16")
def test_the_key_of_a_stopped_certificate_does_not_come_back_as_a_renewal(cast, root):
    first = bound(cast, root)
    answer(root.issue("审核员", own=first.key), cast.now)
    row = Certificate.objects.get(renews=None)

    certificates.revoke(certificate=row.pk, reason="密钥遗失", by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    with pytest.raises(NotYours, match="确认"):
        answer(root.issue("审核员", own=first.key), cast.now)
    waiting = Certificate.objects.get(status="pending")
    with pytest.raises(NotYours, match="不能确认"):
        certificates.confirm(certificate=waiting.pk, by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)


def test_the_security_administrator_does_not_bind_the_own_certificate(cast, root):
    guard = cast.person("authority", Role.SECURITY_ADMIN)
    issued = root.issue("安全员")

    with pytest.raises(NotYours, match="自己的证书"):
        certificates.bind(certificate=issued.der, person=guard.pk, by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    row = certificates.bind(certificate=issued.der, person=guard.pk, by=cast.actor("authority", Role.LEADER), now=cast.now)
    assert row.status == "bound"


def test_revoking_here_ends_open_sessions_at_once(cast, root):
    issued = bound(cast, root)
    token = answer(issued, cast.now).token
    row = Certificate.objects.get()

    certificates.revoke(certificate=row.pk, reason="丢失", by=cast.actor("provider", Role.REVIEWER), now=cast.now)

    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=token, now=cast.now)
    with pytest.raises(NotYours, match="停用"):
        queries.actor_of_certificate(der=issued.der, now=cast.now)


def test_a_colleague_may_not_revoke(cast, root):
    bound(cast, root)

    for role, who in ((Role.REGISTRAR, "provider"), (Role.LEADER, "recipient")):
        with pytest.raises(NotYours):
            certificates.revoke(certificate=Certificate.objects.get().pk, reason="x", by=cast.actor(who, role), now=cast.now)


def test_a_certificate_in_the_authoritys_list_is_refused_with_the_next_request(cast, root):
    issued = bound(cast, root)
    token = answer(issued, cast.now).token
    root.revoke(issued)

    trust.load_list(data=root.revocation_list(), by=cast.actor("authority", Role.SECURITY_ADMIN), now=datetime.now(UTC))

    with pytest.raises(NotSignedIn, match="吊销"):
        queries.actor_of_session(token=token, now=cast.now)
    with pytest.raises(NotYours, match="吊销"):
        queries.actor_of_certificate(der=issued.der, now=cast.now)


def test_a_persons_revocation_does_not_stop_the_departments_system(cast, root):
    person, machine = bound(cast, root), root.issue("业务系统")
    certificates.bind(
        certificate=machine.der, system=cast.system("provider").pk, by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now
    )

    root.revoke(person)
    trust.load_list(data=root.revocation_list(), by=cast.actor("authority", Role.SECURITY_ADMIN), now=datetime.now(UTC))

    assert queries.actor_of_certificate(der=machine.der, now=cast.now).kind == "system"
    systems.retire(system=cast.system("provider").pk, by=cast.actor("provider", Role.LEADER), now=cast.now)
    with pytest.raises(NotYours, match="停用"):
        queries.actor_of_certificate(der=machine.der, now=cast.now)


def test_an_intermediate_in_the_roots_list_stops_everybody_beneath(cast, root):
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    middle = root.subordinate("二级CA")
    trust.add_anchor(name="二级CA", certificate=middle.pem, by=guard, now=cast.now)
    trust.load_list(data=middle.revocation_list(at=cast.now - timedelta(hours=1)), by=guard, now=cast.now)
    issued = bound(cast, middle)
    answer(issued, cast.now)

    root.revoke(middle.issued)
    trust.load_list(data=root.revocation_list(), by=guard, now=datetime.now(UTC))

    with pytest.raises(NotYours, match="吊销"):
        queries.actor_of_certificate(der=issued.der, now=cast.now)


@pytest.mark.article("PC-13")
def test_a_late_list_raises_the_alarm_then_after_the_grace_refuses(cast, root):
    issued = bound(cast, root)
    due = RevocationList.objects.get().next_update

    def ask(moment):
        return queries.actor_of_certificate(der=issued.der, now=moment)

    assert trust.report_late_lists(now=due) == 0
    assert trust.report_late_lists(now=due + timedelta(seconds=1)) == 1
    assert trust.report_late_lists(now=due + timedelta(hours=1)) == 1
    alarms = [entry for entry in Entry.objects.all() if "organizations:revocation-list:be-late" in str(entry.body)]
    assert len(alarms) == 1
    assert ask(due + timedelta(hours=24)).kind == "person"
    with pytest.raises(Unavailable, match="逾期"):
        ask(due + timedelta(hours=24, seconds=1))
    [late] = queries.late_lists(now=due + timedelta(hours=2))
    assert (late.due, late.refused_from) == (due, due + timedelta(hours=24))


@pytest.mark.article("PC-13")
def test_an_authority_without_any_list_has_the_same_grace(cast):
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=CITY.pem, by=guard, now=cast.now)
    issued = bound(cast, CITY)

    assert queries.actor_of_certificate(der=issued.der, now=cast.now + timedelta(hours=23)).kind == "person"

    with pytest.raises(Unavailable):
        queries.actor_of_certificate(der=issued.der, now=cast.now + timedelta(hours=25))


@pytest.mark.article("PC-13")
def test_an_older_or_outdated_or_foreign_list_is_not_loaded(cast, root):
    guard = cast.actor("authority", Role.SECURITY_ADMIN)

    with pytest.raises(WrongState, match="旧"):
        trust.load_list(data=root.revocation_list(at=cast.now - timedelta(hours=2)), by=guard, now=cast.now)
    with pytest.raises(Invalid, match="有效时间"):
        trust.load_list(data=root.revocation_list(at=cast.now - timedelta(hours=3), hours=1), by=guard, now=cast.now)
    with pytest.raises(Invalid, match="信任名单"):
        trust.load_list(data=Authority.root("城市CA").revocation_list(at=cast.now - timedelta(seconds=1)), by=guard, now=cast.now)
    with pytest.raises(NotYours):
        trust.load_list(data=root.revocation_list(), by=cast.actor("authority", Role.SYSTEM_ADMIN), now=cast.now)


def test_a_withdrawn_authority_lets_nobody_in(cast, root):
    issued = bound(cast, root)
    anchor = Certificate.objects.get().anchor

    trust.withdraw_anchor(anchor=anchor.pk, reason="合同终止", by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    with pytest.raises(NotYours, match="信任名单"):
        queries.actor_of_certificate(der=issued.der, now=cast.now)


def test_a_certificate_lets_in_only_between_its_dates(cast, root):
    issued = bound(cast, root)
    end = issued.certificate.not_valid_after_utc
    trust.load_list(data=root.revocation_list(at=cast.now, hours=24 * 400), by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    assert queries.actor_of_certificate(der=issued.der, now=end).kind == "person"

    with pytest.raises(NotYours, match="有效期"):
        queries.actor_of_certificate(der=issued.der, now=end + timedelta(seconds=1))


def test_who_left_does_not_come_back_with_a_valid_certificate(cast, root):
    issued = bound(cast, root)
    token = answer(issued, cast.now).token

    people.hand_over(
        person=cast.person("provider", Role.REVIEWER).pk,
        to=cast.person("provider", Role.REGISTRAR).pk,
        by=cast.actor("provider", Role.LEADER),
        now=cast.now,
    )

    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=token, now=cast.now)
    with pytest.raises(NotYours):
        answer(issued, cast.now)


def test_sm2_signs_in_by_challenge(cast, tmp_path):
    city = Sm2Authority(tmp_path)
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    now = datetime.now(UTC) + timedelta(seconds=1)
    trust.add_anchor(name="国密CA", certificate=city.pem, by=guard, now=now)
    leaf = city.issue("leaf", "审核员")
    trust.load_list(data=city.revocation_list(), by=guard, now=now)
    row = certificates.bind(certificate=leaf, person=cast.person("provider", Role.REVIEWER).pk, by=guard, now=now)

    def sign_in():
        challenge = services.open_challenge(now=now)
        signature = city.sign("leaf", challenge.text)
        return services.answer_challenge(challenge_id=challenge.id, certificate_der=bytes(row.der), signature=signature, now=now)

    signed_in = sign_in()
    assert (row.algorithm, signed_in.actor.roles) == ("sm2", {"reviewer"})

    city.revoke("leaf")
    trust.load_list(data=city.revocation_list(), by=guard, now=datetime.now(UTC) + timedelta(seconds=2))
    with pytest.raises(NotYours, match="吊销"):
        sign_in()


@pytest.mark.parametrize(
    "assignment", ["status = 'bound', closed_at = NULL", "serial = 'ff'", "person_id = NULL, system_id = person_id", "der = ''"]
)
def test_the_database_does_not_let_a_stopped_or_another_certificate_in(cast, root, assignment):
    issued = bound(cast, root)
    row = Certificate.objects.get()
    if assignment.startswith("status"):
        certificates.revoke(certificate=row.pk, reason="遗失", by=cast.actor("authority", Role.SECURITY_ADMIN), now=cast.now)

    with pytest.raises(IntegrityError, match=r"stays stopped|as it was shown"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE organizations_certificate SET {assignment}")

    assert bytes(Certificate.objects.get().der) == issued.der


def test_a_certificate_is_bound_to_one_holder_person_or_system(cast, root):
    guard, issued = cast.actor("authority", Role.SECURITY_ADMIN), root.issue("两用")
    person, system = cast.person("provider", Role.REVIEWER).pk, cast.system("provider").pk

    for holders in ({}, {"person": person, "system": system}):
        with pytest.raises(Invalid, match="二者选一"):
            certificates.bind(certificate=issued.der, by=guard, now=cast.now, **holders)

    assert not Certificate.objects.exists()
