"""数据来源: the table of the front-end database that an entry is read from, bound item by item and tested for real (CD2016-19)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.models import Listing, Route
from govshare.catalog.queries import EntryView
from govshare.catalog.queries.contents import snapshot as snapshot_of
from govshare.catalog.rules.choices import IN_CATALOG
from govshare.catalog.rules.contents import ItemContent, as_id
from govshare.connectors import Table
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, Refused
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import drafting, looking
from govshare.portal.cataloguing.words import Words, item_said
from govshare.portal.frame import refusals
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose

Source = tuple[FrontDatabase | None, Table | None]
INTERFACE = cite("CD2016-19")
BINDERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One item with the column it is read from; ``fault`` says why that cannot be."""

    item: ItemContent
    type: str
    column: str
    fault: str = ""


@page("entries/<uuid:entry>/route/", title=_("数据来源"), basis=INTERFACE, roles=BINDERS, methods=("GET", "POST"))
def entry_route(request: Request, entry: UUID) -> HttpResponse:
    """Choose database and table, bind every item to a column, name the key; then test."""
    view = looking.seen(request, entry)
    asked = request.POST if request.method == "POST" else request.GET
    front, table = _chosen(request, view, asked)
    items = _items(view)
    bound, key = _bound(view.route, items, table, asked)
    refusal = None
    if request.method == "POST":
        try:
            return _bind(request, view, (front, table), bound, key)
        except Refused as refused:
            refusals.record(request, refused)
            refusal = refused
    faults = {fault.place: fault.message for fault in refusal.faults} if isinstance(refusal, Invalid) else {}
    return render(
        request,
        "portal/cataloguing/route.html",
        view=view,
        name=Words().said("name", _snapshot_name(view)),
        tables=catalog.proposals.tables(request.actor),
        front=front,
        table=table,
        bindings=[
            Binding(
                item=item,
                type=item_said("type", item),
                column=bound.get(item.id, "") if item.id else "",
                fault=faults.get(f"items.{n}", ""),
            )
            for n, item in enumerate(items, 1)
        ],
        key=key,
        faults=faults,
        refusal=refusal,
        document=asked.get("document", view.route.document if view.route else ""),
        status=refusal.status_code if refusal else 200,
    )


def _snapshot_name(view: EntryView) -> str:
    shown = view.published or view.pending or view.shown
    return shown.snapshot.content.name if shown else view.code


def _chosen(request: Request, view: EntryView, asked: Any) -> Source:
    """Database and table asked for, else those bound now; only the department's own."""
    key, name = as_id(asked.get("database", "")), asked.get("table", "")[:63]
    if key is None and view.route:
        key, name = view.route.front_database_id, view.route.table
    own = {front.pk: front for front in sources.of_organization(UUID(request.actor.organization), purpose=Purpose.PROVIDE)}
    front = own.get(key) if key else None
    tables = sources.tables(front) if front else ()
    return front, next((table for table in tables if table.name == name), None)


def _items(view: EntryView) -> tuple[ItemContent, ...]:
    """The items a route must read, in the order the service looks at them: a draft's first, then what is listed or published."""
    listing = Listing.objects.select_related("listed").filter(entry=view.id, status__in=IN_CATALOG).first()
    shown = snapshot_of(listing.listed) if listing and listing.listed else None
    published = view.published.snapshot if view.published else None
    found: dict[UUID | None, ItemContent] = {}
    for snapshot in (view.pending.snapshot if view.pending else None, shown or published):
        found.update({item.id: item for item in snapshot.items} if snapshot else {})
    return tuple(found.values())


def _bound(route: Route | None, items: tuple[ItemContent, ...], table: Table | None, asked: Any) -> tuple[dict[UUID, str], tuple[str, ...]]:
    """Column by item and the key: as sent, else as bound to this very table, else by equal names and the table's own key."""
    if "sent" in asked:
        return {item.id: asked.get(f"column.{item.id}", "") for item in items if item.id}, tuple(asked.getlist("key"))
    if route and table and route.table == table.name:
        return {column.item: column.column for column in route.columns.all()}, tuple(route.key)
    names = {column.name.lower(): column.name for column in table.columns} if table else {}
    return {item.id: names.get(item.column.lower(), "") for item in items if item.id}, tuple(table.key) if table else ()


def _bind(request: Request, view: EntryView, source: Source, bound: dict[UUID, str], key: tuple[str, ...]) -> HttpResponse:
    front, table = source
    if front is None or table is None:
        raise Invalid(gettext("请先选择前置库和表"), basis=INTERFACE)
    services.bind_route(
        entry=view.id,
        front_database=front.pk,
        table=table.name,
        key=key,
        columns={item: column for item, column in bound.items() if column},
        document=request.POST.get("document", ""),
        expected_version=drafting.version_seen(request),
        by=request.actor,
        now=utc_now(),
    )
    if "test" in request.POST:
        return _test(request, view.id)
    return done(request, gettext("已绑定，请测试"), to=reverse("entry-route", args=[view.id]), receipt=looking.receipt_of(view.id))


@act("entries/<uuid:entry>/route/test/", title=_("测试接口"), basis=INTERFACE, roles=BINDERS)
def entry_route_test(request: Request, entry: UUID) -> HttpResponse:
    """Read one row the way every sharing will; the outcome is kept, good or bad."""
    looking.seen(request, entry)
    return _test(request, entry)


def _test(request: Request, entry: UUID) -> HttpResponse:
    route = services.test_route(entry=entry, by=request.actor, now=utc_now())
    said = route.test_message if route.test_passed else gettext("测试未通过：%(why)s") % {"why": route.test_message}
    return done(request, said, to=reverse("entry-route", args=[entry]), receipt=looking.receipt_of(entry))
