"""One demand: where it stands, what it asks for, what was answered item by item, its history and attachments."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.queries import ListedEntry, ListedItem
from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.duties import queries as duties
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Refused
from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing import words
from govshare.portal.sharing.actions import actions
from govshare.portal.sharing.demands import DEMAND, READERS
from govshare.portal.templatetags.gx import term
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Demand, DemandItem, Grant
from govshare.sharing.queries import parties
from govshare.sharing.rules import Side, Verdict
from govshare.sharing.services.attachments import ATTACHABLE

CHECK = cite("CD2016-29.1")


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item asked for beside what the catalog says of it now (None: it is gone) and what was answered."""

    row: DemandItem
    listed: ListedItem | None

    @property
    def kind(self) -> str:
        """``字符型 18``."""
        if self.listed is None:
            return ""
        return " ".join(filter(None, [term(ItemType(self.listed.type).label), str(self.listed.length or "")]))

    @property
    def sensitivity(self) -> str:
        return Sensitivity(self.listed.sensitivity).label if self.listed else ""

    @property
    def verdict(self) -> str:
        """What was answered, in words; empty before."""
        if not self.row.verdict:
            return ""
        return Verdict(self.row.verdict).label

    @property
    def shape(self) -> str:
        """What a masked value looks like."""
        if self.row.verdict != Verdict.MASK:
            return ""
        return words.mask(self.row.head, self.row.tail, self.listed.length if self.listed else None)


@page("demands/<uuid:demand>/", title=_("共享需求"), basis=DEMAND, roles=READERS)
def demand(request: Request, demand: UUID) -> HttpResponse:
    """Everything the visitor may see of it, and what the visitor may do."""
    by, now = request.actor, utc_now()
    view = queries.demands.detail(demand, by=by, now=now)
    found, entry = view.demand, listed_or_none(view.demand.entry_id)
    standing = duties.standings([view.duty], now=now)[0] if view.duty else None
    chosen = words.way_of(found, entry)
    items = asked_items(found, entry)
    return render(
        request,
        "portal/sharing/demand.html",
        view=view,
        demand=found,
        entry=entry,
        way=chosen,
        standing=standing,
        steps=words.steps(found, view.events, chosen=chosen, standing=standing, delivered=first_delivery(view.grant)),
        items=items,
        answered=any(each.row.verdict for each in items),
        conditions=words.conditions(found.elements().conditions, {each.row.item: each.row.name for each in items} | _names(entry)),
        history=words.history(view.events),
        actions=actions(found, by=by, now=now),
        attachable=found.status in ATTACHABLE and parties.side(found, Side.RECIPIENT) == by.organization,
        newer=entry is not None and entry.revision != found.revision and found.status in {*ATTACHABLE, "checking"},
        facts=_facts(found),
    )


def _facts(demand: Demand) -> list[tuple[str, object]]:
    return [
        (gettext("需求部门"), words.in_chinese(demand.recipient.name)),
        (gettext("提供部门"), words.in_chinese(demand.provider.name)),
        (gettext("受理机关"), words.in_chinese(demand.authority.short_name or demand.authority.name)),
        (gettext("截止时间"), demand.ends_on.isoformat() if demand.ends_on else "—"),
    ]


def listed_or_none(entry: UUID) -> ListedEntry | None:
    """The entry as listed; None when it is not (any more)."""
    try:
        return parties.listed(entry)
    except Refused:
        return None


def asked_items(demand: Demand, entry: ListedEntry | None) -> list[AskedItem]:
    known = {item.id: item for item in entry.items} if entry else {}
    return [AskedItem(row, known.get(row.item)) for row in demand.items.select_related("ground")]


def _names(entry: ListedEntry | None) -> dict[UUID, str]:
    return {item.id: item.name for item in entry.items} if entry else {}


def first_delivery(grant: Grant | None) -> datetime | None:
    """When data first arrived under the grant."""
    if grant is None:
        return None
    runs = Run.objects.filter(transfer__grant=grant, status=RunStatus.DELIVERED).order_by("finished_at")
    return runs.values_list("finished_at", flat=True).first()


@page("demands/attachments/<uuid:attachment>/", title=_("附件"), basis=CHECK, roles=READERS)
def demand_attachment(request: Request, attachment: UUID) -> HttpResponse:
    """The file, always to be saved, never opened in the browser."""
    found, file = queries.attachments.open_file(attachment=attachment, by=request.actor)
    saved = FileResponse(file, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    return cast(HttpResponse, saved)  # Django's two kinds of answers; every page may give either
