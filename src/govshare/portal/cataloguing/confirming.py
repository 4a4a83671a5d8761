"""备案与确认: what departments filed, checked against the rules, and the authority's decision on it (CD2016-16, 17)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.models import Listing
from govshare.catalog.queries.contents import snapshot
from govshare.catalog.rules.choices import ListingStatus, ShareType
from govshare.catalog.rules.words import normal
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import compared, conformity, forms, looking, remarking
from govshare.portal.cataloguing.words import ITEM_FIELDS, Words, label
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

CONFIRM = cite("CD2016-16")
AUTHORITY = (Role.AUTHORITY,)
TABS: Mapping[str, str | Promise] = {
    "": _("待决定"),
    ListingStatus.FILED: _("新备案"),
    ListingStatus.CHANGED: _("变更待确认"),
    ListingStatus.LISTED: _("已列入"),
    ListingStatus.RETURNED: _("退回调整"),
    ListingStatus.DELISTED: _("已移出"),
}
_WAITING = (ListingStatus.FILED, ListingStatus.CHANGED)
COLUMNS = (
    Column("name", _("资源名称 / 代码"), lambda row: row.filed.name, cell="portal/cataloguing/cells/listing_name.html"),
    Column("code", _("信息资源代码"), lambda row: row.entry.code, only_export=True),
    Column("provider", _("提供部门"), lambda row: row.entry.provider.short_name),
    Column(
        "share_type",
        _("共享类型"),
        lambda row: label(ShareType, row.filed.share_type),
        cell="portal/cataloguing/cells/listing_share_type.html",
    ),
    Column("revision", _("备案版次"), lambda row: row.filed.number, css="ra"),
    Column("status", _("状态"), lambda row: label(ListingStatus, row.status), cell="portal/cataloguing/cells/listing_status.html"),
    Column("filed_at", _("备案时间"), lambda row: row.filed_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("decided_at", _("决定时间"), lambda row: row.decided_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("step", _("办理"), lambda _row: gettext("查看"), cell="portal/cataloguing/cells/listing_step.html", css="ra nowrap"),
)


@page("listings/", title=_("备案与确认"), basis=CONFIRM, roles=AUTHORITY, lists=True)
def listings(request: Request) -> HttpResponse:
    """What waits for a decision, the oldest first; behind tabs everything there ever was."""
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else ""
    mine = request.actor.organization
    rows = catalog.listings(mine, status=tab) if tab else catalog.filed_queue(mine)
    words = normal(request.GET.get("q", "")[:100].strip())
    found = [row for row in rows if not words or words in normal(f"{row.filed.name} {row.entry.code} {row.entry.provider.name}")]
    counts = {key: catalog.listings(mine, status=key).count() for key in TABS if key}
    counts[""] = sum(counts[key] for key in _WAITING)
    return listing(
        request,
        "portal/cataloguing/listings.html",
        title=gettext("备案与确认"),
        columns=COLUMNS,
        rows=found,
        tabs=[(key, title, counts[key]) for key, title in TABS.items()],
        tab=tab,
    )


class Verdict(forms.Verdict):
    """Confirm with an opinion, or return with reason and remarks."""

    verdict = django_forms.ChoiceField(choices=[("confirm", "confirm"), ("return", "return")], widget=django_forms.HiddenInput)


@page("listings/<uuid:entry>/", title=_("备案详情"), basis=CONFIRM, roles=AUTHORITY, methods=("GET", "POST"), name="listing")
def listing_entry(request: Request, entry: UUID) -> HttpResponse:
    """What is filed beside what is listed, the checks, and the decision."""
    view = looking.seen(request, entry)
    filed = _filed(entry)
    form = Verdict(request, initial={"revision": filed.filed.number})
    if form.sent:
        with form.refusals():
            return _decide(request, entry, form)
    before = snapshot(filed.listed) if filed.listed and filed.listed_id != filed.filed_id else None
    said = snapshot(filed.filed)
    fields, items = compared.fields(before, said, Words()), compared.items(before, said)
    whole = before is None or "all" in request.GET
    return render(
        request,
        "portal/cataloguing/listing.html",
        after=gettext("备案"),
        view=view,
        filed=filed,
        form=form,
        before=before,
        whole=whole,
        fields=[row for row in fields if whole or row.changed],
        items=[row for row in items if whole or row.changed],
        counts={"fields": sum(row.changed for row in fields), "items": sum(row.changed for row in items)},
        item_fields=ITEM_FIELDS.values(),
        typed=remarking.typed(request.POST),
        checks=conformity.checks(filed.filed, view),
        why={verb: catalog.moves.why_not_decide(verb, filed, by=request.actor) for verb in ("confirm", "adjust", "delist")},
        back_why=catalog.moves.why_not_decide(_back(filed), filed, by=request.actor),
        way=looking.way(view),
        steps=looking.told(view.history)[:8],
        status=form.status,
    )


def _filed(entry: UUID) -> Listing:
    found = Listing.objects.select_related("entry__provider", "filed__entry", "filed__node", "filed__ground", "filed__source", "listed")
    row = found.filter(entry=entry).first()
    if row is None:
        raise NotFound(gettext("这条信息资源没有备案待列入共享目录的内容"), basis=CONFIRM)
    return row


def _back(filed: Listing) -> str:
    return "send_change_back" if filed.status == ListingStatus.CHANGED else "send_back"


def _decide(request: Request, entry: UUID, form: Verdict) -> HttpResponse:
    revision, reason = form.cleaned_data["revision"], form.cleaned_data["reason"]
    remarks = remarking.remarks(request.POST)
    if form.cleaned_data["verdict"] == "return":
        services.send_back(entry=entry, reason=reason, remarks=remarks, expected_revision=revision, by=request.actor, now=utc_now())
        said = gettext("已退回提供部门")
    else:
        if remarks:
            raise WrongState(gettext("写了逐处意见就不能同时确认：请退回，或清空意见后再确认"), basis=CONFIRM)
        services.confirm(entry=entry, expected_revision=revision, opinion=reason, by=request.actor, now=utc_now())
        said = gettext("已确认列入共享目录")
    return done(request, said, to=reverse("listings"), receipt=looking.receipt_of(entry))


@page("listings/<uuid:entry>/adjust/", title=_("调整并列入"), basis=CONFIRM, roles=AUTHORITY, methods=("GET", "POST"))
def listing_adjust(request: Request, entry: UUID) -> HttpResponse:
    """The authority's own adjustment: a new revision, shown to the department with the reason."""
    view = looking.seen(request, entry)
    filed = _filed(entry)
    content = snapshot(filed.filed).content
    form = forms.Adjustment(request, content=content, revision=filed.filed.number, provider=str(view.provider))
    if form.sent:
        with form.refusals():
            services.adjust(
                entry=entry,
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
                expected_revision=form.cleaned_data["revision"],
                by=request.actor,
                now=utc_now(),
            )
            said = gettext("已调整并列入，提供部门会看到理由")
            return done(request, said, to=reverse("listing", args=[entry]), receipt=looking.receipt_of(entry))
    why = catalog.moves.why_not_decide("adjust", filed, by=request.actor)
    return render(
        request, "portal/cataloguing/adjust.html", view=view, filed=filed, form=form, why=why, content=content, status=form.status
    )


