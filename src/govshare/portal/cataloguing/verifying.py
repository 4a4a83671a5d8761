"""不予共享核定: what departments do not share, with its ground, before the authority (CD2016-13.2)."""

from collections.abc import Mapping
from uuid import UUID

from django import forms as django_forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.models import Verification
from govshare.catalog.queries.contents import snapshot
from govshare.catalog.rules.choices import VerificationStatus
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import compared, conformity, forms, looking, remarking
from govshare.portal.cataloguing.words import ITEM_FIELDS, Words, label
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

VERIFY = cite("CD2016-13.2")
AUTHORITY = (Role.AUTHORITY,)
TABS: Mapping[str, str | Promise] = {
    VerificationStatus.PENDING: _("待核定"),
    VerificationStatus.VERIFIED: _("已核定"),
    VerificationStatus.RETURNED: _("核定退回"),
    VerificationStatus.LAPSED: _("不再适用"),
}
COLUMNS = (
    Column("name", _("资源名称 / 代码"), lambda row: row.revision.name, cell="portal/cataloguing/cells/verification_name.html"),
    Column("code", _("信息资源代码"), lambda row: row.entry.code, only_export=True),
    Column("provider", _("提供部门"), lambda row: row.entry.provider.short_name),
    Column("ground", _("不予共享依据"), lambda row: str(row.revision.ground or ""), cell="portal/cataloguing/cells/words.html"),
    Column(
        "status", _("状态"), lambda row: label(VerificationStatus, row.status), cell="portal/cataloguing/cells/verification_status.html"
    ),
    Column("filed_at", _("报请时间"), lambda row: row.filed_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("decided_at", _("决定时间"), lambda row: row.decided_at, cell="portal/cataloguing/cells/moment.html", css="nowrap"),
    Column("step", _("办理"), lambda _row: gettext("查看"), cell="portal/cataloguing/cells/verification_step.html", css="ra nowrap"),
)


@page("verifications/", title=_("不予共享核定"), basis=VERIFY, roles=AUTHORITY, lists=True)
def verifications(request: Request) -> HttpResponse:
    """What waits, the oldest first; behind tabs what was decided."""
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else VerificationStatus.PENDING
    mine = request.actor.organization
    rows = catalog.verification_queue(mine) if tab == VerificationStatus.PENDING else catalog.verifications(mine, status=tab)
    return listing(
        request,
        "portal/cataloguing/verifications.html",
        title=gettext("不予共享核定"),
        columns=COLUMNS,
        rows=rows,
        tabs=[(key, title, catalog.verifications(mine, status=key).count()) for key, title in TABS.items()],
        tab=tab,
    )


class Verdict(forms.Verdict):
    verdict = django_forms.ChoiceField(choices=[("verify", "verify"), ("return", "return")], widget=django_forms.HiddenInput)


@page("verifications/<uuid:verification>/", title=_("核定"), basis=VERIFY, roles=AUTHORITY, methods=("GET", "POST"))
def verification(request: Request, verification: UUID) -> HttpResponse:
    """The entry, the text of the ground it rests on, and the decision."""
    found = _found(verification)
    view = looking.seen(request, found.entry_id)
    form = Verdict(request, initial={"revision": found.revision.number})
    if form.sent:
        with form.refusals():
            return _decide(request, found, form)
    said = snapshot(found.revision)
    return render(
        request,
        "portal/cataloguing/verification.html",
        view=view,
        found=found,
        ground=found.revision.ground,
        form=form,
        fields=compared.fields(None, said, Words()),
        items=compared.items(None, said),
        item_fields=ITEM_FIELDS.values(),
        typed=remarking.typed(request.POST),
        whole=True,
        after=gettext("备案"),
        before=None,
        checks=conformity.checks(found.revision, view),
        why={verb: catalog.moves.why_not_decide(verb, found, by=request.actor) for verb in ("verify", "return")},
        steps=looking.told(view.history)[:8],
        status=form.status,
    )


def _found(key: UUID) -> Verification:
    related = ("entry__provider", "revision__ground", "revision__node", "revision__source", "revision__entry")
    row = Verification.objects.select_related(*related).filter(pk=key).first()
    if row is None:
        raise NotFound(gettext("没有这一件核定，请回到列表"), basis=VERIFY)
    return row


def _decide(request: Request, found: Verification, form: Verdict) -> HttpResponse:
    revision, reason = form.cleaned_data["revision"], form.cleaned_data["reason"]
    remarks = remarking.remarks(request.POST)
    if form.cleaned_data["verdict"] == "return":
        services.return_not_shared(
            entry=found.entry_id, reason=reason, remarks=remarks, expected_revision=revision, by=request.actor, now=utc_now()
        )
        said = gettext("已退回提供部门")
    else:
        if remarks:
            raise WrongState(gettext("写了逐处意见就不能同时核定：请退回，或清空意见后再核定"), basis=VERIFY)
        services.verify_not_shared(entry=found.entry_id, expected_revision=revision, opinion=reason, by=request.actor, now=utc_now())
        said = gettext("已核定不予共享")
    return done(request, said, to=reverse("verifications"), receipt=looking.receipt_of(found.entry_id))
