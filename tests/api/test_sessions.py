"""Sessions over the machine API."""

import pytest

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate
from govshare.organizations.services import certificates
from tests.api.conftest import Town


@pytest.mark.article("CD2016-35")
def test_whoever_signs_in_is_told_who_they_are(town: Town):
    caller = town.caller("provider", Role.REVIEWER)

    me = caller.get("/auth/me").json()

    assert me["roles"] == ["reviewer"]
    assert me["organization"] == str(town.cast.organization("provider").pk)
    assert [post["role"] for post in me["posts"]] == ["reviewer"]


@pytest.mark.article("CD2016-35")
def test_a_session_ends_when_one_signs_out(town: Town):
    caller = town.caller("provider", Role.REVIEWER)

    signed_out = caller.send("DELETE", "/auth/session")

    assert signed_out.status_code == 204
    assert caller.get("/auth/me").status_code == 401


@pytest.mark.article("CD2016-35")
def test_a_session_ends_when_its_certificate_is_stopped(town: Town):
    caller = town.caller("provider", Role.REVIEWER)
    certificate = Certificate.objects.get(person=town.cast.person("provider", Role.REVIEWER))

    certificates.revoke(certificate=certificate.pk, reason="U盾遗失", by=town.cast.actor("authority", Role.SECURITY_ADMIN), now=utc_now())

    assert caller.get("/auth/me").status_code == 401
