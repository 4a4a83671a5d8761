"""The provider's answer: item by item, or of a longer term, or a refusal of the whole on a legal ground (CD2016-22, 25.2)."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing import words
from govshare.portal.sharing.clocks import of_demand
from govshare.portal.sharing.decision import DecisionForm, Question, because, ground_choices, grounds
from govshare.portal.sharing.demand import asked_items, listed_or_none
from govshare.portal.sharing.demands import DEMAND
from govshare.portal.sharing.drafting import last_receipt
from govshare.portal.sharing.fields import PlacedForm
from govshare.portal.sharing.handling import ASKERS, BOTH, CHECKERS
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.queries import moves
from govshare.sharing.rules import DemandStatus
from govshare.sharing.services import acceptance, decisions

AGREED = cite("CD2016-25.2")


@page("demands/<uuid:demand>/decide/", title=_("逐项答复"), basis=AGREED, roles=CHECKERS, methods=BOTH)
def demand_decide(request: Request, demand: UUID) -> HttpResponse:
    """Each item: plainly, masked, as a hash, as a query key, or not at all; then the terms."""
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    if request.method == "GET":
        moves.permit(found, "grant", by=by, on=local_date(now))
    entry = listed_or_none(found.entry_id)
    known = list(entry.items) if entry else []
    form = DecisionForm(request, Question(found, asked_items(found, entry), known))
    if form.sent:
        with form.refusals():
            grant = decisions.decide(demand=demand, decision=form.decision(), version=form.cleaned_data["version"], by=by, now=now)
            said = gettext("已答复，授权 %(number)s 生效") % {"number": grant.number}
            return done(request, said, to=reverse("grant", args=[grant.pk]), receipt=grant.receipt)
    return render(
        request,
        "portal/sharing/decide.html",
        status=form.status,
        form=form,
        demand=found,
        entry=entry,
        grounds=form.question.grounds,
        conditions=words.conditions(found.elements().conditions, {item.id: item.name for item in known}),
        standing=of_demand(found, now=now),
        attachments=found.attachments.all(),
        back=reverse("demand", args=[demand]),
    )


class RefusalForm(PlacedForm):
    ground = forms.ChoiceField(
        label=_("法定依据"),
        required=False,
        widget=forms.Select(attrs={"lang": "zh"}),
        help_text=_("只能从登记簿中选择；没有法定依据的，不得拒绝。"),
    )
    reason = forms.CharField(label=_("理由"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request, *, initial: dict[str, object]) -> None:
        super().__init__(request, initial=initial)
        self.grounds = grounds()
        self.offer("ground", ground_choices(self.grounds))


@page("demands/<uuid:demand>/refuse/", title=_("不予提供"), basis=DEMAND, roles=ASKERS, methods=BOTH)
def demand_refuse(request: Request, demand: UUID) -> HttpResponse:
    """By the provider, or, before acceptance, by the authority; on a registered legal ground only."""
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    before = found.status == DemandStatus.ACCEPTING
    if request.method == "GET":
        moves.permit(found, "refuse_acceptance" if before else "refuse", by=by, on=local_date(now))
    form, back = RefusalForm(request, initial={"version": found.version}), reverse("demand", args=[demand])
    if form.sent:
        with form.refusals():
            said = form.cleaned_data
            chosen = UUID(said["ground"]) if said["ground"] else None
            refusing = acceptance.refuse if before else decisions.refuse
            after = refusing(demand=demand, ground=chosen, reason=said["reason"], version=said["version"], by=by, now=now)
            return done(request, gettext("已答复不予提供，理由和依据已告知需求部门"), to=back, receipt=last_receipt(after))
    return render(
        request,
        "portal/sharing/refuse.html",
        status=form.status,
        form=form,
        demand=found,
        grounds=form.grounds,
        title=_("不予受理") if before else _("不予提供"),
        back=back,
    )


class ProlongForm(PlacedForm):
    ends_on = forms.DateField(label=_("同意的截止时间"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ground = forms.ChoiceField(
        label=_("法定依据"),
        required=False,
        widget=forms.Select(attrs={"lang": "zh"}),
        help_text=_("短于所求时，选择法定依据，或摘录已公布的共享条件。"),
    )
    quote = forms.CharField(label=_("共享条件原文摘录"), required=False, max_length=2000)
    opinion = forms.CharField(label=_("答复意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request, *, initial: dict[str, object]) -> None:
        super().__init__(request, initial=initial)
        self.offer("ground", ground_choices(grounds()))

    def placed(self, place: str) -> str:
        return {"because": "ground", "because.quote": "quote"}.get(place, place)


@page("demands/<uuid:demand>/prolong/", title=_("答复续期"), basis=AGREED, roles=CHECKERS, methods=BOTH)
def demand_prolong(request: Request, demand: UUID) -> HttpResponse:
    """A longer term for a running grant, or a shorter one than asked, with its ground."""
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    if request.method == "GET":
        moves.permit(found, "grant", by=by, on=local_date(now))
    form = ProlongForm(request, initial={"ends_on": found.ends_on, "version": found.version})
    if form.sent:
        with form.refusals():
            said = dict(form.cleaned_data)
            reason = because(said.pop("ground"), said.pop("quote"))
            grant = decisions.agree_renewal(demand=demand, because=reason, **said, by=by, now=now)
            told = gettext("已同意续期至 %(day)s") % {"day": grant.ends_on.isoformat()}
            return done(request, told, to=reverse("grant", args=[grant.pk]), receipt=last_receipt(found))
    back = reverse("demand", args=[demand])
    return render(request, "portal/sharing/prolong.html", status=form.status, form=form, demand=found, grant=found.renews, back=back)
