"""What people make of an alert: the department is asked, it answers, the audit administrator 「审计管理员」 disposes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from govshare.alerts import queries
from govshare.alerts.models import Alert, Step
from govshare.alerts.rules import DISPOSITIONS, EXPLAIN, FINDING, PURPOSE, WORKFLOW, Rule
from govshare.audit import services as audit
from govshare.duties import queries as duties
from govshare.duties import services as clocks
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.workflow import Move
from govshare.regulation.words import said

LONGEST = 1000  # characters of a note


@transaction.atomic
def ask(*, alert: UUID, note: str, by: Actor, now: datetime) -> Step:
    """Ask the department that took the data to explain; it sees the alert from now on, and a clock runs."""
    found, move = _take(alert, "ask", by=by)
    step = _settle(found, move, note, by=by, now=now, parties=[found.organization])
    clocks.start(
        kind=EXPLAIN,
        about=str(found.pk),
        title=f"说明异常取数提示 {found.number}：{Rule(found.rule).label}",
        owner=found.organization,
        basis=FINDING,
        working_days=duties.parameter(str(FINDING)),
        now=now,
        by=by,
    )
    return step


@transaction.atomic
def answer(*, alert: UUID, note: str, by: Actor, now: datetime) -> Step:
    """The department says what it was for (CD2016-31: only for the duties it has)."""
    found, move = _take(alert, "answer", by=by)
    clocks.keep(kind=EXPLAIN, about=str(found.pk), now=now, by=by)
    return _settle(found, move, note, by=by, now=now, parties=[found.organization])


@transaction.atomic
def dispose(*, alert: UUID, verb: str, note: str, by: Actor, now: datetime) -> Step:
    """``verb``: explain, hand-over or dismiss, each with its reason; an alert is disposed of once."""
    if verb not in DISPOSITIONS:
        raise Invalid("请选择怎样处置", basis=FINDING, faults=[Fault("verb", "请选择怎样处置")])
    found, move = _take(alert, verb, by=by)
    asked = found.steps.filter(verb="ask").exists()
    clocks.drop(kind=EXPLAIN, about=str(found.pk), reason=f"审计管理员已处置：{move.label}", now=now, by=by)
    return _settle(found, move, note, by=by, now=now, parties=[found.organization] if asked else [])


def need(found: Alert, verb: str, *, by: Actor) -> Move:
    """The move, or raise the reason why ``by`` cannot make it now."""
    move = WORKFLOW.check(verb, status=found.status, roles=by.roles)
    if verb == "ask" and not found.organization:
        raise WrongState("这条提示说不出是哪个部门，不能请部门说明，请直接处置", basis=FINDING)
    if verb == "answer":
        by.need_own(found.organization, basis=PURPOSE)
    return move


def _take(alert: UUID, verb: str, *, by: Actor) -> tuple[Alert, Move]:
    """Lock, then look. The row itself may not be written by the program, so the lock is PostgreSQL's advisory one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 31))", [str(alert)])
    found = queries.get(alert, by=by)
    return found, need(found, verb, by=by)


def _settle(found: Alert, move: Move, note: str, *, by: Actor, now: datetime, parties: Collection[str]) -> Step:
    words = said("note", note, basis=FINDING, longest=LONGEST)
    promise = audit.record(
        action=move.action,
        basis=move.basis,
        by=by,
        now=now,
        reason=words,
        about=found.number,
        resource=found.resource,
        parties=parties,
        detail={"rule": found.rule, "from": found.status, "to": move.target},
    )
    return Step.objects.create(
        alert=found,
        verb=move.verb,
        source=found.status,
        target=move.target,
        note=words,
        taken_at=now,
        taken_by=by.id,
        taken_by_name=by.name,
        organization=by.organization,
        organization_name=by.organization_name,
        receipt=promise.number,
    )
