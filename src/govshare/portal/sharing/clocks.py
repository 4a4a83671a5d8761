"""Which clock runs on which demand, for whole lists at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from govshare.duties import queries as duties
from govshare.duties.queries import Standing
from govshare.sharing.models import Demand
from govshare.sharing.queries.demands import CLOCKS, running
from govshare.sharing.rules import DemandStatus


@dataclass(frozen=True, slots=True)
class Clock:
    """A standing as a list shows it; exported as its day."""

    standing: Standing

    def __str__(self) -> str:
        return self.standing.duty.due_on.isoformat()


class Clocks:
    """The running clocks of all ``demands``, read when the first one is asked for."""

    def __init__(self, demands: QuerySet[Demand], *, now: datetime) -> None:
        self._demands = demands
        self._now = now
        self._found: dict[tuple[str, str], Standing] | None = None

    def of(self, demand: Demand) -> Clock | None:
        """The clock of the status the demand is in."""
        kind = CLOCKS.get(DemandStatus(demand.status))
        found = self._all().get((kind, demand.number)) if kind else None
        return Clock(found) if found else None

    def _all(self) -> dict[tuple[str, str], Standing]:
        if self._found is None:
            open_ = duties.open_duties().filter(kind__in=list(CLOCKS.values()), about__in=self._demands.order_by().values("number"))
            self._found = {(each.duty.kind, each.duty.about): each for each in duties.standings(open_, now=self._now)}
        return self._found


def of_demand(demand: Demand, *, now: datetime) -> Standing | None:
    """The clock that runs on one demand."""
    duty = running(demand)
    return duties.standings([duty], now=now)[0] if duty else None
