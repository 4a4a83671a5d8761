"""Answers about hosted tables: whose they are, what is in them, what waits, how much room is left (CD2016-27, 28)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from govshare.catalog.models import Entry
from govshare.catalog.queries import contents, routes
from govshare.duties import queries as duties
from govshare.hosting import rules
from govshare.hosting.models import HostedTable, Space, Upload
from govshare.hosting.rules import UploadStatus, columns
from govshare.hosting.rules.columns import Alteration, HostedColumn
from govshare.hosting.store import bad as quarantine
from govshare.hosting.store import history, staging
from govshare.hosting.store.bad import Bad
from govshare.hosting.store.history import Change
from govshare.hosting.store.ledger import Line
from govshare.hosting.store.link import session
from govshare.hosting.store.rows import HostedRow, Rows
from govshare.hosting.store.staging import Place, Sample
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.organizations.models import Organization
from govshare.sources import queries as sources


def owner(space: Space) -> Organization:
    """The department that keeps it, or the one that took over its matters."""
    return sources.owner(space.front_database)


def space_of(organization: UUID | str) -> Space | None:
    """The department's own part of the hosting database."""
    return Space.objects.select_related("front_database").filter(organization_id=organization).first()


def own(table: UUID, *, by: Actor) -> HostedTable:
    """One of the actor's own department; to others it does not exist."""
    found = HostedTable.objects.select_related("space__front_database", "entry").filter(pk=table).first()
    if found is None or str(owner(found.space).pk) != by.organization:
        raise NotFound("没有这张托管表，或者它不属于本部门，请核对编号", basis=rules.HOSTING)
    by.need(*rules.LOOKERS, basis=rules.HOSTING)
    return found


def of_organization(organization: UUID | str) -> list[HostedTable]:
    """The hosted tables a department answers for, taken over ones included, by entry."""
    living = HostedTable.objects.filter(removed_at=None).select_related("space__front_database", "entry").order_by("entry__code")
    return [table for table in living if str(owner(table.space).pk) == str(organization)]


def columns_of(table: HostedTable) -> tuple[HostedColumn, ...]:
    return columns.load(table.columns)


def wanted_columns(entry: Entry) -> tuple[HostedColumn, ...]:
    """The columns that the entry asks for, as its catalog says now."""
    return tuple(
        HostedColumn(
            item=item.id,
            name=item.name,
            column=item.column,
            type=item.type,
            length=item.length,
            key=item.is_key,
            sensitivity=item.sensitivity,
        )
        for item in routes.items_to_read(entry)
        if item.id
    )


def name_of(entry: Entry) -> str:
    """What the entry is called now: as published, else as drafted."""
    revision = contents.published(entry) or contents.pending(entry)
    return revision.name if revision else entry.code


def alteration(table: HostedTable) -> Alteration:
    """What brings the table up to its entry."""
    return columns.alteration(columns_of(table), wanted_columns(table.entry))


def is_source(table: HostedTable) -> bool:
    """Whether the entry is read from this table now."""
    route = routes.standing(table.entry)
    return route is not None and route.front_database_id == table.space.front_database_id and route.table == table.name


def place(upload: Upload) -> Place:
    return Place(upload.table.space.schema, upload.table.name, upload.pk, columns_of(upload.table))


def rows_of(table: HostedTable) -> Rows:
    return Rows(table.space.schema, table.name, columns_of(table))


class Leaves(Sequence[HostedRow]):
    """The rows of a table as a list that is read leaf by leaf; what a page or an export takes of it is asked of the database."""

    def __init__(self, table: HostedTable, search: str = "") -> None:
        self._rows = rows_of(table)
        self._search = search
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            with session() as link:
                self._count = self._rows.count(link, self._search)
        return self._count

    def __iter__(self) -> Iterator[HostedRow]:
        return iter(self[:])

    def __getitem__(self, wanted: Any) -> Any:
        first, end, _ = wanted.indices(len(self)) if isinstance(wanted, slice) else (wanted, wanted + 1, 1)
        with session() as link:
            found = self._rows.leaf(link, self._search, offset=first, limit=max(end - first, 0))
        if isinstance(wanted, slice):
            return found
        if not found:
            raise IndexError(wanted)
        return found[0]


