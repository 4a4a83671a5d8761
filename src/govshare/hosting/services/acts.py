"""What every act on a hosted table has in common: whose it is, lock and look, room, one record here and one line in the ledger there.

Rows and records lie in two databases. The rows' transaction ends first, with its line in the ledger; should the platform's
not end after it, the next act on the table finds the line and puts it on record (``settle``): nothing is done unrecorded.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from govshare.audit import services as audit
from govshare.catalog import services as catalog
from govshare.catalog.queries import routes
from govshare.hosting import queries, rules
from govshare.hosting.models import Act, HostedTable
from govshare.hosting.store import ledger, spaces, tables
from govshare.hosting.store.ledger import Outcome
from govshare.hosting.store.link import Link, session
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.errors import Basis, WrongState
from govshare.kernel.ids import new_id


def locked(table: UUID, *, basis: Basis, by: Actor) -> HostedTable:
    """The keeper's own table, locked for this transaction."""
    by.need(rules.KEEPER, basis=basis)
    queries.own(table, by=by)
    found = HostedTable.objects.select_for_update(of=("self",)).select_related("space__front_database", "entry").get(pk=table)
    if found.removed_at:
        raise WrongState("这张托管表已撤销", basis=basis)
    return found


@dataclass(slots=True)
class Doing:
    """An act under way: ``outcome`` is known at its end, ``detail`` goes into the record."""

    link: Link
    act: UUID
    outcome: Outcome
    detail: dict[str, str]
    digests: dict[str, str]
    counts: dict[str, int]


@contextmanager
def acting(table: HostedTable, action: str, *, basis: Basis, by: Actor, now: datetime, nothing_is_fine: bool = False) -> Iterator[Doing]:
    """Change rows of ``table`` (locked) inside the block; then count, check the room, and put it on record as ``action``."""
    with session() as link:
        settle(link, table, now=now)
        doing = Doing(link, new_id(), Outcome(), {}, {}, {})
        with ledger.acting(link, act=doing.act):
            yield doing
        doing.outcome = ledger.enter(link, act=doing.act, hosted=table.pk, kind=action, by=by, now=now)
        if not nothing_is_fine and not any(doing.outcome.counts.values()):
            raise WrongState("内容没有变化，无需保存", basis=basis)
        _keep_within_room(link, table, doing.outcome)
    table.filled_at, table.filled_by = now, by.id
    number = note(
        table,
        action,
        basis=basis,
        by=by,
        now=now,
        counts={**doing.outcome.counts, **doing.counts},
        digests={"changes": doing.outcome.digest, **doing.digests},
        detail={"act": str(doing.act), **doing.detail},
    )
    Act.objects.create(id=doing.act, table=table, recorded_at=now, recorded_by=by.id, receipt_number=number)


def settle(link: Link, table: HostedTable, *, now: datetime) -> None:
    """Put on record what the ledger has and the platform has not, as done by whom and when the ledger says."""
    open_lines = ledger.unsettled(link, table.pk)
    known = set(Act.objects.filter(pk__in=[line.act for line in open_lines]).values_list("pk", flat=True))
    for line in open_lines:
        if line.act not in known:
            number = note(
                table,
                "hosting:table:settle",
                basis=rules.HISTORY,
                by=PLATFORM,
                now=now,
                counts=line.outcome.counts,
                digests={"changes": line.outcome.digest},
                detail={"act": str(line.act), "action": line.kind, "at": line.at.isoformat(), "by": line.by_id, "by_name": line.by_name},
            )
            Act.objects.create(id=line.act, table=table, recorded_at=now, recorded_by=PLATFORM.id, receipt_number=number)
            table.rows = tables.count(link, schema=table.space.schema, table=table.name)
            table.save(update_fields=["rows"])
    ledger.settle(link, [line.act for line in open_lines])


def note(
    table: HostedTable,
    action: str,
    *,
    basis: Basis,
    by: Actor,
    now: datetime,
    reason: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
) -> str:
    """Save the table with the number of the receipt that says what was done to it; values of rows are in no record."""
    promise = audit.record(
        action=action,
        basis=basis,
        by=by,
        now=now,
        about=str(table.pk),
        resource=table.entry.code,
        reason=reason,
        parties={str(table.space.organization_id), str(queries.owner(table.space).pk)},
        counts=counts,
        digests=digests,
        detail={"table": f"{table.space.schema}.{table.name}", **(detail or {})},
    )
    table.version += 1
    table.receipt_number = promise.number
    table.save()
    return promise.number


def try_route(table: HostedTable, *, by: Actor, now: datetime) -> None:
    """A route to a table that had no rows could not pass its test; now it may."""
    route = routes.standing(table.entry)
    if table.rows and queries.is_source(table) and route is not None and not route.test_passed:
        catalog.test_route(entry=table.entry_id, by=by, now=now)


def _keep_within_room(link: Link, table: HostedTable, outcome: Outcome) -> None:
    """Count rows and bytes anew; refuse what makes them too many."""
    was = queries.room(table.space.organization_id)
    grown = outcome.added - outcome.deleted
    rows = was.rows + grown
    if grown > 0 and rows > was.most_rows:
        raise WrongState(
            f"本部门托管的数据将达 {rows} 行，超过限额 {was.most_rows} 行，未入库；请删去不再需要的行，或申请调整限额",
            basis=rules.MOST_ROWS,
        )
    of_table = spaces.size(link, table.space.schema, table.name)
    of_all = was.bytes - table.bytes + of_table
    if of_table > table.bytes and of_all > was.most_bytes:
        needed, allowed = -(-of_all // rules.MEGABYTE), was.most_bytes // rules.MEGABYTE
        raise WrongState(
            f"本部门托管库将占用 {needed} MB，超过限额 {allowed} MB，未入库；请删去不再需要的行，或申请调整限额",
            basis=rules.MOST_BYTES,
        )
    table.rows += grown
    table.bytes = of_table
