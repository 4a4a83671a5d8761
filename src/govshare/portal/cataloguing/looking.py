"""What several pages read of one entry: its view, its steps in words, its steps on the way."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from govshare.catalog import queries as catalog
from govshare.catalog.models import Entry, Step
from govshare.catalog.queries import EntryView, RevisionView
from govshare.catalog.rules.choices import IN_CATALOG, ListingStatus, ShareType, Status, VerificationStatus
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound, NotYours
from govshare.portal.cataloguing.words import place_said
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

KEPT = cite("CD2016-15")
ACTIONS = {
    **{move.action: move.label for workflow in (ENTRY, LISTING, VERIFICATION) for move in workflow},
    LISTING["send_back"].action: LISTING["send_back"].label,  # a change sent back bears the same action
    "catalog:entry:create": gettext_noop("登记"),
    "catalog:entry:edit": gettext_noop("修改"),
    "catalog:entry:set-items": gettext_noop("修改信息项"),
    "catalog:entry:take-over": gettext_noop("承接"),
    "catalog:route:bind": gettext_noop("绑定接口"),
    "catalog:route:test": gettext_noop("测试接口"),
}
_COLOURS = {
    ENTRY["return"].action: "bad",
    LISTING["send_back"].action: "bad",
    VERIFICATION["return"].action: "bad",
    LISTING["delist"].action: "bad",
    ENTRY["publish"].action: "ok",
    LISTING["confirm"].action: "ok",
    LISTING["adjust"].action: "warn",
    VERIFICATION["verify"].action: "ok",
    ENTRY["submit"].action: "pri",
}


def seen(request: Request, entry: UUID) -> EntryView:
    """The entry as its department and its authority see it; others have the sharing catalog."""
    view = catalog.entry(entry, by=request.actor, today=local_date(utc_now()))
    if not view.inside:
        raise NotYours("登记内容归提供部门和其主管部门查看，请到共享目录查看这条资源", basis=KEPT)
    return view


def of_code(code: str) -> UUID:
    """Which entry a code names."""
    found = Entry.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("没有这条信息资源，请核对代码", basis=cite("CD2016-14"))
    return found


def worked_on(view: EntryView) -> RevisionView:
    """What editing starts from: the draft, else what is published."""
    found = view.pending or view.published
    if found is None:
        raise NotFound(f"“{view.code}”已停用或放弃，没有可以修改的内容", basis=KEPT)
    return found


def told(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps for the timeline, the latest first."""
    return [
        {
            "at": step.taken_at,
            "title": _(ACTIONS.get(step.action, step.action)),
            "who": step.taken_by_name,
            "text": step.reason,
            "colour": _COLOURS.get(step.action, ""),
            "receipt": step.receipt,
            "remarks": list(step.remarks.all()),
            "revision": step.revision,
        }
        for step in reversed(list(steps))
    ]


def asked(view: EntryView) -> dict[str, Any] | None:
    """The last return nobody has answered: its words, and its remarks each with the name of its place."""
    if view.asked is None:
        return None
    base = view.pending or view.published
    named = [(place_said(each.place, base.snapshot) if base else each.place, each.text) for each in view.asked.remarks.all()]
    return {"step": view.asked, "remarks": named, "title": _(ACTIONS.get(view.asked.action, view.asked.action))}


def way(view: EntryView, *, pending: bool = False) -> list[tuple[str, str, str]]:
    """登记 → 审核 → 发布备案 → 确认列入 or 核定 → 接口, as the component shows steps: of what stands, or of the ``pending`` revision."""
    content = view.pending if pending or view.published is None else view.published
    shared = content is None or content.snapshot.content.share_type != ShareType.NONE
    titles = [_("登记"), _("审核"), _("发布备案"), _("确认列入") if shared else _("核定"), *([_("提供接口")] if shared else [])]
    at = _at(view, pending=pending)
    return [("dn" if place < at else "now" if place == at else "", title, "") for place, title in enumerate(titles)]


def _at(view: EntryView, *, pending: bool) -> int:
    if view.pending is not None and (pending or view.published is None):
        return 1 if view.pending.status == Status.REVIEW else 0
    if view.listing and view.listing.status in IN_CATALOG:
        return 5 if view.missing_interface is None else 4
    if view.verification and view.verification.status == VerificationStatus.VERIFIED:
        return 4
    waits = view.listing and view.listing.status in {ListingStatus.FILED, ListingStatus.RETURNED, ListingStatus.DELISTED}
    return 3 if waits or view.verification else 5


def receipt_of(entry: UUID) -> str:
    """Number of the receipt of what was just done."""
    return Step.objects.filter(entry=entry).order_by("-id").values_list("receipt", flat=True).first() or ""
