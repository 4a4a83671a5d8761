"""The end of a grant before its day, and its confirmation after the entry changed (PC-44, PC-47)."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing.decision import ground_choices, grounds
from govshare.portal.sharing.fields import PlacedForm
from govshare.portal.sharing.grants import back_to, side_of
from govshare.portal.sharing.handling import BOTH, CHECKERS
from govshare.portal.templatetags.gx import term
from govshare.sharing import queries
from govshare.sharing.models import Grant
from govshare.sharing.rules import Breach, GrantStatus
from govshare.sharing.rules.grants import EARLY_END, FOLLOWS_CATALOG
from govshare.sharing.services import grants as services

ENDERS = (Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)


class EndForm(PlacedForm):
    """The provider says by which ground or for which breach; others say only why."""

    why = forms.ChoiceField(label=_("情形"), required=False, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("法定依据"), required=False, widget=forms.Select(attrs={"lang": "zh"}))
    reason = forms.CharField(label=_("理由"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, request: Request, *, side: str) -> None:
        super().__init__(request)
        if side != "provider":
            del self.fields["why"], self.fields["ground"]
            return
        breaches = [(breach.value, term(breach.label)) for breach in Breach]
        self.offer("why", [("", str(_("依法定依据终止"))), *breaches])
        self.offer("ground", ground_choices(grounds()))

    def placed(self, place: str) -> str:
        return {"breach": "why"}.get(place, place)


@page("grants/<uuid:grant>/end/", title=_("提前结束授权"), basis=EARLY_END, roles=ENDERS, methods=BOTH)
def grant_end(request: Request, grant: UUID) -> HttpResponse:
    """By the recipient at will, by the provider on a ground or for a breach, by the authority with its reason."""
    by, found = request.actor, queries.grants.get(grant, by=request.actor)
    side = side_of(found, by)
    if request.method == "GET":
        need_running(found)
    form = EndForm(request, side=side)
    if form.sent:
        with form.refusals():
            said = form.cleaned_data
            chosen = UUID(said["ground"]) if said.get("ground") else None
            services.end_early(grant=grant, reason=said["reason"], ground=chosen, breach=said.get("why", ""), by=by, now=utc_now())
            return done(request, gettext("授权已提前结束，不再取数"), to=back_to(found), receipt=last_receipt(found))
    return render(request, "portal/sharing/end.html", status=form.status, form=form, grant=found, side=side, back=back_to(found))


class ConfirmForm(Form):
    opinion = forms.CharField(label=_("确认意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@page("grants/<uuid:grant>/confirm/", title=_("确认变更，恢复取数"), basis=FOLLOWS_CATALOG, roles=CHECKERS, methods=BOTH)
def grant_confirm(request: Request, grant: UUID) -> HttpResponse:
    """The provider's word that the items as they are now are what it granted."""
    found = queries.grants.get(grant, by=request.actor)
    form = ConfirmForm(request)
    if form.sent:
        with form.refusals():
            services.confirm(grant=grant, opinion=form.cleaned_data["opinion"], by=request.actor, now=utc_now())
            return done(request, gettext("已确认，恢复取数"), to=back_to(found), receipt=last_receipt(found))
    obstacle = queries.grants.obstacle(found, now=utc_now())
    return render(
        request, "portal/sharing/confirm.html", status=form.status, form=form, grant=found, obstacle=obstacle, back=back_to(found)
    )


def need_running(grant: Grant) -> None:
    """What has ended cannot end again: said before anything is typed."""
    if grant.status != GrantStatus.ACTIVE:
        raise WrongState(f"授权 {grant.number} {GrantStatus(grant.status).label}，不能再办理", basis=EARLY_END)


def last_receipt(grant: Grant) -> str:
    return str(grant.events.order_by("-id").values_list("receipt", flat=True).first() or "")
