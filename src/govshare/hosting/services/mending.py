"""Rows in quarantine: put right and taken over, or dropped with a reason (PC-157)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.hosting import queries, rules
from govshare.hosting.models import HostedTable
from govshare.hosting.services import acts
from govshare.hosting.services.rows import checked
from govshare.hosting.store import bad as quarantine
from govshare.hosting.store.link import Link
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound

_LONGEST_REASON = 500


@transaction.atomic
def mend(*, table: UUID, bad: int, cells: Mapping[str, str], by: Actor, now: datetime) -> HostedTable:
    """Take the row over as it is written now; a row of the same key is changed."""
    found = acts.locked(table, basis=rules.QUARANTINE, by=by)
    columns, rows = queries.columns_of(found), queries.rows_of(found)
    with acts.acting(found, "hosting:bad-row:mend", basis=rules.QUARANTINE, by=by, now=now, nothing_is_fine=True) as doing:
        row = _open(doing.link, found, [bad])[0]
        read = checked(columns, cells)
        if not rows.add(doing.link, read):
            rows.change(doing.link, [read[column.column] for column in rows.key], read)
        quarantine.close(doing.link, bad=[bad], state="replayed", act=doing.act)
        doing.detail = {"upload": str(row.upload), "row": str(row.number)}
    acts.try_route(found, by=by, now=now)
    return found


@transaction.atomic
def drop_bad(*, table: UUID, bad: Sequence[int], reason: str, by: Actor, now: datetime) -> HostedTable:
    """No longer to be mended, for this reason; they stay on file."""
    found = acts.locked(table, basis=rules.QUARANTINE, by=by)
    reason = reason.strip()
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise Invalid("请写明不再处理的原因", basis=rules.QUARANTINE, faults=[Fault("reason", f"必填，最多 {_LONGEST_REASON} 字")])
    with acts.acting(found, "hosting:bad-row:drop", basis=rules.QUARANTINE, by=by, now=now, nothing_is_fine=True) as doing:
        rows = _open(doing.link, found, bad)
        quarantine.close(doing.link, bad=[row.id for row in rows], state="dropped", act=doing.act)
        doing.counts, doing.detail = {"dropped": len(rows)}, {"reason": reason}
    return found


def _open(link: Link, table: HostedTable, bad: Sequence[int]) -> list[quarantine.Bad]:
    """The rows, locked; all of them wait and came with an upload that was taken over."""
    uploads = set(queries.quarantined_uploads(table))
    rows = [row for number in sorted(set(bad)) if (row := quarantine.one(link, hosted=table.pk, bad=number))]
    if not rows or len(rows) != len(set(bad)) or any(row.state != "open" or row.upload not in uploads for row in rows):
        raise NotFound("隔离区中没有这一行，或者它已处理", basis=rules.QUARANTINE)
    return rows
