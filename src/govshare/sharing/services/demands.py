"""The demanding department's acts: draft, edit, submit, amend, complete, withdraw (CD2016-22, 29.1)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import WrongState
from govshare.organizations import queries as organizations
from govshare.sharing.models import Demand, Grant
from govshare.sharing.queries import drafting, grants, parties
from govshare.sharing.queries import undo as undoing
from govshare.sharing.rules import DemandStatus, Elements, GrantStatus, Kind
from govshare.sharing.rules.demands import (
    CHECK_DAYS,
    COMPLETION,
    DEMAND,
    DRAFTERS,
    OPEN,
    OWN_CHECK,
    WORKFLOW,
    Duty,
    Side,
)
from govshare.sharing.rules.grants import DUTY_ONLY
from govshare.sharing.services import acts, contents
from govshare.sharing.services.numbers import allocate

CREATE_ACTION = "sharing:demand:draft"


@transaction.atomic
def draft(*, entry: UUID, elements: Elements, by: Actor, now: datetime, replaces: UUID | None = None) -> Demand:
    """Begin a demand on a listed entry; elements may still be missing. ``replaces``: the running grant it shall take the place of."""
    by.need(*sorted(DRAFTERS), basis=DEMAND)
    old = _running_grant(replaces, by=by, now=now) if replaces else None
    if old and old.entry_id != entry:
        raise WrongState(f"授权 {old.number} 是另一资源的授权，不能由这项需求变更", basis=DEMAND)
    return _begin(entry, elements, Kind.CHANGE if old else Kind.NEW, old, by=by, now=now)


@transaction.atomic
def renew(*, grant: UUID, ends_on: date, by: Actor, now: datetime, duty_basis: str = "") -> Demand:
    """Begin a renewal of a running grant: the same content until a later date."""
    by.need(*sorted(DRAFTERS), basis=DEMAND)
    old = _running_grant(grant, by=by, now=now)
    if Demand.objects.filter(renews=old, status__in=OPEN).exists():
        raise WrongState(f"授权 {old.number} 已有办理中的续期，请先办结或撤回", basis=DEMAND)
    same = drafting.of_grant(old)
    fields = {name: getattr(same, name) for name in Elements.__dataclass_fields__}
    elements = Elements(**{**fields, "ends_on": ends_on, "duty_basis": duty_basis.strip() or same.duty_basis})
    return _begin(old.entry_id, elements, Kind.RENEWAL, old, by=by, now=now)


def _running_grant(grant_id: UUID, *, by: Actor, now: datetime) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("demand").get(pk=grants.get(grant_id, by=by).pk)
    by.need_own(parties.answering(grant.recipient_id, grant.id), basis=DUTY_ONLY)
    if grant.status != GrantStatus.ACTIVE or local_date(now) > grant.ends_on:
        raise WrongState(f"授权 {grant.number} 已经结束，请重新申请", basis=DUTY_ONLY)
    return grant


def _begin(entry: UUID, elements: Elements, kind: Kind, old: Grant | None, *, by: Actor, now: datetime) -> Demand:
    """A demand is drafted: a new one, a renewal, or a change of a grant."""
    listed = parties.listed(entry)
    opening = drafting.permit(listed, by=by)
    demand = Demand(
        number=allocate("SQ", now=now),
        kind=kind,
        renews=old if kind == Kind.RENEWAL else None,
        replaces=old if kind == Kind.CHANGE else None,
        recipient=opening.recipient,
        provider=opening.provider,
        authority=organizations.authority_for(opening.recipient.pk),
        transitional=opening.transitional,
        entry_id=listed.id,
        entry_code=listed.code,
        drafted_at=now,
        drafted_by=by.id,
    )
    contents.write(demand, elements, listed, writer=by.id)
    demand.save(force_insert=True)
    contents.write_items(demand, elements.items, listed)
    promise = audit.record(
        action=CREATE_ACTION, basis=DEMAND, by=by, now=now, about=demand.number, resource=listed.code, detail={"kind": kind}
    )
    acts.write_event(demand, action=CREATE_ACTION, label="起草", basis=DEMAND, promise=promise, by=by, now=now)
    return demand


@transaction.atomic
def edit(*, demand: UUID, elements: Elements, by: Actor, now: datetime) -> Demand:
    """Rewrite a draft, or what the own check returned."""
    found, move = acts.take(demand, "edit", by=by, now=now)
    listed = parties.listed(found.entry_id)
    contents.write(found, elements, listed, writer=by.id)
    contents.write_items(found, elements.items, listed)
    return acts.finish(found, move, by=by, now=now)


@transaction.atomic
def submit(*, demand: UUID, by: Actor, now: datetime) -> Demand:
    """Hand a complete demand to the own resource administrator."""
    found, move = acts.take(demand, "submit", by=by, now=now)
    contents.check_complete(found, parties.listed(found.entry_id), now=now)
    return _to_check(found, move.verb, by=by, now=now)


@transaction.atomic
def amend(*, demand: UUID, elements: Elements, by: Actor, now: datetime) -> Demand:
    """Change a demand after it was raised and before it is answered: back to the own check, all clocks anew."""
    found, move = acts.take(demand, "amend", by=by, now=now)
    listed = parties.listed(found.entry_id)
    contents.write(found, elements, listed, writer=by.id)
    contents.write_items(found, elements.items, listed)
    contents.check_complete(found, listed, now=now)
    drop_clocks(found, reason="需求修改后重新把关", by=by, now=now)
    return _to_check(found, move.verb, by=by, now=now)


def _to_check(demand: Demand, verb: str, *, by: Actor, now: datetime) -> Demand:
    demand.submitted_at, demand.submitted_by = now, by.id
    demand.writers = list(dict.fromkeys([*demand.writers, by.id]))
    demand.checked_at, demand.checked_by, demand.missing = None, "", ""
    duties.start(
        kind=Duty.CHECK,
        about=demand.number,
        title=f"{Duty.CHECK.label} {demand.number}：{demand.entry_name}",
        owner=parties.side(demand, Side.RECIPIENT),
        basis=OWN_CHECK,
        working_days=duty_queries.parameter(str(CHECK_DAYS)),
        now=now,
        by=by,
    )
    return acts.finish(demand, WORKFLOW[verb], by=by, now=now)


@transaction.atomic
def complete(*, demand: UUID, answer: str, by: Actor, now: datetime) -> Demand:
    """Answer what was asked for 「补正」; the suspended clock runs on."""
    held = acts.lock(demand, by=by)
    verb = "complete_for_acceptance" if held.status == DemandStatus.ACCEPTING_INCOMPLETE else "complete_for_decision"
    found, move = acts.take(demand, verb, by=by, now=now)
    words = acts.said("answer", answer, basis=COMPLETION)
    found.missing = ""
    duties.keep(kind=Duty.COMPLETE, about=found.number, now=now, by=by)
    clock = Duty.ACCEPT if verb == "complete_for_acceptance" else Duty.DECIDE
    running = duty_queries.find(clock, found.number)
    if running and running.open and running.suspended:
        duties.resume(kind=clock, about=found.number, reason="补正已提交", now=now, by=by)
    return acts.finish(found, move, by=by, now=now, note=words)


@transaction.atomic
def withdraw(*, demand: UUID, reason: str, by: Actor, now: datetime) -> Demand:
    """Take the demand back; all its clocks stop."""
    found, move = acts.take(demand, "withdraw", by=by, now=now)
    words = acts.said("reason", reason, basis=DEMAND)
    drop_clocks(found, reason="需求已撤回", by=by, now=now)
    return acts.finish(found, move, by=by, now=now, note=words)


@transaction.atomic
def undo(*, demand: UUID, by: Actor, now: datetime) -> Demand:
    """Take one's own submission back within minutes: a draft again, with everything kept, and no clock (PC-80)."""
    found = acts.lock(demand, by=by)
    move = undoing.permit(found, by=by, now=now)
    duties.drop(kind=Duty.CHECK, about=found.number, reason="提交人收回", now=now, by=by)
    found.submitted_at, found.submitted_by = None, ""
    return acts.finish(found, move, by=by, now=now)


def drop_clocks(demand: Demand, *, reason: str, by: Actor, now: datetime) -> None:
    """Nobody owes anything on this demand any more."""
    for clock in Duty:
        duties.drop(kind=clock, about=demand.number, reason=reason, now=now, by=by)
