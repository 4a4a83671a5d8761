"""The authority's acts: accept, refuse acceptance, press; and asking for completion, by whoever's turn it is (CD2016-22)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.sharing.models import Demand
from govshare.sharing.queries import parties
from govshare.sharing.rules import DemandStatus, NoticeKind, Side
from govshare.sharing.rules.demands import COMPLETION, DECIDE_DAYS, DEMAND, SILENCE, WORKFLOW, Duty
from govshare.sharing.services import acts, grounds, notices

_ASK = {
    DemandStatus.ACCEPTING: "ask_before_accepting",
    DemandStatus.PRESSED: "ask_when_pressed",
}


@transaction.atomic
def accept(*, demand: UUID, by: Actor, now: datetime, opinion: str = "", version: int | None = None) -> Demand:
    """Take the demand on and pass it to the provider, whose clock begins."""
    found, move = acts.take(demand, "accept", by=by, now=now, version=version)
    words = acts.said("opinion", opinion, basis=DEMAND, required=False)
    duties.keep(kind=Duty.ACCEPT, about=found.number, now=now, by=by)
    duties.start(
        kind=Duty.DECIDE,
        about=found.number,
        title=f"{Duty.DECIDE.label} {found.number}：{found.entry_name}",
        owner=parties.side(found, Side.PROVIDER),
        basis=DEMAND,
        working_days=duty_queries.parameter(str(DECIDE_DAYS)),
        now=now,
        by=by,
    )
    return acts.finish(found, move, by=by, now=now, note=words)


@transaction.atomic
def refuse(*, demand: UUID, ground: UUID | None, reason: str, by: Actor, now: datetime, version: int | None = None) -> Demand:
    """Refuse acceptance 「不予受理」, on a registered legal ground only."""
    found, move = acts.take(demand, "refuse_acceptance", by=by, now=now, version=version)
    return close_refused(found, move.verb, ground=ground, reason=reason, by=by, now=now)


def close_refused(demand: Demand, verb: str, *, ground: UUID | None, reason: str, by: Actor, now: datetime, late: bool = False) -> Demand:
    """End a demand with a refusal of the whole."""
    move = WORKFLOW[verb]
    demand.refusal_ground = grounds.for_refusal(ground)
    demand.opinion = acts.said("reason", reason, basis=DEMAND)
    demand.decided_at, demand.decided_by, demand.decided_late = now, by.id, late
    for clock in (Duty.ACCEPT, Duty.DECIDE):
        duties.keep(kind=clock, about=demand.number, now=now, by=by)
    duties.drop(kind=Duty.PRESS, about=demand.number, reason="需求已答复", now=now, by=by)
    promise = acts.record(
        demand, move, by=by, now=now, reason=demand.opinion, detail={"ground": str(demand.refusal_ground), "late": "是" if late else "否"}
    )
    demand.decision_receipt = promise.number
    return acts.settle(demand, move, promise, by=by, now=now, note=demand.opinion, late=late)


@transaction.atomic
def ask_completion(*, demand: UUID, missing: str, by: Actor, now: datetime) -> Demand:
    """Say what is missing 「补正」: the clock of whoever asks stands still until it comes. A clock that has run out does not."""
    held = acts.lock(demand, by=by)
    verb = _ASK.get(DemandStatus(held.status), "ask_before_deciding")
    found, move = acts.take(demand, verb, by=by, now=now)
    found.missing = acts.said("missing", missing, basis=COMPLETION)
    if verb == "ask_when_pressed":
        duties.keep(kind=Duty.PRESS, about=found.number, now=now, by=by)
    else:
        clock = Duty.ACCEPT if verb == "ask_before_accepting" else Duty.DECIDE
        duties.suspend(kind=clock, about=found.number, reason=f"要求补正：{found.missing}"[:500], now=now, by=by)
    duties.start(
        kind=Duty.COMPLETE,
        about=found.number,
        title=f"{Duty.COMPLETE.label} {found.number}：{found.entry_name}",
        owner=parties.side(found, Side.RECIPIENT),
        basis=COMPLETION,
        working_days=duty_queries.parameter(str(COMPLETION)),
        now=now,
        by=by,
    )
    return acts.finish(found, move, by=by, now=now, note=found.missing)


@transaction.atomic
def press(*, demand: UUID, opinion: str, by: Actor, now: datetime) -> Demand:
    """The authority's letter 「督办意见」 to a provider that let its time pass."""
    found, move = acts.take(demand, "press", by=by, now=now)
    words = acts.said("opinion", opinion, basis=SILENCE)
    duties.keep(kind=Duty.PRESS, about=found.number, now=now, by=by)
    notices.tell(
        [parties.side(found, Side.PROVIDER)], NoticeKind.PRESSED, found, text=f"主管部门督办 {found.number}：{words}"[:1000], now=now
    )
    return acts.finish(found, move, by=by, now=now, note=words)
