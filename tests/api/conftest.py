"""Callers: the cast, each with a certificate and a session, speaking HTTP to the web process's own application."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.services import certificates, trust
from tests.cast import Cast, assemble
from tests.pki import Authority, Issued

CITY = Authority.root("城市CA")
API = "/api/v1"


@dataclass
class Caller:
    """One signed-in person or system."""

    token: str
    issued: Issued

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        client = Client(raise_request_exception=False)
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return client.generic(method, API + path, headers={"Authorization": f"Bearer {self.token}", **headers}, **content)

    def send_raw(self, method: str, path: str, content: str | bytes | None = None) -> HttpResponse:
        """As ``send``, the body as it is."""
        client = Client(raise_request_exception=False)
        sent = {} if content is None else {"data": content, "content_type": "application/json"}
        return client.generic(method, API + path, headers={"Authorization": f"Bearer {self.token}"}, **sent)

    def get(self, path: str) -> HttpResponse:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("POST", path, {} if body is None else body)


@dataclass
class Town:
    """The cast, and their callers: ``town.caller("provider", Role.REVIEWER)``."""

    cast: Cast
    callers: dict[tuple[str, Role], Caller]

    def caller(self, who: str, role: Role) -> Caller:
        if (who, role) not in self.callers:
            self.callers[who, role] = self._sign_in(who, role)
        return self.callers[who, role]

    def _sign_in(self, who: str, role: Role) -> Caller:
        issued = CITY.issue(f"{who}-{role}")
        by = self.cast.actor("authority", Role.SECURITY_ADMIN)
        if (who, role) == ("authority", Role.SECURITY_ADMIN):
            by = self.cast.actor("authority", Role.LEADER)
        holder = {"system": self.cast.system(who).pk} if role is Role.SYSTEM else {"person": self.cast.person(who, role).pk}
        certificates.bind(certificate=issued.der, by=by, now=self.cast.now, **holder)
        return Caller(sign_in(issued), issued)


def sign_in(issued: Issued) -> str:
    """Through the two steps of the machine API, as the middleware of a USB key does it."""
    client = Client()
    challenge = client.post(f"{API}/auth/challenges").json()
    answer = {
        "certificate": base64.b64encode(issued.der).decode(),
        "signature": base64.b64encode(issued.sign(challenge["text"])).decode(),
    }
    response = client.post(f"{API}/auth/challenges/{challenge['id']}", json.dumps(answer), content_type="application/json")
    assert response.status_code == 201, response.content.decode()
    return str(response.json()["token"])


@pytest.fixture
def town(db: None) -> Town:
    return settled()


def settled() -> Town:
    """A town in the database that is at hand."""
    now = utc_now() - timedelta(seconds=1)
    cast = assemble(now)
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=CITY.pem, by=guard, now=now)
    trust.load_list(data=CITY.revocation_list(at=now - timedelta(hours=1)), by=guard, now=now)
    return Town(cast, {})


Anonymous = Callable[..., HttpResponse]


@pytest.fixture
def anonymous() -> Anonymous:
    def call(method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return Client(raise_request_exception=False).generic(method, API + path, headers=headers, **content)

    return call
