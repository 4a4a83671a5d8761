"""Looking at what lies behind an alert: the audit administrator's looks are recorded like every look into the log (PC-62)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from govshare.alerts import queries
from govshare.alerts.models import Alert
from govshare.audit import queries as log
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.audit.rules import parse_receipt_number
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention

SHOWN = 50
LOOKS_RECORDED = convention("PC-62")


@transaction.atomic
def read(*, alert: UUID, by: Actor, now: datetime) -> tuple[Alert, list[Entry]]:
    """The alert, and the first of the entries behind it that ``by`` may see, in the order of the log."""
    found = queries.get(alert, by=by)
    numbers = found.entries[:SHOWN]
    if by.is_one_of({Role.AUDIT_ADMIN}):
        audit.record(action="alerts:alert:read", basis=LOOKS_RECORDED, by=by, now=now, about=found.number, counts={"entries": len(numbers)})
        return found, _kept(numbers)
    return found, [entry for entry in _kept(numbers) if by.organization in entry.parties]


def _kept(numbers: Sequence[str]) -> list[Entry]:
    """From the database in one go; those that were sealed and dropped, from the archive."""
    named = {parsed: number for number in numbers if (parsed := parse_receipt_number(number))}
    wanted = Q(pk__in=[])
    for batch, ordinal in named:
        wanted |= Q(batch=batch, ordinal=ordinal)
    rows = {(row.batch, row.ordinal): row for row in Entry.objects.filter(wanted, batch__in=[batch for batch, _ in named])}
    for place in named.keys() - rows.keys():
        with suppress(NotFound):
            rows[place] = log.find(named[place])
    return [rows[place] for place in named if place in rows]
