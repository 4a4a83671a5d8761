"""搜索: one field over resources, items, departments, and the numbers of one's own demands, grants, transfers and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.audit import queries as audit
from govshare.audit.services import sees_none
from govshare.catalog.queries import suggest
from govshare.catalog.rules.shape import storable
from govshare.exchange import queries as exchange
from govshare.exchange.models import Transfer
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Refused
from govshare.organizations.models import Organization
from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.sharing import queries as sharing
from govshare.sharing.models import Demand, Grant

CATALOG = cite("CD2016-7")
LONGEST = 100
FEW, MANY = 5, 20  # of each group: while one types, and on the page


@dataclass(frozen=True, slots=True)
class Hit:
    """One line: what it is called, what stands small beside it, where it leads."""

    title: str
    small: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: str
    icon: str
    hits: Sequence[Hit]
    all: str = ""  # where the rest is


@page("search/", title=_("搜索"), basis=CATALOG)
def search(request: Request) -> HttpResponse:
    asked = _asked(request)
    found = groups(asked, by=request.actor, most=MANY) if asked else []
    return render(request, "portal/finding/search.html", asked=asked, groups=found, count=sum(len(group.hits) for group in found))


@page("search/suggest/", title=_("搜索建议"), basis=CATALOG, name="search-suggest")
def search_suggest(request: Request) -> HttpResponse:
    """The first of each group, as a fragment for the search field."""
    asked = _asked(request)
    found = groups(asked, by=request.actor, most=FEW) if asked else []
    return render(request, "portal/finding/suggest.html", asked=asked, groups=found)


def groups(asked: str, *, by: Actor, most: int) -> list[Group]:
    """Groups that hold something, the most likely first: who types a number means that thing."""
    found = [
        Group("numbers", gettext("办件编号"), "file-text", numbers(asked, by=by, most=most)),
        Group("entries", gettext("信息资源"), "database", _entries(asked, most), f"{reverse('catalog')}?q={quote(asked)}"),
        Group("items", gettext("信息项"), "list-details", _items(asked, most)),
        Group("own", gettext("本部门未列入的资源"), "folders", _own(asked, by, most)),
        Group("organizations", gettext("部门"), "building", _bodies(asked, most)),
    ]
    return [group for group in found if group.hits]


def _entries(asked: str, most: int) -> list[Hit]:
    return [Hit(row.name, f"{row.code} · {row.provider}", _entry(row.code)) for row in suggest.entries(asked, limit=most)]


def _items(asked: str, most: int) -> list[Hit]:
    rows = suggest.items(asked, limit=most)
    return [
        Hit(f"{row.name} {row.column}", row.entry_name, f"{reverse('catalog-items', args=[row.code])}?q={quote(row.column)}")
        for row in rows
    ]


def _own(asked: str, by: Actor, most: int) -> list[Hit]:
    own = suggest.own(asked, organization=UUID(by.organization), limit=most) if by.organization else []
    return [Hit(row.name, row.code, _entry(row.code)) for row in own]


def _bodies(asked: str, most: int) -> list[Hit]:
    """By any part of the name; leads to what the department has listed."""
    if not storable(asked):
        return []
    named = Organization.objects.filter(Q(name__icontains=asked) | Q(short_name__icontains=asked), active=True)
    return [Hit(row.name, row.short_name, f"{reverse('catalog')}?provider={row.pk}") for row in named.order_by("tier", "name")[:most]]


def numbers(asked: str, *, by: Actor, most: int) -> list[Hit]:
    """What ``by`` may see whose number begins so: demands, grants, transfers, and the receipt of that very number."""
    wanted = asked.upper()
    if len(wanted) < 3 or not wanted.isascii() or not storable(wanted):
        return []
    demands = sharing.demands.visible(by).filter(number__startswith=wanted)[:most]
    grants = sharing.grants.visible(by).filter(number__startswith=wanted)[:most]
    transfers = exchange.visible(by).filter(number__startswith=wanted)[:most]
    found = [_numbered(row, gettext("需求"), "demand", row.get_status_display()) for row in demands]
    found += [_numbered(row, gettext("授权"), "grant", row.get_status_display()) for row in grants]
    found += [_numbered(row, gettext("传输"), "transfer", row.get_status_display()) for row in transfers]
    return [*found, *_receipts(wanted, by)]


def _numbered(row: Demand | Grant | Transfer, kind: str, page_name: str, status: str) -> Hit:
    return Hit(row.number, f"{kind} · {row.entry_name} · {gettext(status)}", _to(page_name, row.pk))


def _receipts(wanted: str, by: Actor) -> list[Hit]:
    if not wanted.startswith("HZ-"):
        return []
    try:
        kept = audit.find(wanted, for_organization=by.organization)
    except Refused:
        return []
    if sees_none(by) and kept.actor != by.id:
        return []
    return [Hit(wanted, f"{gettext('回执')} · {kept.about}", _to("receipt", wanted))]


def _asked(request: Request) -> str:
    return " ".join(request.GET.get("q", "")[: LONGEST * 4].split())[:LONGEST]


def _entry(code: str) -> str:
    return reverse("catalog-entry", args=[code])


def _to(name: str, key: object) -> str:
    """The page of that thing; without one, the first screen."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return reverse("home")
