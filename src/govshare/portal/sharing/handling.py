"""What is done with a demand by a few words or one button: submit, undo, withdraw, return, decline, accept, ask, complete, press."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing.demands import DEMAND
from govshare.portal.sharing.drafting import FIVE, WHO, last_receipt, submitted
from govshare.portal.sharing.fields import PlacedForm
from govshare.sharing import queries
from govshare.sharing.models import Attachment, Demand
from govshare.sharing.queries import moves
from govshare.sharing.rules import DemandStatus
from govshare.sharing.rules.demands import COMPLETION, SILENCE, UNDO
from govshare.sharing.services import acceptance, attachments, checks, demands

CHECKERS = (Role.RESOURCE_ADMIN, Role.LEADER)
ASKERS = (Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)
BOTH = ("GET", "POST")
Doing = Callable[[str, int | None, datetime], Demand]


class WordsForm(PlacedForm):
    """A few words, under whatever name the service calls them."""

    words = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request, *, label: str | Promise, hint: str | Promise, initial: dict[str, Any]) -> None:
        super().__init__(request, initial=initial)
        self.fields["words"].label, self.fields["words"].help_text = str(label), str(hint)

    def placed(self, place: str) -> str:  # noqa: ARG002 - there is but one
        return "words"


def in_words(
    request: Request, demand: UUID, verb: str, doing: Doing, *, label: str | Promise, hint: str | Promise, submit: str | Promise, said: str
) -> HttpResponse:
    """A page with one field, and what its words do."""
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    if request.method == "GET":
        moves.permit(found, verb, by=by, on=local_date(now))
    form = WordsForm(request, label=label, hint=hint, initial={"version": found.version})
    back = reverse("demand", args=[demand])
    if form.sent:
        with form.refusals():
            after = doing(form.cleaned_data["words"], form.cleaned_data["version"], now)
            return done(request, said, to=back, receipt=last_receipt(after))
    return render(request, "portal/sharing/words.html", status=form.status, form=form, demand=found, submit=submit, back=back)


@act("demands/<uuid:demand>/submit/", title=_("提交本部门把关"), basis=FIVE, roles=WHO)
def demand_submit(request: Request, demand: UUID) -> HttpResponse:
    return submitted(request, demands.submit(demand=demand, by=request.actor, now=utc_now()))


@act("demands/<uuid:demand>/undo/", title=_("收回刚提交的"), basis=UNDO, roles=WHO)
def demand_undo(request: Request, demand: UUID) -> HttpResponse:
    found = demands.undo(demand=demand, by=request.actor, now=utc_now())
    said = gettext("已收回，内容都在草稿里，可以修改后再提交")
    return done(request, said, to=reverse("demand-edit", args=[demand]), receipt=last_receipt(found))


@page("demands/<uuid:demand>/withdraw/", title=_("撤回需求"), basis=DEMAND, roles=WHO, methods=BOTH)
def demand_withdraw(request: Request, demand: UUID) -> HttpResponse:
    return in_words(
        request,
        demand,
        "withdraw",
        lambda words, _version, now: demands.withdraw(demand=demand, reason=words, by=request.actor, now=now),
        label=_("撤回的理由"),
        hint=_("撤回后所有期限停止，各方都能看到理由；以后需要的，重新申请。"),
        submit=_("撤回"),
        said=gettext("需求已撤回"),
    )


@page("demands/<uuid:demand>/return/", title=_("退回补正"), basis=FIVE, roles=CHECKERS, methods=BOTH)
def demand_return(request: Request, demand: UUID) -> HttpResponse:
    return in_words(
        request,
        demand,
        "return_inside",
        lambda words, _version, now: checks.return_to_drafter(demand=demand, missing=words, by=request.actor, now=now),
        label=_("需要补正什么"),
        hint=_("逐条写清缺什么、怎么改；起草人改好后重新提交。"),
        submit=_("退回补正"),
        said=gettext("已退回起草人补正"),
    )


@page("demands/<uuid:demand>/decline/", title=_("本部门不予提出"), basis=FIVE, roles=CHECKERS, methods=BOTH)
def demand_decline(request: Request, demand: UUID) -> HttpResponse:
    return in_words(
        request,
        demand,
        "decline_inside",
        lambda words, _version, now: checks.decline(demand=demand, reason=words, by=request.actor, now=now),
        label=_("不予提出的理由"),
        hint=_("需求没有离开本部门，其他部门看不到。"),
        submit=_("不予提出"),
        said=gettext("本部门决定不提出这项需求"),
    )


@page("demands/<uuid:demand>/accept/", title=_("受理需求"), basis=DEMAND, roles=(Role.AUTHORITY,), methods=BOTH)
def demand_accept(request: Request, demand: UUID) -> HttpResponse:
    return in_words(
        request,
        demand,
        "accept",
        lambda words, version, now: acceptance.accept(demand=demand, opinion=words, version=version, by=request.actor, now=now),
        label=_("受理意见（可不填）"),
        hint=_("受理后转提供部门逐项答复，答复期限从今天起算。"),
        submit=_("受理并转提供部门"),
        said=gettext("已受理，转提供部门答复"),
    )


_ASKS = {DemandStatus.ACCEPTING: "ask_before_accepting", DemandStatus.PRESSED: "ask_when_pressed"}


@page("demands/<uuid:demand>/ask/", title=_("要求补正"), basis=COMPLETION, roles=ASKERS, methods=BOTH)
def demand_ask(request: Request, demand: UUID) -> HttpResponse:
    """Before acceptance or before the answer, by whoever's turn it is."""
    status = DemandStatus(queries.demands.get(demand, by=request.actor).status)
    return in_words(
        request,
        demand,
        _ASKS.get(status, "ask_before_deciding"),
        lambda words, _version, now: acceptance.ask_completion(demand=demand, missing=words, by=request.actor, now=now),
        label=_("需要补正什么"),
        hint=_("逐条写清缺什么；补正期间您的期限中止，补正后续算。"),
        submit=_("要求补正"),
        said=gettext("已要求需求部门补正"),
    )


