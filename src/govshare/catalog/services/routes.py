"""Access routes 「信息访问接口」: bind an entry to a table of the department's front-end database, and test it for real (CD2016-19)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Entry, Listing, Route, RouteColumn
from govshare.catalog.queries import contents as saying
from govshare.catalog.queries import routes as standing_routes
from govshare.catalog.rules.choices import IN_CATALOG
from govshare.catalog.rules.contents import ItemContent
from govshare.catalog.rules.drift import route_faults
from govshare.catalog.rules.shape import storable
from govshare.catalog.services import acts, notices, shelf
from govshare.connectors import Column, Selection, Table, engines
from govshare.connectors.errors import Drift
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.sources import failures
from govshare.sources import queries as sources
from govshare.sources.connection import CONNECT_SECONDS
from govshare.sources.rules import Purpose

INTERFACE = cite("CD2016-19")
_POSTS = (Role.REGISTRAR, Role.RESOURCE_ADMIN)


@transaction.atomic
def bind_route(
    *,
    entry: UUID,
    front_database: UUID,
    table: str,
    key: Sequence[str],
    columns: Mapping[UUID, str] | None = None,
    document: str = "",
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Route:
    """Bind an entry's items to columns of ``table``, as the front-end database was last seen; what has drifted is named.

    ``columns``: identity of an item → column; left out, each item's English name is its column. ``document`` is the
    interface specification 「接口规范说明」. The route counts once ``test_route`` has passed.
    """
    found = _mine(entry, expected_version=expected_version, by=by)
    acts.keep_secrets_out({"document": document, "table": table})
    front = sources.usable(front_database, purpose=Purpose.PROVIDE)
    by.need_own(sources.owner(front).pk, basis=INTERFACE)
    items = standing_routes.items_to_read(found)
    bound = dict(columns) if columns is not None else {item.id: item.column for item in items if item.id}
    faults = list(route_faults(items, bound, key, sources.table(front, table)))
    if set(bound) - set(saying.known_items(found)):
        faults.append(Fault("columns", "有的列对应的不是这条信息资源的信息项"))
    if len(document) > 20_000 or not storable(document):
        faults.append(Fault("document", "接口规范说明最多 20000 字符，不含无法保存的字符"))
    if faults:
        raise Invalid(f"有 {len(faults)} 处与表不一致，未绑定", basis=INTERFACE, faults=faults)
    Route.objects.filter(entry=found, replaced_at=None).update(replaced_at=now, replaced_by=by.id)
    route = Route.objects.create(
        entry=found,
        front_database=front,
        schema=front.schema,
        table=table,
        key=list(key),
        document=document.strip(),
        bound_at=now,
        bound_by=by.id,
    )
    RouteColumn.objects.bulk_create(RouteColumn(route=route, item=item, column=column) for item, column in bound.items())
    _settle(found, by=by, now=now)
    _note(found, "catalog:route:bind", detail={"front_database": str(front.pk), "table": f"{front.schema}.{table}"}, by=by, now=now)
    return route


@transaction.atomic
def test_route(*, entry: UUID, by: Actor, now: datetime) -> Route:
    """Read the table as it is now, through the entry's own selection; keep the outcome, good or bad.

    The entry is locked only after the other server has answered; a route bound anew meanwhile makes the answer worthless.
    """
    seen = _standing(_mine(entry, by=by, lock=False))
    message = _found_wrong(seen)
    found = _mine(entry, by=by)
    route = _standing(found)
    if route.pk != seen.pk:
        raise WrongState("测试期间已改绑到别的表，请重新测试", basis=INTERFACE)
    route.test_passed, route.test_message = not message, message or "测试通过：各信息项均可读取"
    route.tested_at, route.tested_by = now, by.id
    route.save(update_fields=["test_passed", "test_message", "tested_at", "tested_by"])
    _settle(found, by=by, now=now)
    detail = {"result": "failed" if message else "passed", "message": route.test_message}
    _note(found, "catalog:route:test", detail=detail, by=by, now=now)
    return route


def _mine(entry: UUID, *, expected_version: int | None = None, by: Actor, lock: bool = True) -> Entry:
    by.need(*_POSTS, basis=INTERFACE)
    found = acts.locked(entry, expected_version=expected_version) if lock else acts.unlocked(entry)
    acts.need_provider(by, found, basis=INTERFACE)
    return found


def _standing(entry: Entry) -> Route:
    route = standing_routes.standing(entry)
    if route is None:
        raise NotFound(f"“{entry.code}”尚未绑定访问接口，请先绑定", basis=INTERFACE)
    return route


def _found_wrong(route: Route) -> str:
    """What keeps the route from working as the other server answers now, in one text; empty when nothing does."""
    front = route.front_database
    try:
        sources.usable(front.pk, purpose=Purpose.PROVIDE)
        words = sources.conninfo(front)
        return _drift(route, engines.describe(words, route.schema)) or _read_one(route, words)
    except (Refused, Drift) as refusal:
        return str(refusal)
    except failures.DRIVERS as error:
        return failures.in_words(error, front, seconds=CONNECT_SECONDS)


def _drift(route: Route, tables: Sequence[Table]) -> str:
    table = next((each for each in tables if each.name == route.table), None)
    if table is None:
        return f"模式“{route.schema}”中已没有可读的表“{route.table}”"
    columns, items = _bound(route)
    return "；".join(fault.message for fault in route_faults(items, columns, route.key, table))


def _read_one(route: Route, conninfo: str) -> str:
    """Read one row the way every sharing will read it."""
    columns, items = _bound(route)
    selection = Selection(
        schema=route.schema,
        table=route.table,
        columns=tuple(Column(source=columns[item.id], target=item.column, type=item.type) for item in items if item.id),
        key=tuple(route.key),
    )
    return "" if engines.one(conninfo, selection) else f"表“{route.schema}.{route.table}”中还没有数据，请放入数据后再测试"


def _bound(route: Route) -> tuple[dict[UUID, str], tuple[ItemContent, ...]]:
    """Columns by item, and the entry's items that have one."""
    columns = {column.item: column.column for column in route.columns.all()}
    return columns, tuple(item for item in standing_routes.items_to_read(route.entry) if item.id in columns)


def _settle(entry: Entry, *, by: Actor, now: datetime) -> None:
    """The mark 接口未提供 of a listed entry follows what the route can do now."""
    listing = Listing.objects.select_related("listed__entry").filter(entry=entry, status__in=IN_CATALOG).first()
    if listing is not None:
        notices.access_owed(entry, provided=shelf.route_changed(listing), by=by, now=now)


def _note(entry: Entry, action: str, *, detail: Mapping[str, str], by: Actor, now: datetime) -> None:
    acts.note(
        entry,
        revision=entry.last_revision,
        action=action,
        basis=INTERFACE,
        by=by,
        now=now,
        parties=[acts.authority_of(entry)],
        detail=detail,
    )
