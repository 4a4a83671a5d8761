"""Ordering a transfer from a grant: what would arrive is shown first, and both sides can be looked at before anything moves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog.rules.choices import ItemType, Mode
from govshare.connectors import Column as Taken
from govshare.connectors import Operator, Treatment
from govshare.connectors.look import Look
from govshare.exchange import services
from govshare.exchange.models import Transfer
from govshare.exchange.rules import EXCHANGE, WHO, TransferStatus
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Refused, WrongState
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.transfers.forms import OrderForm
from govshare.sharing import queries as sharing
from govshare.sharing.models import Grant
from govshare.sharing.rules import AccessPlan, GrantStatus, Use
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose

TAKERS = (Role.RESOURCE_ADMIN,)


@page("transfers/new/", title=gettext_lazy("登记传输"), basis=WHO, roles=TAKERS)
def transfer_choose(request: Request) -> HttpResponse:
    """Grants of the department for direct exchange, to choose one from."""
    found = sharing.grants.received(request.actor).filter(status=GrantStatus.ACTIVE, mode=Mode.TABLE).order_by("ends_on")
    ordered = Transfer.objects.filter(grant__in=found, status=TransferStatus.ACTIVE).values_list("grant_id", "number")
    used: dict[UUID, list[str]] = {}
    for grant, number in ordered:
        used.setdefault(grant, []).append(number)
    shown = list(found[:200])
    why_not = sharing.plans.obstacles(shown, now=utc_now())
    grants = [(grant, used.get(grant.pk, []), why) for grant, why in zip(shown, why_not, strict=True)]
    return render(request, "portal/transfers/choose.html", grants=grants)


@page("transfers/new/<uuid:grant>/", title=gettext_lazy("登记传输"), basis=WHO, roles=TAKERS, methods=("GET", "POST"))
def transfer_new(request: Request, grant: UUID) -> HttpResponse:
    """``look`` in the form asks for a look at both sides; without it the transfer is ordered."""
    given, now = sharing.grants.get(grant, by=request.actor), utc_now()
    plan, why = _plan(given, now)
    fronts = _fronts(request)
    form = OrderForm(request, fronts, rising=_rising(plan, given), initial={"table": _named(plan), "begin": True})
    look: Look | None = None
    if form.sent:
        with form.refusals():
            if "look" in request.POST:
                look = services.look(grant=grant, **_where(form), by=request.actor, now=now)
            else:
                return _ordered(request, grant, form, now)
    return render(
        request,
        "portal/transfers/new.html",
        grant=given,
        why=why,
        fronts=fronts,
        form=form,
        columns=_columns(plan, given, look) if plan else (),
        conditions=_conditions(plan) if plan else (),
        look=look,
        status=form.status,
    )


def _plan(grant: Grant, now: datetime) -> tuple[AccessPlan | None, Refused | None]:
    try:
        plan = sharing.plan(grant.pk, now=now)
    except Refused as refusal:
        return None, refusal
    if plan.mode == Mode.TABLE:
        return plan, None
    return plan, WrongState(f"授权 {plan.grant_number} 的共享模式是“{Mode(plan.mode).label}”，不是直接数据交换", basis=EXCHANGE)


def _fronts(request: Request) -> list[FrontDatabase]:
    """Where the department can receive: registered for it and tested."""
    own = sources.of_organization(UUID(request.actor.organization), purpose=Purpose.RECEIVE)
    return [front for front in own if front.test_passed]


def _named(plan: AccessPlan | None) -> str:
    """The source's own name of the table, as a first suggestion."""
    return plan.selection.table.removeprefix("govshare_") if plan else ""


def _where(form: OrderForm) -> dict[str, Any]:
    return {"target": UUID(form.cleaned_data["target"]), "table": form.cleaned_data["table"], "how": form.how}


#: Types of items whose values can rise; whether they do, both sides' look says.
_RISING = frozenset({ItemType.D, ItemType.T, ItemType.I, ItemType.N, ""})


def _rising(plan: AccessPlan | None, grant: Grant) -> list[tuple[str, str]]:
    """What may be chosen as a watermark: plainly granted items of a fitting type."""
    if plan is None:
        return []
    names = {item.column: item.name for item in grant.items.all()}
    plain = (column for column in plan.selection.delivered if column.treatment == Treatment.PLAIN and column.type in _RISING)
    return [(column.source, f"{names.get(column.source, column.target)}（{column.source}）") for column in plain]


def _ordered(request: Request, grant: UUID, form: OrderForm, now: datetime) -> HttpResponse:
    made = services.order(grant=grant, **_where(form), by=request.actor, now=now)
    if form.cleaned_data["begin"]:
        services.start(transfer=made.pk, by=request.actor, now=now)
    said = _("传输已登记，第一次传输已排队") if form.cleaned_data["begin"] else _("传输已登记")
    return done(request, said, to=reverse("transfer", args=[made.pk]), receipt=made.receipt_number)


def _columns(plan: AccessPlan, grant: Grant, look: Look | None) -> list[dict[str, Any]]:
    """The plan's columns: name of the item, what it is called on arrival, how it is treated; after a look, its type there."""
    names = {item.column: item.name for item in grant.items.all()}
    arriving = {each.target: each for each in look.fields} if look else {}
    return [
        {
            "name": names.get(column.source, column.target),
            "source": column.source,
            "target": column.target,
            "type": str(ItemType(column.type).label) if column.type else "",
            "use": _use(column),
            "treatment": column.treatment,
            "arrives": arriving.get(column.target),
            "key": column.source in plan.selection.key,
        }
        for column in plan.selection.columns
    ]


def _use(column: Taken) -> str:
    words = str(Use(column.treatment).label)
    return f"{words}（保留前 {column.head} 位、后 {column.tail} 位）" if column.treatment == Treatment.MASK else words


def _conditions(plan: AccessPlan) -> Sequence[str]:
    return [
        f"{row.column} {Operator(row.operator).label} {'、'.join(str(value) for value in row.values)}".strip()
        for row in plan.selection.conditions
    ]
