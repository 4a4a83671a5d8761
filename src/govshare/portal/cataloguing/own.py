"""本部门目录: the department's own entries, one entry with everything about it, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog.models import Revision
from govshare.catalog.queries import EntryView, OwnEntry
from govshare.catalog.rules.choices import ListingStatus, ShareType, Status, VerificationStatus
from govshare.catalog.rules.contents import Content, Snapshot
from govshare.catalog.rules.words import normal
from govshare.catalog.rules.workflows import ENTRY
from govshare.duties import queries as duties
from govshare.duties.queries import Standing
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import compared, looking
from govshare.portal.cataloguing.words import ITEM_FIELDS, Words, label
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

OWN = cite("CD2016-14")
NOTHING = Snapshot(content=Content(name="", node=""))  # a draft given up says nothing any more
INSIDE = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER)
SEEING = (*INSIDE, Role.AUTHORITY)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list: why it needs looking after, the clock that runs, and what to do next."""

    entry: OwnEntry
    clock: Standing | None
    why: str
    step: str
    page: str

    @property
    def address(self) -> str:
        return reverse(self.page, args=[self.entry.id])


TABS: Mapping[str, str | Promise] = {
    "attention": _("需关注"),
    "all": _("全部"),
    "draft": _("草稿"),
    "review": _("审核中"),
    "published": _("已发布"),
    "listed": _("已列入共享目录"),
    "ended": _("停用与放弃"),
}
_ENDED = {Status.RETIRED, Status.DISCARDED, Status.SUPERSEDED}
COLUMNS = (
    Column("name", _("资源名称 / 代码"), lambda row: row.entry.name, cell="portal/cataloguing/cells/name.html"),
    Column("code", _("信息资源代码"), lambda row: row.entry.code, only_export=True),
    Column(
        "share_type", _("共享类型"), lambda row: label(ShareType, row.entry.share_type), cell="portal/cataloguing/cells/share_type.html"
    ),
    Column("status", _("登记状态"), lambda row: label(Status, row.entry.status), cell="portal/cataloguing/cells/status.html"),
    Column("standing", _("主管部门"), lambda row: _standing(row.entry), cell="portal/cataloguing/cells/standing.html"),
    Column("why", _("需关注"), lambda row: row.why, cell="portal/cataloguing/cells/why.html"),
    Column("due_on", _("应于"), lambda row: row.clock.duty.due_on if row.clock else None, cell="portal/cataloguing/cells/clock.html"),
    Column("last_at", _("最近办理"), lambda row: row.entry.last_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("step", _("下一步"), lambda row: row.step, cell="portal/cataloguing/cells/step.html", css="ra nowrap"),
)


def _standing(entry: OwnEntry) -> str:
    if entry.verification:
        return label(VerificationStatus, entry.verification)
    return label(ListingStatus, entry.listing) if entry.listing else ""


@page("entries/", title=_("本部门目录"), basis=OWN, roles=INSIDE, lists=True)
def entries(request: Request) -> HttpResponse:
    """All entries of the department, what needs looking after first."""
    lines = _lines(request)
    counts = {tab: sum(1 for line in lines if _in(tab, line)) for tab in TABS}
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else "attention" if counts["attention"] and request.kind == "html" else "all"
    wanted, kind = normal(request.GET.get("q", "")[:100].strip()), request.GET.get("share_type", "")
    shown = [line for line in lines if _in(tab, line) and _wanted(line, wanted, kind)]
    return listing(
        request,
        "portal/cataloguing/entries.html",
        title=gettext("本部门目录"),
        columns=COLUMNS,
        rows=shown,
        tabs=[(key, title, counts[key]) for key, title in TABS.items()],
        tab=tab,
        share_types=ShareType.choices,
        told=len(catalog.told_by_authority(UUID(request.actor.organization))),
        filtered=bool(wanted or kind),
    )


def _lines(request: Request) -> list[Line]:
    rows = catalog.own_entries(UUID(request.actor.organization))
    running = duties.standings(duties.open_for(request.actor.organization, now=utc_now()), now=utc_now())
    clocks: dict[str, Standing] = {}
    for standing in running:
        clocks.setdefault(standing.duty.about, standing)
    found = [_line(row, clocks.get(row.code), request.actor.roles) for row in rows]
    return sorted(found, key=lambda line: (line.clock.duty.due_on.toordinal() if line.clock else 9**9, not line.why, line.entry.code))


def _line(row: OwnEntry, clock: Standing | None, roles: frozenset[str]) -> Line:
    why, step, target = _next(row, roles)
    if clock and not why:
        notice = clock.duty.basis == "CD2016-17"
        why = gettext("关键要素变更待告知") if notice else gettext("接口未提供")
        owner = {Role.REGISTRAR} if notice else {Role.REGISTRAR, Role.RESOURCE_ADMIN}
        if owner & roles and row.pending != Status.REVIEW:
            step, target = (gettext("去告知"), "entry-tasks") if notice else (gettext("配置接口"), "entry-route")
    return Line(row, clock, why, step, target)


def _next(row: OwnEntry, roles: frozenset[str]) -> tuple[str, str, str]:
    """Why it needs looking after (empty: it does not), what to do, and where."""
    working = row.pending or row.status
    registrar, reviewer = Role.REGISTRAR in roles, bool({Role.REVIEWER, Role.LEADER} & roles)
    if working == Status.REVIEW:
        return (gettext("待审核"), gettext("审核"), "review-entry") if reviewer else ("", gettext("查看"), "entry")
    if working == Status.DRAFT and registrar:
        why = gettext("审核退回") if row.last_action == ENTRY["return"].action else gettext("草稿未提交")
        return why, gettext("继续登记"), "entry-tasks"
    if row.listing == ListingStatus.RETURNED or row.verification == VerificationStatus.RETURNED:
        return gettext("主管部门退回"), (gettext("修改") if registrar else gettext("查看")), "entry"
    return "", gettext("查看"), "entry"


def _in(tab: str, line: Line) -> bool:
    row = line.entry
    match tab:
        case "all":
            return True
        case "attention":
            return bool(line.why)
        case "listed":
            return row.listing in {ListingStatus.LISTED, ListingStatus.CHANGED}
        case "ended":
            return row.status in _ENDED
    return tab in {row.status, row.pending}


def _wanted(line: Line, words: str, kind: str) -> bool:
    return (not words or words in normal(f"{line.entry.name} {line.entry.code}")) and (not kind or line.entry.share_type == kind)


@page("entries/code/<path:code>/", title=_("信息资源"), basis=OWN, roles=SEEING, name="entry-by-code")
def entry_by_code(request: Request, code: str) -> HttpResponse:
    """To the entry that the code names; to its tasks while its registrar has a clock to answer."""
    view = looking.seen(request, looking.of_code(code))
    return HttpResponseRedirect(reverse("entry", args=[view.id]))


@page("entries/<uuid:entry>/", title=_("信息资源"), basis=OWN, roles=SEEING)
def entry(request: Request, entry: UUID) -> HttpResponse:
    """Everything that stands about one entry, and what may be done with it now."""
    view = looking.seen(request, entry)
    revision = view.published or view.pending or next(iter(catalog.revisions(entry, by=request.actor)), None)
    snapshot = revision.snapshot if revision else NOTHING
    return render(
        request,
        "portal/cataloguing/entry.html",
        view=view,
        revision=revision,
        fields=compared.fields(None, snapshot, Words()),
        items=compared.items(None, snapshot),
        item_fields=ITEM_FIELDS.values(),
        way=looking.way(view),
        steps=looking.told(view.history)[:6],
        more=max(0, len(view.history) - 6),
        clocks=_clocks(view),
        asked=looking.asked(view),
        buttons=_buttons(request, view),
    )


def _clocks(view: EntryView) -> Sequence[Standing]:
    now = utc_now()
    mine = [duty for duty in duties.open_for(str(view.provider), now=now) if duty.about == view.code]
    return duties.standings(mine, now=now)


def _buttons(request: Request, view: EntryView) -> dict[str, Any]:
    """What may be done: ``None`` opens the button, a refusal explains why it is closed."""
    now, by = utc_now(), request.actor
    own, published, pending = by.organization == str(view.provider), view.published, view.pending
    found: dict[str, Any] = {
        "registrar": own and Role.REGISTRAR in by.roles,
        "binds": own and by.is_one_of({Role.REGISTRAR, Role.RESOURCE_ADMIN}),
    }
    if own and published and by.is_one_of({Role.REVIEWER, Role.LEADER}):
        standing = Revision.objects.select_related("entry").get(pk=published.id)
        found["retire"] = True
        found["retire_why"] = catalog.moves.why_not("retire", standing, by=by, now=now)
        found["file_again"] = _may_file_again(view)
    found["review"] = own and pending is not None and pending.status == Status.REVIEW and by.is_one_of({Role.REVIEWER, Role.LEADER})
    return found


def _may_file_again(view: EntryView) -> bool:
    sent_back = view.listing is not None and view.listing.status in {ListingStatus.RETURNED, ListingStatus.DELISTED}
    return sent_back or (view.verification is not None and view.verification.status == VerificationStatus.RETURNED)


@page("entries/<uuid:entry>/history/", title=_("变更记录"), basis=cite("CD2016-15"), roles=SEEING)
def entry_history(request: Request, entry: UUID) -> HttpResponse:
    """Every act with its receipt, and what each revision changed."""
    view = looking.seen(request, entry)
    words = Words()
    revisions = catalog.revisions(entry, by=request.actor)
    changes = [
        (
            later,
            [row for row in compared.fields(before.snapshot, later.snapshot, words) if row.changed],
            [row for row in compared.items(before.snapshot, later.snapshot) if row.changed],
        )
        for later, before in pairwise(revisions)
    ]
    return render(
        request,
        "portal/cataloguing/history.html",
        view=view,
        name=revisions[0].snapshot.content.name if revisions else view.code,
        steps=looking.told(view.history),
        changes=changes,
        first=revisions[-1] if revisions else None,
    )
