"""Extending what an organization owes: by the authority of its own tier, not by just any (PC-02, PC-03)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from govshare.duties.models import Duty
from govshare.duties.rules import STORED, SUSPENSION
from govshare.duties.services import clock
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries


@transaction.atomic
def extend(*, duty: UUID, due_on: date, reason: str, by: Actor, now: datetime) -> Duty:
    """Set a later day 「延期」; a duty of another tier is none the caller knows of."""
    by.need(Role.AUTHORITY, basis=SUSPENSION)
    found = Duty.objects.filter(pk=duty).first()
    if found is None or by.organization != str(queries.authority_for(found.owner).pk):
        raise NotFound("没有这项时限，或它不归本主管部门管，请核对编号", basis=STORED)
    return clock.extend(duty=found, due_on=due_on, reason=reason, by=by, now=now)
