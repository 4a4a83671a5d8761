"""The gateway over real TLS: who has no valid certificate gets nothing, from one request to the next."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from govshare.audit.models import Entry
from govshare.kernel.roles import Role
from govshare.organizations.models import RevocationList
from govshare.organizations.services import systems, trust
from tests.pki import Authority
from tests.servers import Platform

pytestmark = pytest.mark.article("CD2016-35")


def refused_in_handshake(platform: Platform, identity) -> bool:
    try:
        platform.connect("gateway", identity).get("/healthz")
    except (ssl.SSLError, ConnectionError):  # TLS 1.3 tells with the first read, sometimes by closing
        return True
    return False


def test_a_system_with_a_bound_certificate_is_told_who_it_is(platform):
    machine = platform.bind("provider", Role.SYSTEM)

    answer = platform.connect("gateway", machine).get("/healthz")

    assert answer.status == 200
    assert answer.json["actor"]["kind"] == "system"
    assert answer.json["actor"]["organization"] == str(platform.cast.organization("provider").pk)
    assert answer.json["actor"]["roles"] == ["system"]


def test_without_a_certificate_or_with_anothers_there_is_no_connection(platform):
    stranger = Authority.root("城市CA").issue("业务系统")

    assert refused_in_handshake(platform, None)
    assert refused_in_handshake(platform, stranger)


def test_an_expired_certificate_gets_no_connection(platform):
    now = datetime.now(UTC)
    expired = platform.city.issue("旧系统", starts=now - timedelta(days=9), ends=now - timedelta(days=1))

    assert refused_in_handshake(platform, expired)


def test_a_good_certificate_nobody_bound_is_refused_with_the_article(platform):
    unknown = platform.city.issue("新系统")

    answer = platform.connect("gateway", unknown).get("/healthz")

    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json; charset=utf-8")
    assert answer.json["basis"]["citation"] == "CD2016-35"
    assert "安全管理员" in answer.json["detail"]


@pytest.mark.article("PC-16")
@pytest.mark.parametrize("way", ["revoke_here", "revoke_at_authority"])
def test_a_revoked_certificate_is_refused_on_the_connection_that_is_already_open(platform, way):
    machine = platform.bind("provider", Role.SYSTEM)
    refusals = Entry.objects.filter(action="gateway:connection:open", outcome="refused", actor=str(platform.cast.system("provider").pk))
    open_one, recorded = platform.connect("gateway", machine), refusals.count()
    before = open_one.get("/healthz").status

    getattr(platform, way)(machine)

    assert (before, open_one.get("/healthz").status) == (200, 403)
    assert platform.connect("gateway", machine).get("/healthz").status == 403
    assert refusals.count() == recorded + 2


def test_a_retired_system_is_refused_with_the_next_request(platform):
    machine = platform.bind("third", Role.SYSTEM)
    open_one = platform.connect("gateway", machine)
    before = open_one.get("/healthz").status

    systems.retire(system=platform.cast.system("third").pk, by=platform.cast.actor("third", Role.LEADER), now=datetime.now(UTC))

    assert (before, open_one.get("/healthz").status) == (200, 403)


@pytest.mark.article("PC-13")
def test_when_the_list_is_late_beyond_the_grace_the_gateway_says_so(platform):
    machine = platform.bind("provider", Role.SYSTEM)
    now, current = datetime.now(UTC), RevocationList.objects.filter(current=True, anchor__name="城市CA")
    current.update(this_update=now - timedelta(days=9), next_update=now - timedelta(hours=25))

    answer = platform.connect("gateway", machine).get("/healthz")

    platform.load_list()
    assert (answer.status, answer.json["basis"]["citation"]) == (503, "PC-13")


def test_a_withdrawn_authority_gets_no_connection_any_more(platform):
    other = Authority.root("二号CA")
    anchor = trust.add_anchor(name="二号CA", certificate=other.pem, by=platform.guard, now=datetime.now(UTC))
    trust.load_list(data=other.revocation_list(at=datetime.now(UTC) - timedelta(hours=1)), by=platform.guard, now=datetime.now(UTC))
    machine = platform.bind("provider", Role.SYSTEM, city=other)
    eventually(lambda: not refused_in_handshake(platform, machine))

    trust.withdraw_anchor(anchor=anchor.pk, reason="合同终止", by=platform.guard, now=datetime.now(UTC))

    eventually(lambda: refused_in_handshake(platform, machine))


def eventually(holds) -> None:
    """The servers look twice a second; how soon they notice is not asserted, only that they do."""
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while not holds():
        assert datetime.now(UTC) < deadline


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/healthz"), ("GET", "/healthz/x"), ("GET", "/../etc/passwd")])
def test_there_is_nothing_else_yet(platform, method, path):
    machine = platform.bind("provider", Role.SYSTEM)

    answer = platform.connect("gateway", machine).request(method, path)

    assert (answer.status, answer.json["basis"]["citation"]) == (404, "CD2016-24")
