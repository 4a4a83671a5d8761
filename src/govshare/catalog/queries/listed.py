"""Entries as the city sees them: the listed revision, as a frozen value that a grant can be compiled from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

from govshare.catalog.models import Entry, Item, Listing, Revision, Route, Verification
from govshare.catalog.rules.choices import IN_CATALOG, VerificationStatus
from govshare.catalog.rules.contents import as_id
from govshare.kernel.errors import NotFound, WrongState
from govshare.kernel.memory import remembered
from govshare.regulation.articles import cite

ShareTypeWord = Literal["unconditional", "conditional", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    id: UUID  # the same through all revisions of the entry
    name: str
    type: str  # letter of the standard's item types
    length: int | None
    sensitivity: str  # ordinary, sensitive, personal, commercial_secret
    column: str  # where it is read from: the bound column, or the declared one while nothing is bound
    field: str  # the declared English name: the column it arrives as
    is_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRoute:
    front_database: UUID
    schema: str
    table: str
    key: tuple[str, ...]  # column names in the source table
    works: bool  # its last test passed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """``organization``, ``scope`` and ``statutory`` are ids of organizations, as text (as an actor carries them)."""

    id: UUID
    code: str
    name: str
    organization: str
    share_type: ShareTypeWord
    terms: str
    update_limit: str
    for_all: bool
    scope: frozenset[str]
    statutory: frozenset[str]
    modes: frozenset[str]
    revision: int
    items: tuple[ListedItem, ...]
    route: ListedRoute | None

    def in_scope(self, organization: str) -> bool:
        """Whether ``organization`` may ask for it: by scope, or because the law names it (CD2016-5.5)."""
        by_class = self.share_type != "none" and (self.for_all or organization in self.scope)
        return by_class or organization in self.statutory


def listed(entry_id: UUID | str) -> ListedEntry:
    """The revision the sharing catalog shows.

    What is verified as not shared is no part of the sharing catalog; it is answered here (class ``none``) only where
    the law names departments that must be given it (CD2016-5.5), and only to those ``in_scope`` says yes.
    Raises ``NotFound`` (no such entry) or ``WrongState`` (not listed).
    """
    key = as_id(entry_id)
    found = _listed(frozenset({key})).get(key) if key else None
    if found is None:
        if key is None or not Entry.objects.filter(pk=key).exists():
            raise NotFound("没有这条信息资源，请核对代码", basis=cite("CD2016-16"))
        raise WrongState("该信息资源未列入共享目录，不能据以共享", basis=cite("CD2016-16"))
    return found


def listed_of(entries: Iterable[UUID]) -> Mapping[UUID, ListedEntry]:
    """The same for many, by id, in as few statements as for one; what is not listed is left out."""
    return _listed(frozenset(entries))


def still_listed(entry_id: UUID, *, revision: int) -> bool:
    """Whether ``revision`` is still the one that stands: one indexed look, cheap enough for every chunk."""
    by_catalog = Listing.objects.filter(entry=entry_id, status__in=IN_CATALOG, listed__number=revision)
    by_law = Verification.objects.filter(entry=entry_id, status=VerificationStatus.VERIFIED, revision__number=revision)
    return by_catalog.exists() or by_law.filter(revision__statutory__isnull=False).exists()


@remembered
def _listed(entries: frozenset[UUID]) -> Mapping[UUID, ListedEntry]:
    standing = _standing(entries)
    bound = Route.objects.filter(entry__in=standing, replaced_at=None).prefetch_related("columns")
    routes = {route.entry_id: route for route in bound}
    return {entry: _value(revision, routes.get(entry)) for entry, revision in standing.items()}


def _standing(entries: frozenset[UUID]) -> dict[UUID, Revision]:
    """The revision that stands, by entry: as listed, else as verified where the law names who must be given it."""
    listings = Listing.objects.filter(entry__in=entries, status__in=IN_CATALOG).select_related("listed__entry")
    found = {row.entry_id: row.listed for row in listings.prefetch_related(*_parts("listed")) if row.listed}
    if left := entries - found.keys():
        verified = Verification.objects.filter(entry__in=left, status=VerificationStatus.VERIFIED, revision__statutory__isnull=False)
        rows = verified.select_related("revision__entry").prefetch_related(*_parts("revision")).order_by("-id")
        found |= {row.entry_id: row.revision for row in rows}
    return found


def _parts(revision: str) -> list[str]:
    return [f"{revision}__{part}" for part in ("items", "scopes", "statutory")]


def _value(revision: Revision, route: Route | None) -> ListedEntry:
    entry = revision.entry
    bound = {column.item: column.column for column in route.columns.all()} if route else {}
    return ListedEntry(
        id=entry.id,
        code=entry.code,
        name=revision.name,
        organization=str(entry.provider_id),
        share_type=cast(ShareTypeWord, revision.share_type),
        terms=revision.terms,
        update_limit=revision.update_limit,
        for_all=revision.for_all,
        scope=frozenset(str(each.organization_id) for each in revision.scopes.all()),
        statutory=frozenset(str(each.organization_id) for each in revision.statutory.all()),
        modes=frozenset(revision.modes),
        revision=revision.number,
        items=tuple(_item(item, bound) for item in revision.items.all()),
        route=_route(route),
    )


def _item(item: Item, bound: dict[UUID, str]) -> ListedItem:
    return ListedItem(
        id=item.item,
        name=item.name,
        type=item.type,
        length=item.length,
        sensitivity=item.sensitivity,
        column=bound.get(item.item, item.column),
        field=item.column,
        is_key=item.is_key,
    )


def _route(route: Route | None) -> ListedRoute | None:
    if route is None:
        return None
    return ListedRoute(
        front_database=route.front_database_id,
        schema=route.schema,
        table=route.table,
        key=tuple(route.key),
        works=bool(route.test_passed),
    )
