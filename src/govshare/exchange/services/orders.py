"""Ordering a transfer 「直接数据交换」 under a grant, and ending it (CD2016-24; PC-55, PC-57)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from govshare.catalog.rules.choices import Mode
from govshare.connectors import Selection, Treatment
from govshare.exchange import queries
from govshare.exchange.models import Transfer
from govshare.exchange.rules import EXCHANGE, LANDING_ONLY, OVERLAP, OWN_NAMES, TRANSFER, WHO, TransferStatus, Way
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

MOST_OVERLAP = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How a transfer's table comes to equal the source. ``watermark``: the source's column; ``overlap``: numbers of an integer,
    minutes otherwise, None as PC-58 has it."""

    mode: str = Way.FULL
    watermark: str = ""
    overlap: int | None = None


@transaction.atomic
def order(*, grant: UUID, target: UUID, table: str, how: Manner | None = None, by: Actor, now: datetime) -> Transfer:
    """Order the grant's table into ``table`` of the recipient's landing schema. Nothing moves before ``runs.start``."""
    plan, front = agreed(grant=grant, target=target, table=table, by=by, now=now)
    how = how or Manner()
    suits(how, plan.selection)
    _refuse_second(front, table)
    return _entered(plan, front, table, how, by=by, now=now)


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


def suits(how: Manner, selection: Selection) -> None:
    """Raise what keeps this selection from being brought so; types are looked at when both sides are."""
    if how.mode not in Way.values:
        raise Invalid("传输方式需要改正", basis=EXCHANGE, faults=[Fault("mode", "没有这种传输方式")])
    faults = []
    if how.mode != Way.FULL and not _keyed(selection):
        faults.append(Fault("mode", "来源没有登记键，或键没有整体授权，无法逐行更新；请选“整表替换”，或请提供部门登记键"))
    if how.mode == Way.INCREMENT:
        faults += _watermark_faults(how, selection)
    elif how.watermark or how.overlap is not None:
        faults.append(Fault("watermark", "只有按水位增量才有水位字段和重叠"))
    if faults:
        raise Invalid("传输方式需要改正", basis=OVERLAP if how.mode == Way.INCREMENT else EXCHANGE, faults=faults)


def _keyed(selection: Selection) -> bool:
    plain = {column.source for column in selection.delivered if column.treatment == Treatment.PLAIN}
    return bool(selection.key) and plain >= set(selection.key)


def _watermark_faults(how: Manner, selection: Selection) -> list[Fault]:
    column = selection.column(how.watermark)
    faults = []
    if column is None or column.treatment != Treatment.PLAIN:
        faults.append(Fault("watermark", "请在明文授权的字段中选一个只增不减的时间、日期或整数字段"))
    if how.overlap is not None and not 0 <= how.overlap <= MOST_OVERLAP:
        faults.append(Fault("overlap", f"重叠须在 0 到 {MOST_OVERLAP} 之间"))
    return faults


def _refuse_second(front: FrontDatabase, table: str) -> None:
    """The lock lasts until the transaction ends; looking means something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('exchange order ' || %s))", [str(front.pk)])
    standing = Transfer.objects.filter(target=front, table=table, status=TransferStatus.ACTIVE).first()
    if standing:
        raise WrongState(f"目标表“{table}”已用于传输 {standing.number}，请换一个表名，或先结束该传输", basis=LANDING_ONLY)


def _entered(plan: AccessPlan, front: FrontDatabase, table: str, how: Manner, *, by: Actor, now: datetime) -> Transfer:
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
        mode=how.mode,
        watermark=how.watermark,
        overlap=how.overlap,
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
        detail={
            "target": str(front.pk),
            "table": table,
            "way": str(Way(how.mode).label),
            **({"watermark": how.watermark} if how.watermark else {}),
            "columns": " ".join(f"{c.target}:{c.treatment}" for c in delivered)[:2000],
        },
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