def row(table: HostedTable, key: Sequence[Any]) -> tuple[HostedRow | None, list[Change]]:
    """One row as it stands, None when it does not; and all that happened to it, the latest first."""
    with session() as link:
        standing = rows_of(table).one(link, key) if len(key) == len(rows_of(table).key) else None
        return standing, history.of_row(link, table.pk, key)


def acts(table: HostedTable, *, most: int = 50) -> list[Line]:
    with session() as link:
        return history.acts(link, table.pk, most=most)


def waiting_upload(table: HostedTable) -> Upload | None:
    """The one that was looked at and waits for its confirmation."""
    return table.uploads.filter(status=UploadStatus.CHECKED).first()


def upload(table: HostedTable, number: UUID) -> Upload:
    found = table.uploads.filter(pk=number).first()
    if found is None:
        raise NotFound("没有这次上传，请核对编号", basis=rules.LOOK_FIRST)
    found.table = table
    return found


def samples(found: Upload, *, most: int = 20) -> list[Sample]:
    """Rows that the upload would change or add; none once it is decided on."""
    if found.status != UploadStatus.CHECKED:
        return []
    with session() as link:
        return staging.samples(link, place(found), most=most) if staging.count(link, place(found)) == found.good else []


def quarantined_uploads(table: HostedTable) -> list[UUID]:
    """Uploads whose bad rows wait in quarantine: those that were taken over."""
    return list(table.uploads.filter(status=UploadStatus.APPLIED, bad__gt=0).values_list("pk", flat=True))


def quarantined(table: HostedTable) -> int:
    with session() as link:
        return quarantine.count(link, hosted=table.pk, uploads=quarantined_uploads(table))


def bad_rows(table: HostedTable, uploads: Sequence[UUID], *, offset: int = 0, limit: int = 50) -> list[Bad]:
    with session() as link:
        return quarantine.leaf(link, hosted=table.pk, uploads=uploads, offset=offset, limit=limit)


def bad_row(table: HostedTable, number: int) -> Bad:
    """One row in quarantine that is still open."""
    with session() as link:
        found = quarantine.one(link, hosted=table.pk, bad=number)
    if found is None or found.state != "open":
        raise NotFound("隔离区中没有这一行，或者它已处理", basis=rules.QUARANTINE)
    return found


@contextmanager
def every_bad_row(table: HostedTable, uploads: Sequence[UUID]) -> Iterator[Iterator[Bad]]:
    """All of them, without holding them all."""
    with session() as link:
        yield quarantine.every(link, hosted=table.pk, uploads=uploads)


@dataclass(frozen=True, slots=True)
class Room:
    """How much a department keeps, and how much it may."""

    tables: int
    rows: int
    bytes: int
    most_rows: int
    most_bytes: int


def room(organization: UUID | str) -> Room:
    space = space_of(organization)
    found = HostedTable.objects.filter(space=space, removed_at=None).aggregate(tables=Count("pk"), rows=Sum("rows"), bytes=Sum("bytes"))
    return Room(
        tables=found["tables"] if space else 0,
        rows=(found["rows"] or 0) if space else 0,
        bytes=(found["bytes"] or 0) if space else 0,
        most_rows=duties.parameter(str(rules.MOST_ROWS)),
        most_bytes=duties.parameter(str(rules.MOST_BYTES)) * rules.MEGABYTE,
    )


@dataclass(frozen=True, slots=True)
class Keeping:
    """What one department keeps on the platform, in numbers alone."""

    organization: Organization
    room: Room
    sources: int  # tables that an entry is read from


def statistics() -> list[Keeping]:
    """By department: numbers, and nothing of what is in the tables (CD2016-28)."""
    found = []
    for space in Space.objects.select_related("organization", "front_database").order_by("organization__short_name"):
        living = [table for table in of_organization(space.organization_id) if table.space_id == space.pk]
        found.append(Keeping(owner(space), room(space.organization_id), sum(is_source(table) for table in living)))
    return found
