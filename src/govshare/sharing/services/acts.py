"""What every act on a demand has in common: lock, permission, one evidence record, one line of history."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from govshare.audit import services as audit
from govshare.audit.services import Promise
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Basis, NotFound, WrongState
from govshare.kernel.workflow import Move
from govshare.regulation import words
from govshare.sharing.models import Demand, Event, Grant
from govshare.sharing.queries import demands, moves, parties
from govshare.sharing.rules.demands import DEMAND, Side

_LONGEST = 2000  # characters of a reason or opinion


def take(demand_id: UUID, verb: str, *, by: Actor, now: datetime, version: int | None = None) -> tuple[Demand, Move]:
    """Lock the demand, then look: the demand and the move, or the reason why not. ``version`` is what the actor saw, if told."""
    demand = lock(demand_id, by=by, version=version)
    return demand, moves.permit(demand, verb, by=by, on=local_date(now))


def lock(demand_id: UUID, *, by: Actor, version: int | None = None) -> Demand:
    demand = demands.visible(by).select_for_update(of=("self",)).filter(id=demand_id).first()
    if demand is None:
        raise NotFound("没有这项共享需求，或者您无权查看，请核对编号", basis=DEMAND)
    if version is not None and version != demand.version:
        raise WrongState("这项需求在您打开之后有了变动，请刷新后再办", basis=DEMAND)
    return demand


def said(place: str, text: str, *, basis: Basis, required: bool = True) -> str:
    """What a person wrote, as ``words.said``, no longer than the columns of this room."""
    return words.said(place, text, basis=basis, what="内容", longest=_LONGEST, required=required)


def who_sees(demand: Demand) -> list[str]:
    """Ids of the organizations that may see an act on it: the own department alone until the own check has passed."""
    sides = (Side.RECIPIENT, Side.PROVIDER, Side.AUTHORITY) if demand.raised_at else (Side.RECIPIENT,)
    return [parties.side(demand, each) for each in sides]


def record(
    demand: Demand,
    move: Move,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    grant: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Promise:
    """The act's one evidence record."""
    return audit.record(
        action=move.action,
        basis=move.basis,
        by=by,
        now=now,
        reason=reason,
        about=demand.number,
        resource=demand.entry_code,
        grant=grant,
        parties=who_sees(demand),
        purpose=demand.purpose,
        counts=counts,
        digests=digests,
        detail={"from": demand.status, "to": move.target, **(detail or {})},
    )


def settle(
    demand: Demand,
    move: Move,
    promise: Promise,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    late: bool = False,
    grant: Grant | None = None,
) -> Demand:
    """Move the demand on and write its line of history."""
    demand.status = move.target
    demand.version += 1
    demand.save()
    write_event(
        demand, action=move.action, label=move.label, basis=move.basis, promise=promise, by=by, now=now, note=note, late=late, grant=grant
    )
    return demand


def finish(demand: Demand, move: Move, *, by: Actor, now: datetime, note: str = "", detail: Mapping[str, str] | None = None) -> Demand:
    """``record`` and ``settle``, for acts that need nothing in between."""
    promise = record(demand, move, by=by, now=now, reason=note, detail=detail)
    return settle(demand, move, promise, by=by, now=now, note=note)


def write_event(
    demand: Demand,
    *,
    action: str,
    label: str,
    basis: Basis,
    promise: Promise,
    by: Actor,
    now: datetime,
    note: str = "",
    late: bool = False,
    grant: Grant | None = None,
) -> Event:
    return Event.objects.create(
        demand=demand,
        grant=grant,
        action=action,
        label=label,
        basis=str(basis),
        status=demand.status,
        note=note,
        inside=demand.raised_at is None,
        late=late,
        taken_at=now,
        taken_by=by.id,
        taken_by_name=by.name,
        organization=by.organization,
        organization_name=by.organization_name,
        receipt=promise.number,
    )
