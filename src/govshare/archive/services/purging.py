"""An ordered purge (CD2016-39): one person asks with the order's number, a second agrees, and with that the month's key is destroyed."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.archive.models import Destruction, Purge, PurgeAnswer
from govshare.archive.services import second
from govshare.archive.services.retention import destroy_month_key
from govshare.audit import services as audit
from govshare.audit.rules import identifier_month
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.words import said

LAW = cite("CD2016-39")
TWO = convention("PC-114")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@transaction.atomic
def ask_purge(*, month: str, grounds: str, document: str, by: Actor, now: datetime) -> Purge:
    """Ask that the identifiers of ``month`` (2026-03) can never be opened again. Nothing is destroyed by it."""
    by.need(Role.AUDIT_ADMIN, basis=TWO)
    if not _MONTH.fullmatch(month) or not month < identifier_month(now):
        raise Invalid("请填写已经过去的月份", basis=TWO, faults=[Fault("month", "写作 2026-03，须早于本月")])
    if Destruction.objects.filter(month=month).exists():
        raise WrongState(f"{month} 的密钥已经销毁", basis=TWO)
    asked = Purge(
        **second.asked_by(by, now=now),
        month=month,
        grounds=said("grounds", grounds, basis=TWO, what="依据和理由"),
        document=said("document", document, basis=TWO, what="文号"),
        organization_name=by.organization_name,
    )
    asked.receipt = audit.record(
        action="archive:purge:ask",
        basis=LAW,
        by=by,
        now=now,
        about=str(asked.id),
        reason=asked.grounds,
        detail={"month": month, "document": asked.document},
    ).number
    asked.save(force_insert=True)
    return asked


@transaction.atomic
def agree_to_purge(*, purge: UUID, by: Actor, now: datetime) -> PurgeAnswer:
    """The second person's yes; the key of the month is destroyed with it, for good."""
    asked = second.take(Purge, purge, by=by, now=now)
    destroy_month_key(month=asked.month, grounds=asked.grounds, document=asked.document, agreed_by=by, by=_asker(asked), now=now)
    receipt = audit.record(
        action="archive:purge:agree", basis=LAW, by=by, now=now, about=str(asked.id), detail={"month": asked.month}
    ).number
    return second.give(PurgeAnswer, asked, agreed=True, by=by, now=now, receipt=receipt)


@transaction.atomic
def refuse_purge(*, purge: UUID, reason: str, by: Actor, now: datetime) -> PurgeAnswer:
    """The second person's no, and why; it ends the request."""
    asked, why = second.take(Purge, purge, by=by, now=now), said("reason", reason, basis=TWO)
    receipt = audit.record(action="archive:purge:refuse", basis=LAW, by=by, now=now, about=str(asked.id), reason=why).number
    return second.give(PurgeAnswer, asked, agreed=False, reason=why, by=by, now=now, receipt=receipt)


def _asker(asked: Purge) -> Actor:
    """Who asked, as of then, for the record of the destruction."""
    return Actor(
        kind="person",
        id=asked.asked_by,
        name=asked.asked_by_name,
        organization=asked.organization,
        organization_name=asked.organization_name,
        roles=frozenset({Role.AUDIT_ADMIN}),
        standing_in_for=asked.asked_for,
    )
