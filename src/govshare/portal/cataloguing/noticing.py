"""变更告知 on its fifteen working days, and what the authority told (CD2016-16, 17)."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog.models import Entry
from govshare.catalog.queries import Told
from govshare.catalog.queries.contents import pending, published, snapshot
from govshare.catalog.rules.choices import ListingStatus
from govshare.catalog.rules.contents import KEY_LABELS, changed_key_elements
from govshare.catalog.services.notices import CHANGE_NOTICE
from govshare.duties import queries as duties
from govshare.duties.models import Duty
from govshare.duties.queries import Standing
from govshare.kernel.clock import utc_now
from govshare.portal.cataloguing.own import INSIDE
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

NOTICE = cite("CD2016-17")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One change that is owed or was told. ``entry`` is None when its code names none any more."""

    duty: Duty
    clock: Standing | None
    entry: Entry | None
    name: str
    elements: str

    @property
    def state(self) -> str:
        if self.duty.kept_at:
            return gettext("逾期告知") if self.duty.late else gettext("按期告知")
        return gettext("无须告知") if self.duty.dropped_at else gettext("待告知")


COLUMNS = (
    Column("name", _("资源名称 / 代码"), lambda row: row.name, cell="portal/cataloguing/cells/notice_name.html"),
    Column("code", _("信息资源代码"), lambda row: row.duty.about, only_export=True),
    Column("elements", _("变更的关键要素"), lambda row: row.elements, cell="portal/cataloguing/cells/words.html"),
    Column("since", _("变更时间"), lambda row: row.duty.started_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("due_on", _("应于"), lambda row: row.duty.due_on, cell="portal/cataloguing/cells/notice_due.html"),
    Column("state", _("状态"), lambda row: row.state, cell="portal/cataloguing/cells/notice_state.html"),
    Column("told_at", _("告知时间"), lambda row: row.duty.kept_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
)


@page("changes/", title=_("变更告知"), basis=NOTICE, roles=INSIDE, lists=True, name="notices-change")
def notices_change(request: Request) -> HttpResponse:
    """Running clocks first, the most urgent on top; then what was told."""
    owed = [duty for duty in duties.open_for(request.actor.organization, now=utc_now()) if duty.kind == CHANGE_NOTICE]
    past = Duty.objects.filter(kind=CHANGE_NOTICE, owner=request.actor.organization).exclude(kept_at=None, dropped_at=None)
    ended = list(past.order_by("-started_at")[:500])
    return listing(
        request,
        "portal/cataloguing/changes.html",
        title=gettext("变更告知"),
        columns=COLUMNS,
        rows=_notices([*owed, *ended]),
        owed=len(owed),
        late=sum(duty.late for duty in ended),
        in_time=sum(bool(duty.kept_at) and not duty.late for duty in ended),
    )


def _notices(owed: list[Duty]) -> list[Notice]:
    clocks = {each.duty.pk: each for each in duties.standings([duty for duty in owed if duty.open], now=utc_now())}
    entries = {entry.code: entry for entry in Entry.objects.filter(code__in={duty.about for duty in owed})}
    return [_notice(duty, clocks.get(duty.pk), entries.get(duty.about)) for duty in owed]


def _notice(duty: Duty, clock: Standing | None, entry: Entry | None) -> Notice:
    """The elements as they differ now while it is owed; afterwards those it was started for, as its title says."""
    name, elements = duty.about, duty.title.partition("（")[2].removesuffix("）")
    if entry is not None:
        draft, standing = (pending(entry), published(entry)) if duty.open else (None, published(entry))
        shown = draft or standing
        name = shown.name if shown else duty.about
        if draft and standing:
            changed = changed_key_elements(snapshot(standing), snapshot(draft))
            elements = "、".join(KEY_LABELS[each] for each in sorted(changed)) or elements
    return Notice(duty=duty, clock=clock, entry=entry, name=name, elements=elements)


@page("entries/told/", title=_("主管部门意见"), basis=cite("CD2016-16"), roles=INSIDE, lists=True)
def entry_told(request: Request) -> HttpResponse:
    """What the authority returned, adjusted or took out, with its words."""
    rows = catalog.told_by_authority(UUID(request.actor.organization))
    return listing(
        request,
        "portal/cataloguing/told.html",
        title=gettext("主管部门意见"),
        columns=TOLD,
        rows=[(row, names.get(row.entry, row.code)) for names in [_names(rows)] for row in rows],
    )


TOLD = (
    Column("name", _("资源名称 / 代码"), lambda row: row[1], cell="portal/cataloguing/cells/told_name.html"),
    Column("code", _("信息资源代码"), lambda row: row[0].code, only_export=True),
    Column("status", _("决定"), lambda row: _decision(row[0].status)),
    Column("opinion", _("意见"), lambda row: row[0].opinion, cell="portal/cataloguing/cells/words.html"),
    Column("decided_at", _("时间"), lambda row: row[0].decided_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
)


def _decision(status: str) -> str:
    words = {ListingStatus.RETURNED: _("退回"), ListingStatus.DELISTED: _("移出"), ListingStatus.LISTED: _("调整并列入")}
    return str(words.get(ListingStatus(status), ListingStatus(status).label)) if status in ListingStatus.values else status


def _names(rows: list[Told]) -> dict[UUID, str]:
    entries = Entry.objects.filter(pk__in={row.entry for row in rows})
    found = {}
    for entry in entries:
        shown = published(entry) or pending(entry)
        found[entry.pk] = shown.name if shown else entry.code
    return found
