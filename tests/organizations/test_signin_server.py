"""Certificate sign-in over real TLS, and the TLS contexts that follow files."""

import ssl
from datetime import UTC, datetime

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from govshare.kernel.errors import NotSignedIn
from govshare.kernel.roles import Role
from govshare.organizations import queries, services
from govshare.organizations.tls import LiveContext, server_context
from tests.pki import Authority

pytestmark = pytest.mark.article("CD2016-35")


@pytest.mark.article("PC-18")
def test_a_person_is_handed_over_to_the_portal_by_a_ticket_that_works_once(platform, settings):
    reviewer = platform.bind("provider", Role.REVIEWER)

    answer = platform.connect("signin", reviewer).get("/", Host="localhost:8445")

    address, _, ticket = answer.headers["location"].rpartition("/")
    assert (answer.status, address) == (303, f"https://localhost:{settings.GOVSHARE_PORTAL_PORT}/signin/ticket")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    signed_in = services.redeem_ticket(ticket=ticket, now=datetime.now(UTC))
    assert signed_in.actor.id == str(platform.cast.person("provider", Role.REVIEWER).pk)
    with pytest.raises(NotSignedIn):
        services.redeem_ticket(ticket=ticket, now=datetime.now(UTC))


def test_the_handover_never_leads_elsewhere(platform, settings):
    reviewer = platform.bind("provider", Role.REVIEWER)

    answer = platform.connect("signin", reviewer).get("/", Host="evil.example:8445")

    assert answer.headers["location"].startswith(f"https://{settings.ALLOWED_HOSTS[0]}:")


def test_a_machine_gets_its_session_directly(platform):
    machine = platform.bind("provider", Role.SYSTEM)

    answer = platform.connect("signin", machine).request("POST", "/session")

    assert answer.status == 201
    actor = queries.actor_of_session(token=answer.json["token"], now=datetime.now(UTC))
    assert (actor.kind, actor.id) == ("system", answer.json["actor"]["id"])


def test_a_revoked_certificate_is_refused_on_an_open_connection_and_its_session_is_over(platform):
    reviewer = platform.bind("provider", Role.REVIEWER)
    open_one = platform.connect("signin", reviewer)
    token = open_one.request("POST", "/session").json["token"]

    platform.revoke_here(reviewer)

    answer = open_one.request("POST", "/session")
    assert (answer.status, answer.json["basis"]["citation"]) == (403, "PC-16")
    with pytest.raises(NotSignedIn):
        queries.actor_of_session(token=token, now=datetime.now(UTC))


def test_an_unknown_address_is_a_problem_with_its_basis(platform):
    reviewer = platform.bind("provider", Role.REVIEWER)

    answer = platform.connect("signin", reviewer).get("/elsewhere")

    assert (answer.status, answer.json["basis"]["citation"]) == (404, "CD2016-35")


def test_the_server_speaks_nothing_older_than_tls_1_2(tmp_path):
    server = Authority.root("根").issue("localhost", usages=[ExtendedKeyUsageOID.SERVER_AUTH])

    context = server_context(*server.write(tmp_path, "server"), client="required")

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_new_server_certificate_is_taken_up_and_a_broken_one_is_not(tmp_path):
    root = Authority.root("根")
    files = root.issue("localhost").write(tmp_path, "server")
    live = LiveContext(*files)

    assert not live.refresh()
    files[0].write_bytes(b"half writ")
    assert not live.refresh()
    root.issue("localhost").write(tmp_path, "server")
    assert live.refresh()
    assert not live.refresh()
