"""Who sits in front of the page: the session behind the cookie."""

from dataclasses import dataclass
from typing import Protocol

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotSignedIn
from govshare.organizations import queries as organizations
from govshare.organizations.queries import Standing
from govshare.organizations.queries.actors import OpenSession
from govshare.regulation.articles import cite

COOKIE = "__Host-govshare"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person in one post. ``standings`` are the posts among which to choose."""

    token: str
    session: OpenSession

    @property
    def actor(self) -> Actor:
        return self.session.actor

    @property
    def standings(self) -> list[Standing]:
        return self.session.standings


def whoever(request: HttpRequest) -> Visitor | None:
    """Who is signed in, if anybody is; None as well while the database does not say."""
    try:
        return visitor_of(request)
    except (NotSignedIn, DatabaseError):
        return None


class Named(Protocol):
    """A page, as the shell shows it."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Nowhere:
    """The page of an address that is none."""

    name: str = ""
    title: str = ""


class Request(HttpRequest):
    """What a page gets: Django's request, with the visitor (None on an open page nobody signed in at) and the page asked for."""

    visitor: Visitor | None
    page: Named
    kind: str  # html, json or xlsx

    actor: Actor  # only where the frame let a visitor in


def visitor_of(request: HttpRequest) -> Visitor:
    """Raises ``NotSignedIn`` without a cookie or when the session is over."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        raise NotSignedIn("请先用数字证书登录", basis=cite("CD2016-35"))
    return Visitor(token, organizations.open_session(token=token, now=utc_now()))


def keep(response: HttpResponse, token: str) -> None:
    """Give the browser its session: this host only, TLS only, out of reach of scripts, gone when the browser closes."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")


def forget(response: HttpResponse) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")
