"""What a page is: its address, its title, whose it is, and on what that rests.

Every page is declared through ``page`` with the roles that own it, or through ``open_page`` with the reason why it is open.
What is not declared so has no address (``site.py`` collects nothing else).
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, Concatenate, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from govshare.kernel.errors import Basis, NotSignedIn, NotYours, Refused
from govshare.kernel.memory import remembering
from govshare.kernel.roles import Role
from govshare.operations.faults import told
from govshare.organizations import queries as organizations
from govshare.portal.frame import refusals
from govshare.portal.frame.visitor import COOKIE, Request, Visitor, visitor_of, whoever
from govshare.regulation.conventions import convention

View = Callable[Concatenate[Request, ...], HttpResponse]
SIGNED_IN = frozenset(Role) - {Role.PLATFORM, Role.SYSTEM}
KINDS = ("json", "xlsx")


@dataclass(frozen=True, slots=True)
class Page:
    """Called by Django with a request; lets in whom it may, and turns every refusal into a page in words.

    ``path`` ends with a slash or is empty; ``lists``: the same list is had as ``….json`` and ``….xlsx``.
    """

    view: View = field(repr=False)
    path: str
    name: str
    title: str | Promise
    owners: frozenset[Role]
    basis: Basis | None
    operator: bool = False
    open_because: str = ""
    methods: tuple[str, ...] = ("GET",)
    lists: bool = False
    do_not_call_in_templates: ClassVar[bool] = True  # a template that names the page means the page

    def __call__(self, request: HttpRequest, *, kind: str = "html", **places: Any) -> HttpResponse:
        asked = cast(Request, request)
        asked.page, asked.kind, asked.visitor = self, kind, None
        if request.method not in (*self.methods, "HEAD"):
            return HttpResponseNotAllowed(self.methods)
        try:
            with remembering() if request.method == "GET" else nullcontext():
                self._let_in(asked)
                return self.view(asked, **places)
        except NotSignedIn as refusal:
            return self._to_sign_in(asked, refusal)
        except Exception as error:  # noqa: BLE001 - every one becomes a page in words, and ours are logged there
            with remembering():
                return refusals.page(asked, told(error, path=request.path))

    def open_to(self, visitor: Visitor) -> bool:
        """Whether the page is the visitor's: menus and links show no other."""
        try:
            self._check(visitor)
        except Refused:
            return False
        return True

    def _let_in(self, request: Request) -> None:
        if self.open_because:
            request.visitor = whoever(request)
            return
        visitor = visitor_of(request)
        request.visitor = visitor
        request.actor = visitor.actor
        self._check(visitor)

    def _check(self, visitor: Visitor) -> None:
        if self.open_because or self.basis is None:
            return
        if not visitor.actor.is_one_of(self.owners):
            wanted = "、".join(sorted(role.label for role in self.owners))
            raise NotYours(f"这一页归以下角色使用：{wanted}", basis=self.basis)
        if self.operator:
            organizations.need_operator(visitor.actor, basis=self.basis)

    def _to_sign_in(self, request: Request, refusal: NotSignedIn) -> HttpResponse:
        """To the sign-in page and back; what was typed in a form that met the end of a session is kept in the answer."""
        if request.method == "POST":
            return refusals.expired(request, refusal)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = reverse("signin")
            return response
        query = {"next": request.get_full_path()} | ({"over": "1"} if COOKIE in request.COOKIES else {})
        return HttpResponseRedirect(f"{reverse('signin')}?{urlencode(query)}")


def page(
    path: str,
    *,
    title: str | Promise,
    basis: Basis,
    roles: tuple[Role, ...] | frozenset[Role] = (),
    name: str = "",
    operator: bool = False,
    methods: tuple[str, ...] = ("GET",),
    lists: bool = False,
) -> Callable[[View], Page]:
    """A page of ``roles`` (none named: whoever is signed in). ``name`` is the function's, with hyphens, unless given.

    ``operator``: only at the authority that runs the platform.
    """

    def declare(view: View) -> Page:
        called = name or view.__name__.replace("_", "-")
        return Page(view, path, called, title, frozenset(roles) or SIGNED_IN, basis, operator, "", methods, lists)

    return declare


def act(
    path: str, *, title: str | Promise, basis: Basis, roles: tuple[Role, ...] | frozenset[Role] = (), name: str = "", operator: bool = False
) -> Callable[[View], Page]:
    """Something done by one button, without a form of its own: POST only, answers with ``done``."""
    return page(path, title=title, basis=basis, roles=roles, name=name, operator=operator, methods=("POST",))


def open_page(path: str, *, title: str | Promise, why: str, name: str = "", methods: tuple[str, ...] = ("GET",)) -> Callable[[View], Page]:
    """A page that needs no session, and ``why``."""

    def declare(view: View) -> Page:
        return Page(view, path, name or view.__name__.replace("_", "-"), title, frozenset(), None, False, why, methods)

    return declare


def addresses(each: Page) -> Iterator[URLPattern]:
    yield path(each.path, each, name=each.name)
    if each.lists:
        for kind in KINDS:
            yield path(f"{each.path.rstrip('/')}.{kind}", each, {"kind": kind}, name=f"{each.name}-{kind}")


#: What a form or a list refuses by itself, before any service is asked, rests on this.
INPUT = convention("PC-70")
