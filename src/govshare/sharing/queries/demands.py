"""Demands, by who looks: one's own department's, those raised with it, those under its authority."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from govshare.duties import queries as duties
from govshare.duties.models import Duty
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move
from govshare.organizations import queries as organizations
from govshare.sharing.models import Attachment, Demand, Event, Grant
from govshare.sharing.queries.moves import open_moves, why_not
from govshare.sharing.rules.demands import DEMAND, DemandStatus
from govshare.sharing.rules.demands import Duty as Clock

S = DemandStatus
READERS = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER})

#: Which clock runs in which status.
CLOCKS = {
    S.CHECKING: Clock.CHECK,
    S.ACCEPTING: Clock.ACCEPT,
    S.ACCEPTING_INCOMPLETE: Clock.COMPLETE,
    S.DECIDING: Clock.DECIDE,
    S.DECIDING_INCOMPLETE: Clock.COMPLETE,
    S.PRESSED: Clock.PRESS,
}


@dataclass(frozen=True, slots=True)
class DemandDetail:
    """All that ``by`` may see of one demand. ``inside`` events of the demanding department are its own."""

    demand: Demand
    events: tuple[Event, ...]
    attachments: tuple[Attachment, ...]
    grant: Grant | None
    duty: Duty | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One demand that waits for the actor: what for, and the clock that runs, if one does."""

    demand: Demand
    label: str
    duty: Duty | None


def visible(by: Actor) -> QuerySet[Demand]:
    """What ``by`` may see: nothing leaves a department before its own check passed it."""
    return Demand.objects.filter(_seen_by(by)).select_related("recipient", "provider", "authority")


def _seen_by(by: Actor) -> Q:
    if by.kind == "platform":
        return Q()
    mine, raised, none = by.organization, Q(raised_at__isnull=False), Q(pk__in=[])
    department = organizations.at(mine, "recipient") | raised & organizations.at(mine, "provider") if by.is_one_of(READERS) else none
    return department | (raised & organizations.at(mine, "authority") if Role.AUTHORITY in by.roles else none)


def get(demand_id: UUID, *, by: Actor) -> Demand:
    """One demand; NotFound when there is none or ``by`` may not see it."""
    found = visible(by).filter(id=demand_id).first()
    if found is None:
        raise NotFound("没有这项共享需求，或者您无权查看，请核对编号", basis=DEMAND)
    return found


def detail(demand_id: UUID, *, by: Actor, now: datetime) -> DemandDetail:
    demand = get(demand_id, by=by)
    mine = by.kind == "platform" or Demand.objects.filter(organizations.at(by.organization, "recipient"), pk=demand.pk).exists()
    events = demand.events.all() if mine else demand.events.filter(inside=False)
    return DemandDetail(
        demand=demand,
        events=tuple(events),
        attachments=tuple(demand.attachments.all()),
        grant=Grant.objects.filter(demand=demand).first(),
        duty=running(demand),
        moves=tuple(open_moves(demand, by=by, on=local_date(now))),
    )


def running(demand: Demand) -> Duty | None:
    """The duty whose clock runs in the demand's present status."""
    clock = CLOCKS.get(DemandStatus(demand.status))
    found = duties.find(clock, demand.number) if clock else None
    return found if found and found.open else None


def own(by: Actor) -> QuerySet[Demand]:
    """Demands of the actor's own department."""
    return visible(by).filter(organizations.at(by.organization, "recipient"))


def raised_with(by: Actor) -> QuerySet[Demand]:
    """Demands for what the actor's own department provides."""
    return visible(by).filter(organizations.at(by.organization, "provider"), raised_at__isnull=False)


#: Whose turn it is in which status, to do what, and how that is called.
TURNS: dict[DemandStatus, tuple[tuple[str, str], ...]] = {
    S.CHECKING: (("decline_inside", "待把关"),),
    S.RETURNED: (("submit", "待补正"),),
    S.ACCEPTING_INCOMPLETE: (("complete_for_acceptance", "待补正"),),
    S.DECIDING_INCOMPLETE: (("complete_for_decision", "待补正"),),
    S.DECIDING: (("grant", "待答复"),),
    S.PRESSED: (("grant", "逾期待答复"), ("press", "待督办")),
    S.ACCEPTING: (("accept", "待受理"),),
}


def inbox(by: Actor, *, now: datetime) -> list[Waiting]:
    """Every demand that waits for ``by``, most urgent first; what has no clock comes last."""
    turning = visible(by).filter(status__in=TURNS).order_by()  # sorted below, by what runs out
    found = [(demand, label) for demand in turning for label in _turns(demand, by, local_date(now))]
    clocks = _running(demand for demand, _ in found)
    waiting = [Waiting(demand, label, clocks.get(demand.number)) for demand, label in found]
    return sorted(waiting, key=lambda each: (each.duty is None, each.duty.due_on if each.duty else None, each.demand.number))


def _turns(demand: Demand, by: Actor, today: date) -> list[str]:
    turns = TURNS[DemandStatus(demand.status)]
    return [label for verb, label in turns if why_not(demand, verb, by=by, on=today) is None]


def _running(demands: Iterable[Demand]) -> dict[str, Duty]:
    """The clock that runs, by the demand's number; one statement for all."""
    kinds = {demand.number: CLOCKS.get(DemandStatus(demand.status)) for demand in demands}
    rows = duties.open_duties().filter(about__in=kinds, kind__in={kind for kind in kinds.values() if kind})
    return {duty.about: duty for duty in rows if duty.kind == kinds[duty.about]}
