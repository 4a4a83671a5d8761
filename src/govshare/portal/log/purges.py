"""Acts on what is kept: holds, and ordered purges by two persons (CD2016-39)."""

from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.archive import services, two_persons
from govshare.archive.models import Hold, Purge
from govshare.kernel.clock import begins, utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.log.openings import BOTH, COLOURS, RefuseForm
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

HELD = convention("PC-113")
TWO = convention("PC-114")
LAW = cite("CD2016-39")


class HoldForm(Form):
    since = forms.DateField(label=gettext_lazy("自"))
    until = forms.DateField(label=gettext_lazy("至"))
    document = forms.CharField(label=gettext_lazy("文号"), max_length=200)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@page("retention/holds/new/", title=gettext_lazy("设定保全"), basis=HELD, roles=(Role.AUDIT_ADMIN,), operator=True, methods=("GET", "POST"))
def retention_hold(request: Request) -> HttpResponse:
    """Keep what was recorded on these days beyond every term."""
    form = HoldForm(request)
    if form.sent:
        with form.refusals():
            given = form.cleaned_data
            until = given["until"] if given["until"] == date.max else given["until"] + timedelta(days=1)
            services.place_hold(
                since=begins(given["since"]),
                until=begins(until),
                reason=given["reason"],
                document=given["document"],
                by=request.actor,
                now=utc_now(),
            )
            return done(request, _("已设定保全"), to=reverse("retention"))
    return render(request, "portal/log/keeping.html", form=form, basis_of="PC-113", submit=_("设定保全"), status=form.status)


class LiftForm(Form):
    reason = forms.CharField(label=gettext_lazy("解除的理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@page(
    "retention/holds/<uuid:hold>/lift/",
    title=gettext_lazy("解除保全"),
    basis=HELD,
    roles=(Role.AUDIT_ADMIN,),
    operator=True,
    methods=("GET", "POST"),
)
def retention_lift(request: Request, hold: UUID) -> HttpResponse:
    """End a hold; what is past its term may then be disposed of."""
    if not Hold.objects.filter(pk=hold).exists():
        raise NotFound("没有这项保全，请核对", basis=HELD)
    form = LiftForm(request)
    if form.sent:
        with form.refusals():
            services.lift_hold(hold=hold, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, _("已解除保全"), to=reverse("retention"))
    return render(request, "portal/log/keeping.html", form=form, basis_of="PC-113", submit=_("解除保全"), status=form.status)


class PurgeForm(Form):
    month = forms.CharField(label=gettext_lazy("月份"), max_length=7, help_text=gettext_lazy("写作 2026-03，须早于本月（按世界协调时）。"))
    document = forms.CharField(label=gettext_lazy("文号"), max_length=200)
    grounds = forms.CharField(label=gettext_lazy("依据和理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@page(
    "retention/purges/new/",
    title=gettext_lazy("申请销毁号码密钥"),
    basis=TWO,
    roles=(Role.AUDIT_ADMIN,),
    operator=True,
    methods=("GET", "POST"),
)
def retention_purge_new(request: Request) -> HttpResponse:
    """Ask for an ordered purge; nothing is destroyed before another person agrees."""
    form = PurgeForm(request)
    if form.sent:
        with form.refusals():
            asked = services.ask_purge(**form.cleaned_data, by=request.actor, now=utc_now())
            said = _("已申请，等待另一名审计管理员或分管领导答复")
            return done(request, said, to=reverse("retention-purge", args=[asked.id]), receipt=asked.receipt)
    return render(request, "portal/log/keeping.html", form=form, basis_of="PC-114", submit=_("申请"), status=form.status)


@page("retention/purges/<uuid:purge>/", title=gettext_lazy("销毁号码密钥"), basis=TWO, roles=BOTH, operator=True)
def retention_purge(request: Request, purge: UUID) -> HttpResponse:
    """One request: the order, who said what, and the answer to give."""
    return _shown(request, purge)


@act("retention/purges/<uuid:purge>/agree/", title=gettext_lazy("同意销毁"), basis=TWO, roles=BOTH, operator=True)
def retention_purge_agree(request: Request, purge: UUID) -> HttpResponse:
    answer = services.agree_to_purge(purge=purge, by=request.actor, now=utc_now())
    said = _("已同意，该月密钥已销毁；请通知保管人一并销毁备份")
    return done(request, said, to=reverse("retention-purge", args=[purge]), receipt=answer.receipt)


@act("retention/purges/<uuid:purge>/refuse/", title=gettext_lazy("不同意销毁"), basis=TWO, roles=BOTH, operator=True)
def retention_purge_refuse(request: Request, purge: UUID) -> HttpResponse:
    form = RefuseForm(request)
    if form.sent:
        with form.refusals():
            answer = services.refuse_purge(purge=purge, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, _("已记下不同意"), to=reverse("retention-purge", args=[purge]), receipt=answer.receipt)
    return _shown(request, purge, form)


def _shown(request: Request, purge: UUID, form: RefuseForm | None = None) -> HttpResponse:
    asked = two_persons.find(Purge, purge)
    answer = two_persons.answer_to(asked)
    state = two_persons.standing(asked, answer, now=utc_now())
    return render(
        request,
        "portal/log/purge.html",
        asked=asked,
        answer=answer,
        state=state,
        colour=COLOURS[state],
        form=form or RefuseForm(request),
        why_not=why_not(lambda: two_persons.need_second(asked, by=request.actor)),
        status=form.status if form else 200,
    )
