"""An ordered purge (CD2016-39): one person asks with the order's number, a second agrees, and with that the month's key is destroyed."""

import re
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from govshare.archive import openings
from govshare.archive.models import Destruction, Purge, PurgeAnswer
from govshare.archive.openings import ANSWERING, Answered, State
from govshare.archive.services.retention import destroy_month_key
from govshare.audit import services as audit
from govshare.audit.rules import identifier_month
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, NotYours, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.secrecy import refuse_secret

LAW = cite("CD2016-39")
TWO = convention("PC-114")
_LONGEST = 500
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
        id=new_id(),
        month=month,
        grounds=_said("grounds", grounds),
        document=_said("document", document),
        organization=by.organization,
        organization_name=by.organization_name,
        asked_at=now,
        asked_by=by.id,
        asked_by_name=by.name,
        asked_for=by.standing_in_for,
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
    asked = _answerable(purge, by=by, now=now)
    destroy_month_key(month=asked.month, grounds=asked.grounds, document=asked.document, agreed_by=by, by=_asker(asked), now=now)
    receipt = audit.record(
        action="archive:purge:agree", basis=LAW, by=by, now=now, about=str(asked.id), detail={"month": asked.month}
    ).number
    return _answer(asked, agreed=True, reason="", by=by, now=now, receipt=receipt)


@transaction.atomic
def refuse_purge(*, purge: UUID, reason: str, by: Actor, now: datetime) -> PurgeAnswer:
    """The second person's no, and why; it ends the request."""
    asked, why = _answerable(purge, by=by, now=now), _said("reason", reason)
    receipt = audit.record(action="archive:purge:refuse", basis=LAW, by=by, now=now, about=str(asked.id), reason=why).number
    return _answer(asked, agreed=False, reason=why, by=by, now=now, receipt=receipt)


def state_of_purge(asked: Purge, answer: PurgeAnswer | None, *, now: datetime) -> State:
    """As of an opening; one that was agreed to is over at once."""
    given = Answered(answer.agreed, answer.answered_at) if answer else None
    found = openings.state(asked_at=asked.asked_at, answer=given, now=now)
    return State.OVER if found is State.OPEN else found


def need_second(asked: Purge, *, by: Actor) -> None:
    """Raise why ``by`` cannot be the second person."""
    by.need(*ANSWERING, basis=TWO)
    if by.organization != asked.organization:
        raise NotYours("由申请人所在的信息化主管部门的另一名审计管理员或分管领导办理", basis=TWO)
    if openings.persons(by) & {asked.asked_by, asked.asked_for}:
        raise NotYours("申请和同意须由两人办理；同一人以另一岗位办理、代岗和被代岗的人，都只算一人", basis=TWO)


def _answerable(purge: UUID, *, by: Actor, now: datetime) -> Purge:
    """Lock, then look."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"archive.purge:{purge}"])
    asked = Purge.objects.filter(pk=purge).first()
    if asked is None:
        raise NotFound("没有这项销毁申请，请核对编号", basis=TWO)
    need_second(asked, by=by)
    if state_of_purge(asked, PurgeAnswer.objects.filter(purge=asked.id).first(), now=now) is not State.WAITING:
        raise WrongState("这项申请不在等待答复，或已逾时失效", basis=TWO)
    return asked


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


def _answer(asked: Purge, *, agreed: bool, reason: str, by: Actor, now: datetime, receipt: str) -> PurgeAnswer:
    answer = PurgeAnswer(
        purge=asked.id,
        agreed=agreed,
        reason=reason,
        answered_at=now,
        answered_by=by.id,
        answered_by_name=by.name,
        answered_for=by.standing_in_for,
        receipt=receipt,
    )
    answer.save(force_insert=True)
    return answer


def _said(place: str, text: str) -> str:
    words = text.strip()
    if not words or len(words) > _LONGEST or "\0" in words:
        raise Invalid("请写明理由和所依据的文号", basis=TWO, faults=[Fault(place, f"必填，最多 {_LONGEST} 个字")])
    refuse_secret({place: words})
    return words
