"""Looking at what lies behind an alert: the audit administrator's looks are recorded like every look into the log (PC-62)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from govshare.alerts import queries
from govshare.alerts.models import Alert
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.audit.rules import parse_receipt_number
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention

SHOWN = 50
LOOKS_RECORDED = convention("PC-62")


@transaction.atomic
def read(*, alert: UUID, by: Actor, now: datetime) -> tuple[Alert, list[Entry]]:
    """The alert, and the first of the entries behind it that ``by`` may see, in the order of the log."""
    found = queries.get(alert, by=by)
    named = [parsed for number in found.entries[:SHOWN] if (parsed := parse_receipt_number(number))]
    wanted = Q(pk__in=[])
    for batch, ordinal in named:
        wanted |= Q(batch=batch, ordinal=ordinal)
    rows = Entry.objects.filter(wanted, batch__in=[batch for batch, _ in named]).order_by("batch", "ordinal")
    if by.is_one_of({Role.AUDIT_ADMIN}):
        audit.record(action="alerts:alert:read", basis=LOOKS_RECORDED, by=by, now=now, about=found.number, counts={"entries": len(named)})
    else:
        rows = rows.filter(parties__contains=[by.organization])
    return found, list(rows)
