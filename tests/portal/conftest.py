"""Visitors: the cast, each signed in with a browser's cookie, asking the web process's own application for pages."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.middleware.csrf import _mask_cipher_secret
from django.test import Client

from govshare.kernel.roles import Role
from govshare.organizations.services import certificates
from govshare.portal.frame.visitor import COOKIE
from tests.api.conftest import certified, settled
from tests.api.conftest import sign_in as api_sign_in
from tests.cast import Cast
from tests.worlds import world_of


@dataclass
class Visitor:
    """One person at a browser: keeps cookies, sends forms as pages do (with their token)."""

    client: Client
    token: str

    def open(self, address: str, **headers: str) -> HttpResponse:
        return self.client.get(address, headers=headers)

    def send(self, address: str, fields: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        """POST a form, as from a page made anew: the site's token against forged forms goes with it, masked afresh."""
        token = self.client.cookies.get("__Host-csrf")
        if token is None:
            self.client.get("/signin/challenge/")
            token = self.client.cookies["__Host-csrf"]
        data = {"csrfmiddlewaretoken": _mask_cipher_secret(token.value), **(fields or {})}
        return self.client.post(address, data, headers={"Referer": f"https://testserver{address}", **headers}, secure=True)


@dataclass
class Site:
    """``site.visitor("provider", Role.REVIEWER)`` is signed in; ``site.cast`` are the people behind."""

    cast: Cast
    visitors: dict[tuple[str, Role], Visitor]

    def visitor(self, who: str, role: Role) -> Visitor:
        if (who, role) not in self.visitors:
            self.visitors[who, role] = self._sign_in(who, role)
        return self.visitors[who, role]

    def _sign_in(self, who: str, role: Role) -> Visitor:
        issued = certified(f"{who}-{role}")
        own = (who, role) == ("authority", Role.SECURITY_ADMIN)
        by = self.cast.actor("authority", Role.LEADER if own else Role.SECURITY_ADMIN)
        if not self.cast.person(who, role).certificates.exists():
            certificates.bind(certificate=issued.der, person=self.cast.person(who, role).pk, by=by, now=self.cast.now)
        token = api_sign_in(issued)
        return Visitor(browser(token), token)


def browser(token: str = "") -> Client:
    """A browser that checks forms as a real one's site does."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.defaults["wsgi.url_scheme"] = "https"
    if token:
        client.cookies[COOKIE] = token
    return client


def text(response: HttpResponse) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


@pytest.fixture
def site(db: None) -> Site:
    return Site(world_of(settled).cast, {})


@pytest.fixture
def stranger(db: None) -> Visitor:
    return Visitor(browser(), "")


@pytest.fixture
def officer(site: Site) -> Visitor:
    return site.visitor("authority", Role.AUTHORITY)


@pytest.fixture
def registrar(site: Site) -> Visitor:
    return site.visitor("provider", Role.REGISTRAR)
