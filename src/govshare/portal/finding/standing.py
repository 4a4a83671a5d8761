"""Where the visitor's own department stands with one resource: its demand on the way, its grant in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from govshare.duties import queries as duties
from govshare.duties.queries import Standing
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.sharing import queries as sharing
from govshare.sharing.models import Demand, Grant
from govshare.sharing.queries.demands import READERS
from govshare.sharing.rules import DemandStatus, GrantStatus, Way
from govshare.sharing.rules.demands import OPEN, WITH_PROVIDER

S = DemandStatus
_AT = {
    S.DRAFT: 0,
    S.RETURNED: 0,
    S.CHECKING: 1,
    S.DECLINED: 1,
    S.ACCEPTING: 2,
    S.ACCEPTING_INCOMPLETE: 2,
    S.DECIDING: 3,
    S.DECIDING_INCOMPLETE: 3,
    S.PRESSED: 3,
}
COLOURS = {S.GRANTED: "ok", S.REFUSED: "bad", S.DECLINED: "bad", S.RETURNED: "warn", S.PRESSED: "warn", S.DRAFT: "idle"}

Step = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The latest demand that is not over, or what came of the last one; the grant in force; the clock that runs."""

    demand: Demand | None
    grant: Grant | None
    steps: Sequence[Step]
    clock: Standing | None
    colour: str

    @property
    def uses(self) -> dict[UUID, str]:
        """What the grant does with each item: its label."""
        return {row.item: _(row.get_use_display()) for row in self.grant.items.all()} if self.grant else {}


@dataclass(frozen=True, slots=True)
class Given:
    """What the provider has out on one resource: grants in force, demands that wait for its answer."""

    grants: int
    waiting: int


def given(entry: UUID, *, by: Actor, now: datetime) -> Given | None:
    """None for who does not act for the provider."""
    if not by.is_one_of(READERS):
        return None
    grants = sharing.grants.given(by).filter(entry=entry, status=GrantStatus.ACTIVE, ends_on__gte=local_date(now))
    waiting = sharing.demands.raised_with(by).filter(entry=entry, status__in=WITH_PROVIDER)
    return Given(grants.count(), waiting.count())


def own(entry: UUID, *, at_once: bool, by: Actor, now: datetime) -> Own | None:
    """``at_once``: the check inside gives the grant (CD2016-25.1). None for who reads no demands of a department."""
    if not by.is_one_of(READERS):
        return None
    grant = sharing.grants.received(by).filter(entry=entry, status=GrantStatus.ACTIVE, ends_on__gte=local_date(now)).first()
    demand = _demand(entry, by)
    duty = sharing.demands.running(demand) if demand else None
    clock = duties.standings([duty], now=now)[0] if duty else None
    steps = _steps(demand, at_once) if demand else ()
    return Own(demand=demand, grant=grant, steps=steps, clock=clock, colour=_colour(demand, grant))


def _demand(entry: UUID, by: Actor) -> Demand | None:
    """What is under way comes before what is over."""
    mine = sharing.demands.own(by).filter(entry=entry)
    return mine.filter(status__in=OPEN).first() or mine.exclude(status=S.WITHDRAWN).first()


def _colour(demand: Demand | None, grant: Grant | None) -> str:
    if demand is None:
        return "ok" if grant else "idle"
    return COLOURS.get(S(demand.status), "warn")


def _steps(demand: Demand, at_once: bool) -> list[Step]:
    """Handed in, checked inside, accepted, answered, granted; what is shared without condition is granted after the check."""
    short = demand.way == Way.AT_ONCE if demand.way else at_once
    titles = [(0, _("提交"), demand.submitted_at), (1, _("本部门把关"), demand.checked_at)]
    if not short:
        titles += [(2, _("受理"), None), (3, _("提供方答复"), demand.decided_at)]
    titles.append((4, _("授权"), demand.decided_at if demand.status == S.GRANTED else None))
    at = 5 if demand.status == S.GRANTED else _AT.get(S(demand.status), 3)
    return [_step(place, title, when, at) for place, title, when in titles]


def _step(place: int, title: str, when: datetime | None, at: int) -> Step:
    if place < at:
        return "dn", title, f"{local_date(when):%m-%d}" if when else ""
    return ("now" if place == at else "", title, "")
