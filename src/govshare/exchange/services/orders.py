"""Ordering a transfer 「直接数据交换」 under a grant, and ending it (CD2016-24; PC-55, PC-57)."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from govshare.catalog.rules.choices import Mode
from govshare.exchange import queries
from govshare.exchange.models import Transfer
from govshare.exchange.rules import EXCHANGE, LANDING_ONLY, OWN_NAMES, TRANSFER, WHO, TransferStatus
from govshare.exchange.services import acts
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotYours, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.regulation.words import said
from govshare.sharing import queries as sharing
from govshare.sharing.models import Grant
from govshare.sharing.rules import AccessPlan
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose, identifier_fault


@transaction.atomic
def order(*, grant: UUID, target: UUID, table: str, by: Actor, now: datetime) -> Transfer:
    """Order the grant's table into ``table`` of the recipient's landing schema. Nothing moves before ``runs.start``."""
    plan, front = agreed(grant=grant, target=target, table=table, by=by, now=now)
    _refuse_second(front, table)
    return _entered(plan, front, table, by=by, now=now)


def agreed(*, grant: UUID, target: UUID, table: str, by: Actor, now: datetime) -> tuple[AccessPlan, FrontDatabase]:
    """The grant's plan and the database it may land in, or the reason why ``by`` cannot order it there."""
    by.need(Role.RESOURCE_ADMIN, Role.SYSTEM, basis=WHO)
    plan = sharing.plan(grant, now=now)
    if by.organization != plan.recipient:
        raise NotYours("传输由使用部门办理", basis=WHO)
    if plan.mode != Mode.TABLE:
        raise WrongState(f"授权 {plan.grant_number} 的共享模式是“{Mode(plan.mode).label}”，不是直接数据交换", basis=EXCHANGE)
    front = sources.usable(target, purpose=Purpose.RECEIVE)
    by.need_own(sources.owner(front).pk, basis=LANDING_ONLY)
    fault = identifier_fault(table) or ("不能以 govshare_ 开头，那是平台自己的表" if table.startswith(OWN_NAMES) else None)
    if fault:
        raise Invalid("目标表名需要改正", basis=LANDING_ONLY, faults=[Fault("table", fault)])
    return plan, front


def _refuse_second(front: FrontDatabase, table: str) -> None:
    """The lock lasts until the transaction ends; looking means something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('exchange order ' || %s))", [str(front.pk)])
    standing = Transfer.objects.filter(target=front, table=table, status=TransferStatus.ACTIVE).first()
    if standing:
        raise WrongState(f"目标表“{table}”已用于传输 {standing.number}，请换一个表名，或先结束该传输", basis=LANDING_ONLY)


def _entered(plan: AccessPlan, front: FrontDatabase, table: str, *, by: Actor, now: datetime) -> Transfer:
    grant = Grant.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.grant)  # numbers of one grant, one after the other
    made = Transfer(
        id=new_id(),
        number=f"{grant.number}-{Transfer.objects.filter(grant=grant).count() + 1}",
        grant=grant,
        grant_number=grant.number,
        entry_code=grant.entry_code,
        entry_name=grant.entry_name,
        provider_id=plan.provider,
        recipient_id=plan.recipient,
        target=front,
        table=table,
        ordered_at=now,
        ordered_by=by.id,
    )
    delivered = plan.selection.delivered
    made.receipt_number = acts.record(
        made,
        action="exchange:transfer:order",
        basis=EXCHANGE,
        about=made.number,
        by=by,
        now=now,
        counts={"columns": len(delivered)},
        detail={"target": str(front.pk), "table": table, "columns": " ".join(f"{c.target}:{c.treatment}" for c in delivered)[:2000]},
    ).number
    made.save(force_insert=True)
    return made


@transaction.atomic
def close(*, transfer: UUID, reason: str, by: Actor, now: datetime) -> Transfer:
    """End a transfer; what was delivered stays with the recipient, under the duties of CD2016-31."""
    found = Transfer.objects.select_for_update(of=("self",)).get(pk=queries.transfer(transfer, by=by).pk)
    acts.need_taker(found, by=by)
    move = TRANSFER.check("close", status=found.status, roles=by.roles)
    running = queries.open_run(found)
    if running:
        raise WrongState(f"{running} 尚未了结，请先取消", basis=move.basis)
    words = said("reason", reason, basis=move.basis)
    found.status, found.closed_at, found.closed_by, found.closed_reason = move.target, now, by.id, words
    found.receipt_number = acts.record(found, action=move.action, basis=move.basis, about=found.number, by=by, now=now, reason=words).number
    found.save()
    return found
