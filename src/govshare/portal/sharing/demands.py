"""Lists of demands: what waits for me, what I drafted, what my department asks for, what is asked of it; all, for the authority."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing.clocks import Clocks
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Demand
from govshare.sharing.rules import DemandStatus

DEMAND = cite("CD2016-22")
READERS = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)
S = DemandStatus

#: Tabs over a list: which statuses each of them shows.
STATES: Mapping[str, tuple[str | Promise, frozenset[DemandStatus]]] = {
    "draft": (_("草稿与退回"), frozenset({S.DRAFT, S.RETURNED})),
    "checking": (_("本部门把关"), frozenset({S.CHECKING})),
    "accepting": (_("待受理"), frozenset({S.ACCEPTING, S.ACCEPTING_INCOMPLETE})),
    "deciding": (_("待答复"), frozenset({S.DECIDING, S.DECIDING_INCOMPLETE})),
    "pressed": (_("逾期督办"), frozenset({S.PRESSED})),
    "granted": (_("已授权"), frozenset({S.GRANTED})),
    "refused": (_("不予提供"), frozenset({S.REFUSED})),
    "over": (_("未提出或终止"), frozenset({S.DECLINED, S.WITHDRAWN, S.LAPSED})),
}
ZH = "portal/sharing/cells/zh.html"


#: What the queries of the room call what waits, for the reader's language.
WAITING = (
    gettext_noop("待把关"),
    gettext_noop("待补正"),
    gettext_noop("待答复"),
    gettext_noop("逾期待答复"),
    gettext_noop("待受理"),
    gettext_noop("待督办"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str | Promise
    count: int
    on: bool


@page("demands/", title=_("申请与需求"), basis=DEMAND, roles=READERS, lists=True)
def demands(request: Request) -> HttpResponse:
    """Opens on what waits for the visitor, if anything does."""
    by, now = request.actor, utc_now()
    waiting = {row.demand.pk: row.label for row in queries.demands.inbox(by, now=now)}
    sides = _sides(by, waiting)
    chosen = request.GET.get("side", "")
    side = chosen if chosen in sides else next((key for key, (_label, rows) in sides.items() if key != "inbox" or waiting), "inbox")
    found = _searched(sides[side][1], request.GET.get("q", ""))
    counts = _counted(found)
    state = request.GET.get("state", "")
    shown = found.filter(status__in=STATES[state][1]) if state in STATES else found
    clocks = Clocks(shown, now=now)
    rows: QuerySet[Demand] | list[Demand] = shown.order_by("-number")
    if side == "inbox":
        rows = sorted(rows, key=lambda row: list(waiting).index(row.pk))
    return listing(
        request,
        "portal/sharing/demands.html",
        title=gettext("申请与需求"),
        columns=_columns(clocks, waiting, side),
        rows=rows,
        sides=[Tab(key, label, len(waiting) if key == "inbox" else all_.count(), key == side) for key, (label, all_) in sides.items()],
        states=[Tab(key, label, counts.get(key, 0), key == state) for key, (label, _statuses) in STATES.items() if counts.get(key)],
        total=sum(counts.values()),
        side=side,
        state=state,
        q=request.GET.get("q", ""),
        empty=_empty(side),
    )


def _sides(by: Actor, waiting: Mapping[UUID, str]) -> dict[str, tuple[str | Promise, QuerySet[Demand]]]:
    """The lists of a visitor, in the order of their tabs."""
    found = {"inbox": (_("待我办"), queries.demands.visible(by).filter(pk__in=waiting))}
    if Role.AUTHORITY in by.roles:
        return {**found, "all": (_("需求统筹"), queries.demands.visible(by))}
    own = queries.demands.own(by)
    return {
        **found,
        "mine": (_("我发起的"), own.filter(writers__contains=[by.id])),
        "own": (_("本部门提出"), own),
        "raised": (_("向我提出的"), queries.demands.raised_with(by)),
    }


def _searched(rows: QuerySet[Demand], text: str) -> QuerySet[Demand]:
    words = text.replace("\0", "").strip()[:100]
    if not words:
        return rows
    names = ("number", "entry_name", "entry_code", "application", "recipient__name", "provider__name")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": words})
    return rows.filter(found)


def _counted(rows: QuerySet[Demand]) -> dict[str, int]:
    by_status = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    return {key: sum(by_status.get(status, 0) for status in statuses) for key, (_label, statuses) in STATES.items()}


def _columns(clocks: Clocks, waiting: Mapping[UUID, str], side: str) -> list[Column]:
    """``side`` decides whose name is worth a column."""
    provider = Column(
        "provider", _("提供部门"), lambda row: row.provider.short_name or row.provider.name, cell=ZH, only_export=side == "raised"
    )
    recipient = Column(
        "recipient", _("需求部门"), lambda row: row.recipient.short_name or row.recipient.name, cell=ZH, only_export=side in {"mine", "own"}
    )
    return [
        Column("number", _("需求"), lambda row: row.number, cell="portal/sharing/cells/demand.html"),
        Column("entry", _("信息资源"), lambda row: row.entry_name, only_export=True),
        Column("entry_code", _("资源代码"), lambda row: row.entry_code, only_export=True),
        Column("kind", _("类别"), lambda row: row.get_kind_display(), only_export=True),
        Column("application", _("应用业务"), lambda row: row.application, cell="portal/sharing/cells/application.html"),
        recipient,
        provider,
        Column("mode", _("共享模式"), lambda row: row.get_mode_display(), cell="portal/sharing/cells/term.html", css="nowrap"),
        Column("status", _("状态"), lambda row: row.get_status_display(), cell="portal/sharing/cells/status.html", css="nowrap"),
        Column("drafted_at", _("起草时间"), lambda row: row.drafted_at, cell="portal/sharing/cells/moment.html", css="nowrap"),
        Column("due", _("时限"), clocks.of, cell="portal/sharing/cells/due.html", css="ra nowrap"),
        Column("waiting", _("待办"), lambda row: waiting.get(row.pk, ""), cell="portal/sharing/cells/waiting.html", css="ra nowrap"),
    ]


def _empty(side: str) -> str:
    return {
        "inbox": gettext("没有等您办理的需求"),
        "mine": gettext("您还没有起草过共享需求：到共享目录找到所需的资源，点“申请使用”"),
        "own": gettext("本部门还没有提出共享需求：到共享目录找到所需的资源，点“申请使用”"),
        "raised": gettext("还没有部门向本部门提出共享需求"),
        "all": gettext("还没有部门提出共享需求"),
    }[side]
