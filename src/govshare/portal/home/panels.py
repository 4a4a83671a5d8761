"""The panels of the first screen, each read in a few queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_noop

from govshare.catalog import queries as catalog
from govshare.catalog.queries.workspace import OwnEntry
from govshare.exchange import queries as exchange
from govshare.exchange.models import Run
from govshare.exchange.rules import OPEN, Progress, RunStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.organizations import queries as organizations
from govshare.portal.waiting.tasks import Waiting
from govshare.sharing import queries as sharing
from govshare.sharing.models import Demand
from govshare.sharing.rules.demands import FINAL
from govshare.sharing.rules.demands import DemandStatus as S

JOBS, DEMANDS, ENTRIES = 4, 3, 8


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    count: int
    on: bool


def tabs(waiting: Sequence[Waiting], chosen: str) -> list[Tab]:
    """One per kind of task, the largest first."""
    counted = Counter(str(each.task.label) for each in waiting)
    return [Tab(label, count, label == chosen) for label, count in counted.most_common()]


_BARS = {
    RunStatus.DELIVERED: "ok",
    RunStatus.FAILED: "bad",
    RunStatus.STOPPED: "warn",
    RunStatus.CANCELLED: "warn",
    RunStatus.AWAITING: "warn",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One transfer's latest run, from the visitor's side. ``outward``: the visitor's department gives; ``ours``: gives or takes."""

    run: Run
    outward: bool
    ours: bool
    other: str
    progress: Progress

    @property
    def running(self) -> bool:
        return self.run.status in {RunStatus.QUEUED, RunStatus.RUNNING}

    @property
    def bar(self) -> str:
        """The colour of its bar."""
        return _BARS.get(RunStatus(self.run.status), "run")


def jobs(by: Actor, *, now: datetime) -> list[Job]:
    """Those that run first, then the latest."""
    latest = Run.objects.filter(transfer=OuterRef("transfer")).order_by("-number").values("pk")[:1]
    rows = Run.objects.filter(pk=Subquery(latest), transfer__in=exchange.visible(by))
    rows = rows.select_related("transfer__provider", "transfer__recipient")
    running = list(rows.filter(status__in=OPEN).order_by("-requested_at")[:JOBS])
    others = list(rows.exclude(status__in=OPEN).order_by("-finished_at")[: JOBS - len(running)])
    return [_job(run, by, now) for run in [*running, *others]]


def _job(run: Run, by: Actor, now: datetime) -> Job:
    outward = str(run.transfer.provider_id) == by.organization
    other = run.transfer.recipient if outward else run.transfer.provider
    return Job(
        run, outward, outward or str(run.transfer.recipient_id) == by.organization, other.short_name, exchange.progress(run.pk, now=now)
    )


@dataclass(frozen=True, slots=True)
class Application:
    """One of the department's own demands on its way. ``steps`` as the component shows them."""

    demand: Demand
    steps: list[tuple[str, str, str]]


_WAY = (
    (gettext_noop("提交"), {S.DRAFT, S.RETURNED}, "submitted_at"),
    (gettext_noop("本部门把关"), {S.CHECKING}, "checked_at"),
    (gettext_noop("受理"), {S.ACCEPTING, S.ACCEPTING_INCOMPLETE}, ""),
    (gettext_noop("提供方答复"), {S.DECIDING, S.DECIDING_INCOMPLETE, S.PRESSED}, "decided_at"),
    (gettext_noop("开通"), set[S](), ""),
)


def applications(by: Actor) -> list[Application]:
    """The latest that are still open, then the latest decided."""
    own = sharing.demands.own(by)
    still = list(own.exclude(status__in=FINAL).order_by("-drafted_at")[:DEMANDS])
    ended = list(own.filter(status__in=FINAL).order_by("-decided_at")[: DEMANDS - len(still)])
    return [Application(demand, way(demand)) for demand in [*still, *ended]]


def way(demand: Demand) -> list[tuple[str, str, str]]:
    """The steps of a demand: done, now, to come."""
    at = next((place for place, (_, statuses, _) in enumerate(_WAY) if demand.status in statuses), len(_WAY))
    ended_badly = demand.status in FINAL - {S.GRANTED}
    found = []
    for place, (title, _, field) in enumerate(_WAY):
        moment = getattr(demand, field, None) if field else None
        state = "dn" if place < at and not (ended_badly and not moment and place > 0) else "now" if place == at else ""
        found.append((state, title, f"{local_date(moment):%m-%d}" if moment and state else ""))
    return found


def own_entries(by: Actor) -> tuple[list[OwnEntry], int]:
    """What of the own catalog wants attention, and how many entries there are."""
    rows = catalog.own_entries(organizations.get(by.organization).pk)
    wanting = [row for row in rows if row.pending or row.status != "published" or row.listing in {"returned", "delisted"}]
    return (wanting or rows)[:ENTRIES], len(rows)
