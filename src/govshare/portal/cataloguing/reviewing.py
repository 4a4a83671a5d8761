"""目录审核: the department's queue, and one entry side by side with what stands, remarks at every place (CD2016-14, 15)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.models import Revision
from govshare.catalog.queries import EntryView
from govshare.catalog.rules.choices import ShareType, Status
from govshare.duties import queries as duties
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.organizations.models import Person
from govshare.portal.cataloguing import compared, drafting, looking, remarking
from govshare.portal.cataloguing.words import ITEM_FIELDS, Words, label
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

REVIEW = cite("CD2016-15")
REVIEWERS = (Role.REVIEWER, Role.LEADER)
COLUMNS = (
    Column("name", _("资源名称 / 代码"), lambda row: row["revision"].name, cell="portal/cataloguing/cells/review_name.html"),
    Column("code", _("信息资源代码"), lambda row: row["revision"].entry.code, only_export=True),
    Column("node", _("信息资源分类"), lambda row: str(row["revision"].node)),
    Column(
        "share_type",
        _("共享类型"),
        lambda row: label(ShareType, row["revision"].share_type),
        cell="portal/cataloguing/cells/review_share_type.html",
    ),
    Column("what", _("送审内容"), lambda row: row["what"]),
    Column("by", _("提交人"), lambda row: row["by"]),
    Column("since", _("提交时间"), lambda row: row["revision"].submitted_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column(
        "due_on", _("应于"), lambda row: row["clock"].duty.due_on if row["clock"] else None, cell="portal/cataloguing/cells/review_due.html"
    ),
    Column("step", _("办理"), lambda _row: gettext("审核"), cell="portal/cataloguing/cells/review_step.html", css="ra nowrap"),
)


@page("review/", title=_("目录审核"), basis=REVIEW, roles=REVIEWERS, lists=True)
def review(request: Request) -> HttpResponse:
    """What waits for the department's reviewer, the oldest first."""
    return listing(request, "portal/cataloguing/review.html", title=gettext("目录审核"), columns=COLUMNS, rows=_queue(request))


def _queue(request: Request) -> list[dict[str, Any]]:
    waiting = list(catalog.review_queue(UUID(request.actor.organization)))
    names = dict(Person.objects.filter(pk__in={row.submitted_by for row in waiting}).values_list("pk", "name"))
    now = utc_now()
    clocks = {each.duty.about: each for each in duties.standings(duties.open_for(request.actor.organization, now=now), now=now)}
    return [
        {
            "revision": row,
            "what": gettext("修订第 %(n)s 版") % {"n": row.number} if row.based_on else gettext("新登记"),
            "by": names.get(UUID(row.submitted_by), ""),
            "clock": clocks.get(row.entry.code),
        }
        for row in waiting
    ]


class Decision(Form):
    """Return or publish. Remarks come beside it, one per place."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("publish", "publish"), ("return", "return")], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("总的意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退回时填写；有逐处意见的可以不填"),
    )


@page("review/<uuid:entry>/", title=_("审核"), basis=REVIEW, roles=REVIEWERS, methods=("GET", "POST"))
def review_entry(request: Request, entry: UUID) -> HttpResponse:
    """Side by side by field and by item; approve, or return with remarks."""
    view = looking.seen(request, entry)
    if view.pending is None or view.pending.status != Status.REVIEW:
        raise WrongState(gettext("“%(code)s”没有待审核的内容，可能已经办过了，请回到列表") % {"code": view.code}, basis=REVIEW)
    form = Decision(request, initial={"version": view.version})
    if form.sent:
        with form.refusals():
            return _decide(request, view, form)
    revision = Revision.objects.select_related("entry").get(pk=view.pending.id)
    before = view.published.snapshot if view.published else None
    fields = compared.fields(before, view.pending.snapshot, Words())
    items = compared.items(before, view.pending.snapshot)
    whole = before is None or "all" in request.GET
    return render(
        request,
        "portal/cataloguing/review_entry.html",
        view=view,
        revision=revision,
        form=form,
        before=before,
        whole=whole,
        after=gettext("送审"),
        fields=[row for row in fields if whole or row.changed],
        items=[row for row in items if whole or row.changed],
        counts={"fields": sum(row.changed for row in fields), "items": sum(row.changed for row in items)},
        item_fields=ITEM_FIELDS.values(),
        typed=remarking.typed(request.POST),
        way=looking.way(view, pending=True),
        steps=looking.told(view.history)[:8],
        writers=Person.objects.filter(pk__in={*revision.editors, revision.submitted_by}).values_list("name", flat=True),
        publish_why=catalog.moves.why_not("publish", revision, by=request.actor, now=utc_now()),
        clocks=_clocks(request, view),
        status=form.status,
    )


def _clocks(request: Request, view: EntryView) -> list[duties.Standing]:
    now = utc_now()
    mine = [duty for duty in duties.open_for(request.actor.organization, now=now) if duty.about == view.code]
    return duties.standings(mine, now=now)


def _decide(request: Request, view: EntryView, form: Decision) -> HttpResponse:
    version, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
    remarks = remarking.remarks(request.POST)
    if form.cleaned_data["verdict"] == "return":
        services.return_entry(entry=view.id, reason=reason, remarks=remarks, expected_version=version, by=request.actor, now=utc_now())
        said = gettext("已退回登记人员")
    else:
        if remarks or reason.strip():
            raise WrongState(gettext("写了意见就不能同时通过：请退回，或清空意见后再发布"), basis=REVIEW)
        services.publish(entry=view.id, expected_version=version, by=request.actor, now=utc_now())
        said = gettext("已发布并报主管部门备案")
    return done(request, said, to=reverse("review"), receipt=looking.receipt_of(view.id))


@page("entries/<uuid:entry>/retire/", title=_("停用"), basis=cite("CD2016-21"), roles=REVIEWERS, methods=("GET", "POST"))
def entry_retire(request: Request, entry: UUID) -> HttpResponse:
    """The department no longer collects or holds it; it leaves the sharing catalog with the act."""
    return drafting.reasoned(
        request,
        entry,
        title=gettext("停用"),
        intro=gettext("不再采集或持有的信息资源停用后退出共享目录，代码不再使用；据此的授权随之终止。"),
        submit=gettext("停用"),
        said=gettext("已停用"),
        service=services.retire,
    )


@page("entries/<uuid:entry>/file-again/", title=_("再次备案"), basis=cite("CD2016-16"), roles=REVIEWERS, methods=("GET", "POST"))
def entry_file_again(request: Request, entry: UUID) -> HttpResponse:
    """Put what was sent back before the authority once more, unchanged, with reasons."""
    return drafting.reasoned(
        request,
        entry,
        title=gettext("再次备案"),
        intro=gettext("内容不改、说明理由，请主管部门再看一次。要改内容的，请登记人员修改后重新发布。"),
        submit=gettext("再次备案"),
        said=gettext("已再次备案"),
        service=services.file_again,
    )
