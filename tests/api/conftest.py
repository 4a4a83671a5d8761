"""Callers: the cast, each with a certificate and a session, speaking HTTP to the web process's own application."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations import services
from govshare.organizations.services import certificates, trust
from tests.cast import Cast, assemble
from tests.pki import Authority, Issued
from tests.worlds import STARTS, world_of

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
        issued = certified(f"{who}-{role}")
        by = self.cast.actor("authority", Role.SECURITY_ADMIN)
        if (who, role) == ("authority", Role.SECURITY_ADMIN):
            by = self.cast.actor("authority", Role.LEADER)
        holder = {"system": self.cast.system(who).pk} if role is Role.SYSTEM else {"person": self.cast.person(who, role).pk}
        certificates.bind(certificate=issued.der, by=by, now=self.cast.now, **holder)
        return Caller(sign_in(issued), issued)


@cache
def certified(stem: str) -> Issued:
    """The same certificate in every test, each of which binds it in a database of its own."""
    return CITY.issue(stem)


def sign_in(issued: Issued) -> str:
    """As over TLS; by a signed challenge: ``test_sessions``."""
    return services.sign_in(certificate_der=issued.der, now=utc_now()).token


@pytest.fixture
def town(db: None) -> Any:
    return world_of(settled)


def settled() -> Town:
    """A town in the database that is at hand."""
    now = utc_now() - timedelta(seconds=1)
    cast = assemble(now)
    guard = cast.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=CITY.pem, by=guard, now=now)
    trust.load_list(data=CITY.revocation_list(at=now - timedelta(hours=1)), by=guard, now=now)
    return Town(cast, {})


STARTS["town"] = STARTS["site"] = settled


Anonymous = Callable[..., HttpResponse]


@pytest.fixture
def anonymous() -> Anonymous:
    def call(method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return Client(raise_request_exception=False).generic(method, API + path, headers=headers, **content)

    return call
