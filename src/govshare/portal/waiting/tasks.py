"""待办: everything that waits for a person in the post acted in, each with what it rests on, its clock, and where it is done."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from govshare.alerts import queries as alerts
from govshare.alerts.models import Alert
from govshare.alerts.rules import EXPLAIN
from govshare.alerts.rules import Rule as AlertRule
from govshare.alerts.rules import Status as AlertStatus
from govshare.archive import two_persons
from govshare.archive.models import Asked, Opening, Purge
from govshare.catalog import queries as catalog
from govshare.catalog.models import Revision, Step
from govshare.catalog.queries.routes import ACCESS_ROUTE
from govshare.catalog.rules.choices import Status
from govshare.catalog.services.notices import CHANGE_NOTICE
from govshare.duties import queries as duties
from govshare.duties.models import Duty
from govshare.duties.queries import Standing
from govshare.duties.rules import Light
from govshare.exchange import queries as exchange
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.memory import remembered
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.organizations.models import Certificate, CertificateStatus, Filing, FilingStatus
from govshare.sharing import queries as sharing

FAR = date(9999, 12, 31)
MOST_ALERTS = 200  # the oldest; the list has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. ``page`` and ``places`` name the page where it is done; ``duty`` is the clock that runs, if one does."""

    kind: str
    label: object
    title: str
    who: str = ""
    basis: object
    since: datetime | None = None
    duty: Duty | None = None
    page: str
    places: Mapping[str, Any] = field(default_factory=dict)
    verb: object = _("办理")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task with its light; what has no clock has none."""

    task: Task
    standing: Standing | None

    @property
    def hot(self) -> bool:
        return self.standing is not None and self.standing.light is Light.RED


@remembered
def waiting_for(by: Actor) -> Sequence[Waiting]:
    """At this moment; the most urgent first, what has no clock last, the oldest first. A page and its menu ask once for both."""
    now = utc_now()
    tasks = list(_tasks(by, now))
    lit = iter(duties.standings([task.duty for task in tasks if task.duty], now=now))
    found = [Waiting(task, next(lit) if task.duty else None) for task in tasks]
    return sorted(found, key=_urgency)


def _urgency(each: Waiting) -> tuple[date, float, str]:
    since = each.task.since.timestamp() if each.task.since else 0.0
    return (each.standing.duty.due_on if each.standing else FAR, since, each.task.title)


def _tasks(by: Actor, now: datetime) -> Iterator[Task]:
    for role, sources in _BY_ROLE.items():
        if role in by.roles:
            for source in sources:
                yield from source(by, now)


def _demands(by: Actor, now: datetime) -> Iterator[Task]:
    for each in sharing.demands.inbox(by, now=now):
        demand = each.demand
        yield Task(
            kind="demand",
            label=each.label,
            title=f"{demand.entry_name}（{demand.number}）",
            who=demand.recipient.short_name,
            basis=each.duty.basis if each.duty else "CD2016-29",
            since=demand.raised_at or demand.submitted_at,
            duty=each.duty,
            page="demand",
            places={"demand": demand.pk},
        )


def _reviews(by: Actor, _now: datetime) -> Iterator[Task]:
    for revision in catalog.review_queue(organizations.get(by.organization).pk):
        if by.id in revision.editors or by.id == revision.submitted_by:
            continue
        yield Task(
            kind="review",
            label=_("待审核"),
            title=revision.name,
            who=revision.entry.code,
            basis="CD2016-14",
            since=revision.submitted_at,
            page="review-entry",
            places={"entry": revision.entry_id},
            verb=_("审核"),
        )


def _drafts(by: Actor, _now: datetime) -> Iterator[Task]:
    """Those sent back first said so; the others wait to be finished."""
    returned = Step.objects.filter(entry=OuterRef("entry"), revision=OuterRef("number"), action="catalog:entry:return")
    drafts = Revision.objects.filter(entry__provider=organizations.get(by.organization), status=Status.DRAFT, adjusted=False)
    told = Subquery(returned.order_by("-id").values("reason")[:1])
    for revision in drafts.annotate(returned=told).select_related("entry").only("name", "created_at", "entry__code"):
        yield Task(
            kind="returned" if revision.returned else "draft",
            label=_("待补正") if revision.returned else _("待提交"),
            title=revision.name,
            who=revision.returned or revision.entry.code,
            basis="CD2016-14",
            since=revision.created_at,
            page="entry-tasks",
            places={"entry": revision.entry_id},
            verb=_("补正") if revision.returned else _("继续"),
        )


def _filed(by: Actor, _now: datetime) -> Iterator[Task]:
    queue = catalog.filed_queue(by.organization).order_by().select_related(None).select_related("entry__provider", "filed")
    for row in queue.only("filed_at", "entry__code", "entry__provider__short_name", "filed__name"):
        yield Task(
            kind="listing",
            label=_("待确认"),
            title=row.filed.name if row.filed else row.entry.code,
            who=row.entry.provider.short_name,
            basis="CD2016-16",
            since=row.filed_at,
            page="listing",
            places={"entry": row.entry_id},
            verb=_("确认"),
        )


def _verifications(by: Actor, _now: datetime) -> Iterator[Task]:
    queue = catalog.verification_queue(by.organization).order_by().select_related(None).select_related("entry__provider", "revision")
    for row in queue.only("filed_at", "entry__provider__short_name", "revision__name"):
        yield Task(
            kind="verification",
            label=_("待核定"),
            title=row.revision.name,
            who=row.entry.provider.short_name,
            basis="CD2016-13.2",
            since=row.filed_at,
            page="verification",
            places={"verification": row.pk},
            verb=_("核定"),
        )


def _filings(by: Actor, _now: datetime) -> Iterator[Task]:
    rows = Filing.objects.filter(authority=organizations.get(by.organization), status=FilingStatus.FILED).select_related("organization")
    for row in rows:
        yield Task(
            kind="filing",
            label=_("待备案"),
            title=f"{row.name} · {row.get_change_display()}",
            who=row.organization.short_name,
            basis="CD2016-29.2",
            since=row.filed_at,
            page="filing",
            places={"filing": row.pk},
            verb=_("备案"),
        )


def _certificates(_by: Actor, _now: datetime) -> Iterator[Task]:
    rows = Certificate.objects.filter(status=CertificateStatus.PENDING).defer("der").select_related("person", "system")
    for row in rows.order_by("presented_at"):
        holder = row.person or row.system
        yield Task(
            kind="certificate",
            label=_("待确认"),
            title=row.subject,
            who=holder.name if holder else "",
            basis="CD2016-35",
            since=row.presented_at,
            page="certificate",
            places={"certificate": row.pk},
            verb=_("确认"),
        )


#: Where a department does what its clocks ask for; the clocks of demands come with the demands.
_DUTY_PAGES: Mapping[str, tuple[object, str, object]] = {
    CHANGE_NOTICE: (_("变更告知"), "entry-by-code", _("告知")),
    ACCESS_ROUTE: (_("提供接口"), "entry-by-code", _("配置")),
}


@remembered
def _clocks(owner: str) -> Sequence[Duty]:
    return duties.open_for(owner, now=utc_now())


def _owed(by: Actor, _now: datetime) -> Iterator[Task]:
    for duty in _clocks(by.organization):
        if duty.kind in _DUTY_PAGES:
            label, page, verb = _DUTY_PAGES[duty.kind]
            yield Task(
                kind="duty",
                label=label,
                title=duty.title,
                basis=duty.basis,
                since=duty.started_at,
                duty=duty,
                page=page,
                places={"code": duty.about},
                verb=verb,
            )


def _unfiled(by: Actor, _now: datetime) -> Iterator[Task]:
    for duty in _clocks(by.organization):
        if duty.kind.startswith("organizations:"):
            yield Task(
                kind="filing",
                label=_("待报备"),
                title=duty.title,
                basis=duty.basis,
                since=duty.started_at,
                duty=duty,
                page="filings",
                verb=_("报备"),
            )


def _runs(by: Actor, _now: datetime) -> Iterator[Task]:
    """The own transfers whose latest run failed, or waits for a word of a person."""
    latest = Run.objects.filter(transfer=OuterRef("transfer")).order_by("-number").values("pk")[:1]
    own = exchange.visible(by).filter(closed_at=None)
    stuck = Run.objects.filter(pk=Subquery(latest), status__in=[RunStatus.FAILED, RunStatus.AWAITING], transfer__in=own)
    told = ("status", "finished_at", "requested_at", "transfer__entry_name", "transfer__number", "transfer__recipient__short_name")
    for run in stuck.select_related("transfer__recipient").only(*told).order_by():
        failed = run.status == RunStatus.FAILED
        yield Task(
            kind="transfer",
            label=_("传输失败") if failed else _("传输待确认"),
            title=f"{run.transfer.entry_name}（{run.transfer.number}）",
            who=run.transfer.recipient.short_name,
            basis="CD2016-24",
            since=run.finished_at or run.requested_at,
            page="transfer",
            places={"transfer": run.transfer_id},
            verb=_("查看"),
        )


def _alerts(by: Actor, _now: datetime) -> Iterator[Task]:
    """What was found in the log and is not disposed of; what a department has yet to answer waits there."""
    open_ones = alerts.visible(by).filter(status__in=[AlertStatus.OPEN, AlertStatus.ANSWERED]).order_by("raised_at")
    for alert in open_ones[:MOST_ALERTS]:
        label = _("部门已说明") if alert.status == AlertStatus.ANSWERED else _("异常取数")
        yield _alert(alert, label=label, verb=_("处置"))


def _asked(by: Actor, _now: datetime) -> Iterator[Task]:
    """What the audit administrator wants to have explained by the department, with its clock."""
    clocks = {duty.about: duty for duty in _clocks(by.organization) if duty.kind == EXPLAIN}
    for alert in alerts.visible(by).filter(status=AlertStatus.ASKED, organization=by.organization):
        yield _alert(alert, label=_("待说明"), verb=_("说明"), duty=clocks.get(str(alert.pk)))


def _alert(alert: Alert, *, label: object, verb: object, duty: Duty | None = None) -> Task:
    return Task(
        kind="alert",
        label=label,
        title=f"{AlertRule(alert.rule).label}：{alert.who_name or alert.number}（{alert.number}）",
        who=alert.organization_name,
        basis="PC-125",
        since=alert.raised_at,
        duty=duty,
        page="alert",
        places={"alert": alert.pk},
        verb=verb,
    )


def _openings(by: Actor, now: datetime) -> Iterator[Task]:
    """Requests to see identifiers that ``by`` may answer as the second person."""
    for asked in two_persons.answerable(Opening, by=by, now=now):
        yield _second(asked, "opening", label=_("两人开启"), title=asked.reason)


def _purges(by: Actor, now: datetime) -> Iterator[Task]:
    """Requests to destroy a month's key that ``by`` may answer as the second person."""
    for asked in two_persons.answerable(Purge, by=by, now=now):
        yield _second(asked, "purge", label=_("销毁号码密钥"), title=f"{asked.month}：{asked.grounds}", page="retention-purge")


def _second(asked: Asked, kind: str, *, label: object, title: str, page: str = "") -> Task:
    return Task(
        kind=kind,
        label=label,
        title=title,
        who=asked.asked_by_name,
        basis=str(two_persons.BASES[type(asked)]),
        since=asked.asked_at,
        page=page or kind,
        places={kind: asked.id},
        verb=_("答复"),
    )


Source = Callable[[Actor, datetime], Iterable[Task]]
_BY_ROLE: Mapping[Role, tuple[Source, ...]] = {
    Role.REGISTRAR: (_drafts, _owed, _demands),
    Role.REVIEWER: (_reviews, _demands),
    Role.RESOURCE_ADMIN: (_demands, _owed, _unfiled, _runs, _asked),
    Role.LEADER: (_demands, _owed, _unfiled, _asked, _openings, _purges),
    Role.AUTHORITY: (_filed, _verifications, _demands, _filings),
    Role.SECURITY_ADMIN: (_certificates,),
    Role.AUDIT_ADMIN: (_alerts, _openings, _purges),
}
