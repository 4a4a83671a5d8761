"""The own administrator's check 「本部门把关」: each of the five elements looked at and ticked (CD2016-29.1)."""

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
from govshare.portal.sharing.demand import asked_items, listed_or_none
from govshare.portal.sharing.drafting import FIVE, last_receipt
from govshare.portal.sharing.fields import PlacedForm
from govshare.portal.sharing.handling import BOTH, CHECKERS
from govshare.portal.templatetags.gx import term
from govshare.sharing import queries
from govshare.sharing.models import Demand
from govshare.sharing.queries import moves
from govshare.sharing.rules import DemandStatus, Element, Way
from govshare.sharing.services import checks


class CheckForm(PlacedForm):
    checked = forms.MultipleChoiceField(label=_("逐项核定"), required=False, widget=forms.CheckboxSelectMultiple)
    opinion = forms.CharField(label=_("把关意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request, *, initial: dict[str, object]) -> None:
        super().__init__(request, initial=initial)
        self.offer("checked", [(element.value, term(element.label)) for element in Element])

    def placed(self, place: str) -> str:
        return "checked" if place.startswith("checked.") else place


@page("demands/<uuid:demand>/check/", title=_("本部门把关"), basis=FIVE, roles=CHECKERS, methods=BOTH)
def demand_check(request: Request, demand: UUID) -> HttpResponse:
    """All five, or it goes back: what passes is raised, and what is shared without condition is granted at once."""
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    if request.method == "GET":
        moves.permit(found, "forward", by=by, on=local_date(now))
    form = CheckForm(request, initial={"version": found.version})
    if form.sent:
        with form.refusals():
            after = checks.pass_check(demand=demand, **form.cleaned_data, by=by, now=now)
            return _passed(request, after)
    entry = listed_or_none(found.entry_id)
    items = asked_items(found, entry)
    chosen = words.way_of(found, entry)
    return render(
        request,
        "portal/sharing/check.html",
        status=form.status,
        form=form,
        demand=found,
        entry=entry,
        items=items,
        sensitive=[each for each in items if each.listed and each.listed.sensitivity != "ordinary"],
        conditions=words.conditions(found.elements().conditions, {item.id: item.name for item in entry.items} if entry else {}),
        way=chosen,
        at_once=chosen in {Way.AT_ONCE, Way.STATUTORY},
        standing=of_demand(found, now=now),
        attachments=found.attachments.all(),
    )


def _passed(request: Request, demand: Demand) -> HttpResponse:
    if demand.status == DemandStatus.GRANTED:
        grant = demand.renews or queries.grants.visible(request.actor).get(demand=demand)
        address = reverse("grant-first", args=[grant.pk])
        return done(request, gettext("把关通过，授权已生效，现在可以取数"), to=address, receipt=last_receipt(demand))
    said = gettext("把关通过，已向提供部门提出") if demand.status == DemandStatus.DECIDING else gettext("把关通过，已报主管部门受理")
    return done(request, said, to=reverse("demand", args=[demand.pk]), receipt=last_receipt(demand))
