"""Two at the same moment: what one alone could not do, two cannot do either."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotSignedIn, Refused
from govshare.kernel.roles import EXCLUSIVE, Role
from govshare.organizations import queries, services
from govshare.organizations.models import Certificate, Session
from govshare.organizations.services import appointments, certificates, people, trust
from tests.cast import assemble
from tests.pki import Authority


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun at the same moment on connections of their own."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def work(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Refused as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.article("PC-11")
def test_two_of_the_three_given_at_once_to_one_person_are_one(own_database):
    cast = assemble(datetime.now(UTC))
    leader, body, today = cast.actor("authority", Role.LEADER), cast.organization("authority").pk, local_date(cast.now)
    person = people.add(organization=body, name="新来者", number="X-1", by=leader, now=cast.now)

    def appoint(role: Role) -> Callable[[], object]:
        return lambda: appointments.appoint(person=person.pk, organization=body, role=role, starts_on=today, by=leader, now=cast.now)

    results = together(*(appoint(Role(role)) for role in EXCLUSIVE))

    assert sum(not isinstance(result, Refused) for result in results) == 1
    assert len(queries.current_standings(person, on=today)) == 1


@pytest.mark.article("CD2016-35", "PC-16", "PC-17", "PC-18")
def test_what_may_be_used_once_is_used_once_however_many_try(own_database):
    cast, city = assemble(datetime.now(UTC)), Authority.root("城市CA")
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=city.pem, by=guard, now=cast.now)
    trust.load_list(data=city.revocation_list(at=cast.now - timedelta(hours=1)), by=guard, now=cast.now)
    issued = city.issue("审核员")
    certificates.bind(certificate=issued.der, person=cast.person("provider", Role.REVIEWER).pk, by=guard, now=cast.now)
    ticket = services.open_ticket(certificate_der=issued.der, now=cast.now)
    challenge = services.open_challenge(now=cast.now)
    signature = issued.sign(challenge.text)

    by_ticket = together(*[lambda: services.redeem_ticket(ticket=ticket, now=cast.now)] * 4)
    by_challenge = together(
        *[lambda: services.answer_challenge(challenge_id=challenge.id, certificate_der=issued.der, signature=signature, now=cast.now)] * 4
    )
    renewed = city.issue("审核员", own=issued.key)
    by_renewal = together(*[lambda: services.sign_in(certificate_der=renewed.der, now=cast.now)] * 4)

    for results in (by_ticket, by_challenge):
        assert sorted(isinstance(result, NotSignedIn) for result in results) == [False, True, True, True]
    assert all(isinstance(result, services.SignedIn) for result in by_renewal)
    assert (Certificate.objects.count(), Session.objects.count()) == (2, 6)
