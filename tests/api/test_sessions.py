"""Sessions over the machine API."""

import base64
import json

import pytest
from django.test import Client

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate
from govshare.organizations.services import certificates
from tests.api.conftest import API, Caller, Town


@pytest.mark.article("CD2016-35")
def test_whoever_signs_in_is_told_who_they_are(town: Town):
    caller = town.caller("provider", Role.REVIEWER)

    me = caller.get("/auth/me").json()

    assert me["roles"] == ["reviewer"]
    assert me["organization"] == str(town.cast.organization("provider").pk)
    assert [post["role"] for post in me["posts"]] == ["reviewer"]


@pytest.mark.article("CD2016-35")
def test_who_signs_a_challenge_with_the_certificates_key_is_signed_in(town: Town):
    """The two steps of the machine API, as the middleware of a USB key does them."""
    issued, client = town.caller("provider", Role.REVIEWER).issued, Client()
    challenge = client.post(f"{API}/auth/challenges").json()
    signature = base64.b64encode(issued.sign(challenge["text"])).decode()
    answer = {"certificate": base64.b64encode(issued.der).decode(), "signature": signature}

    response, again = (
        client.post(f"{API}/auth/challenges/{challenge['id']}", json.dumps(answer), content_type="application/json") for _ in range(2)
    )

    assert response.status_code == 201, response.content.decode()
    assert Caller(response.json()["token"], issued).get("/auth/me").json()["roles"] == ["reviewer"]
    assert again.status_code == 401, "a challenge is used up by its answer"


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