class Delisting(Form):
    revision = django_forms.IntegerField(widget=django_forms.HiddenInput)
    reason = django_forms.CharField(label=_("移出原因"), max_length=2000, widget=django_forms.Textarea(attrs={"rows": 3}))


@page("listings/<uuid:entry>/delist/", title=_("移出共享目录"), basis=cite("CD2016-17"), roles=AUTHORITY, methods=("GET", "POST"))
def listing_delist(request: Request, entry: UUID) -> HttpResponse:
    """Out of the sharing catalog, with the reason."""
    view = looking.seen(request, entry)
    filed = _filed(entry)
    form = Delisting(request, initial={"revision": filed.filed.number})
    if form.sent:
        with form.refusals():
            given: dict[str, Any] = {"reason": form.cleaned_data["reason"], "expected_revision": form.cleaned_data["revision"]}
            services.delist(entry=entry, **given, by=request.actor, now=utc_now())
            return done(request, gettext("已移出共享目录"), to=reverse("listing", args=[entry]), receipt=looking.receipt_of(entry))
    return render(
        request,
        "portal/form.html",
        form=form,
        title=gettext("移出共享目录 · %(name)s") % {"name": filed.filed.name},
        intro=gettext("移出之后别的部门看不到它，也不能再申请；提供部门会看到原因，可以说明理由再次备案。"),
        submit=gettext("移出共享目录"),
        back=reverse("listing", args=[view.id]),
        status=form.status,
    )