@page("demands/<uuid:demand>/complete/", title=_("提交补正"), basis=COMPLETION, roles=WHO, methods=BOTH)
def demand_complete(request: Request, demand: UUID) -> HttpResponse:
    """Words; files are added on the demand's own page, fields changed by amending."""
    status = queries.demands.get(demand, by=request.actor).status
    return in_words(
        request,
        demand,
        "complete_for_acceptance" if status == DemandStatus.ACCEPTING_INCOMPLETE else "complete_for_decision",
        lambda words, _version, now: demands.complete(demand=demand, answer=words, by=request.actor, now=now),
        label=_("补正说明"),
        hint=_("逐条答复补正要求。材料先在需求页上传为附件；要改五项要素的，用“修改后重新把关”。"),
        submit=_("提交补正"),
        said=gettext("补正已提交，对方的期限续算"),
    )


@page("demands/<uuid:demand>/press/", title=_("发出督办意见"), basis=SILENCE, roles=(Role.AUTHORITY,), methods=BOTH)
def demand_press(request: Request, demand: UUID) -> HttpResponse:
    return in_words(
        request,
        demand,
        "press",
        lambda words, _version, now: acceptance.press(demand=demand, opinion=words, by=request.actor, now=now),
        label=_("督办意见"),
        hint=_("发给提供部门；提供部门仍可答复，记为逾期。"),
        submit=_("发出督办意见"),
        said=gettext("督办意见已发出"),
    )


class AttachForm(Form):
    file = forms.FileField(label=_("附件"), error_messages={"required": _("请先选择文件"), "empty": _("文件是空的，未保存")})


@page("demands/<uuid:demand>/attach/", title=_("上传附件"), basis=FIVE, roles=WHO, methods=BOTH)
def demand_attach(request: Request, demand: UUID) -> HttpResponse:
    """One file; what is refused is told here, with the way back."""
    found = queries.demands.get(demand, by=request.actor)
    form, back = AttachForm(request), reverse("demand", args=[demand])
    if form.sent:
        with form.refusals():
            file = form.cleaned_data["file"]
            made = attachments.add(demand=demand, name=file.name, content=file, by=request.actor, now=utc_now())
            return done(request, gettext("已上传附件“%(name)s”") % {"name": made.name}, to=f"{back}#attachments", receipt=made.receipt)
    return render(request, "portal/sharing/words.html", status=form.status, form=form, demand=found, submit=_("上传附件"), back=back)


@act("demands/attachments/<uuid:attachment>/remove/", title=_("移除附件"), basis=FIVE, roles=WHO)
def demand_attachment_remove(request: Request, attachment: UUID) -> HttpResponse:
    found: Attachment = queries.attachments.get(attachment, by=request.actor)
    attachments.remove(attachment=attachment, by=request.actor, now=utc_now())
    return done(request, gettext("已移除附件"), to=reverse("demand", args=[found.demand_id]) + "#attachments")
