"""Asking for data: a new demand, its draft, changes before the answer, a renewal; one page for each (CD2016-25, 29.1)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.organizations import queries as organizations
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing.elements import ElementsForm, TermForm, as_initial, prefilled
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Demand, Grant
from govshare.sharing.queries import moves, parties
from govshare.sharing.rules import Elements, Way, way
from govshare.sharing.rules.demands import AMENDMENT, CHECK_DAYS, DECIDE_DAYS, DRAFTERS
from govshare.sharing.rules.elements import LONGEST
from govshare.sharing.services import attachments, demands

FIVE = cite("CD2016-29.1")
YEAR = 365
WHO = tuple(sorted(DRAFTERS))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one of these pages is for: its heading, what the main button says and does, what else it may do."""

    heading: str | Promise
    submit: str | Promise
    back: str
    save: bool = True  # whether a draft can be kept
    note: str | Promise = ""


@page("demands/new/<uuid:entry>/", title=_("申请使用"), basis=FIVE, roles=WHO, methods=("GET", "POST"))
def demand_new(request: Request, entry: UUID) -> HttpResponse:
    """A new demand on a listed entry; ``?replaces=`` the grant that it shall change."""
    by, now = request.actor, utc_now()
    listed = parties.listed(entry)
    chosen = queries.drafting.permit(listed, by=by).way
    old = _replaced(request, by)
    form = ElementsForm(request, listed=listed, initial=_beginning(listed, chosen, old, by=by, now=now))
    if form.sent:
        with form.refusals():
            elements = _worded(form.elements(), chosen)
            made = demands.draft(entry=entry, elements=elements, replaces=old.pk if old else None, by=by, now=now)
            return _kept(request, form, made, by=by, now=now)
    heading = _("无条件共享，自行获取") if chosen == Way.AT_ONCE else _("变更授权") if old else _("申请使用")
    return _sheet(request, form, listed, chosen, Sheet(heading, _("提交本部门把关"), ""), old=old)


def _replaced(request: Request, by: Actor) -> Grant | None:
    asked = request.GET.get("replaces", "")
    try:
        number = UUID(asked)
    except ValueError:
        return None
    return queries.grants.get(number, by=by)


def _beginning(listed: ListedEntry, chosen: Way, old: Grant | None, *, by: Actor, now: datetime) -> dict[str, Any]:
    """What the form shows first: the old grant's content, or the words of the department's last demand."""
    ends_on = local_date(now) + timedelta(days=min(YEAR, duties.parameter(str(LONGEST))))
    if old is not None:
        return as_initial(replace(queries.drafting.of_grant(old), ends_on=ends_on))
    last = queries.demands.own(by).exclude(duty_basis="").order_by("-drafted_at").first()
    found = prefilled(last.elements() if last else None, listed, ends_on=ends_on)
    if chosen != Way.AGREED:
        found["items"] = [str(item.id) for item in listed.items]
        found.setdefault("users", gettext("%(organization)s经办人员") % {"organization": by.organization_name})
        found["application"] = ""
    return found


def _worded(elements: Elements, chosen: Way) -> Elements:
    """Where one line of purpose is enough, it names the business as well."""
    if chosen == Way.AGREED or elements.application.strip():
        return elements
    return replace(elements, application=elements.purpose.strip()[:200])


def _kept(request: Request, form: ElementsForm, made: Demand, *, by: Actor, now: datetime) -> HttpResponse:
    """The draft is there: attach what came with it, and submit it unless only a draft was wanted."""
    for file in form.cleaned_data["attached"]:
        attachments.add(demand=made.pk, name=file.name, content=file, by=by, now=now)
    if "save" in request.POST:
        return done(request, gettext("草稿已保存，可以以后再提交"), to=reverse("demand", args=[made.pk]), receipt=last_receipt(made))
    demands.submit(demand=made.pk, by=by, now=now)
    return submitted(request, made)


def submitted(request: Request, demand: Demand) -> HttpResponse:
    said = gettext("已提交本部门信息资源管理员把关")
    address = reverse("demand", args=[demand.pk])
    return done(request, said, to=address, receipt=last_receipt(demand), undo=reverse("demand-undo", args=[demand.pk]))


def last_receipt(demand: Demand) -> str:
    """The receipt of the latest act on it."""
    return str(demand.events.order_by("-id").values_list("receipt", flat=True).first() or "")


@page("demands/<uuid:demand>/edit/", title=_("修改草稿"), basis=FIVE, roles=WHO, methods=("GET", "POST"))
def demand_edit(request: Request, demand: UUID) -> HttpResponse:
    """A draft, or what the own check returned."""
    return _rewrite(request, demand, "edit", Sheet(_("修改草稿"), _("提交本部门把关"), reverse("demand", args=[demand])))


@page("demands/<uuid:demand>/amend/", title=_("修改后重新把关"), basis=AMENDMENT, roles=WHO, methods=("GET", "POST"))
def demand_amend(request: Request, demand: UUID) -> HttpResponse:
    """A demand that was raised and is not answered yet."""
    note = _("修改后由本部门重新把关，对方的期限重新起算。")
    return _rewrite(request, demand, "amend", Sheet(_("修改需求"), _("重新提交把关"), reverse("demand", args=[demand]), False, note))


def _rewrite(request: Request, demand: UUID, verb: str, sheet: Sheet) -> HttpResponse:
    by, now = request.actor, utc_now()
    found = queries.demands.get(demand, by=by)
    if request.method == "GET":
        moves.permit(found, verb, by=by, on=local_date(now))
    if found.renews:
        return _renewal(request, found, verb, sheet)
    listed = parties.listed(found.entry_id)
    form = ElementsForm(request, listed=listed, initial=as_initial(found.elements()))
    if form.sent:
        with form.refusals():
            if verb == "amend":
                made = demands.amend(demand=demand, elements=form.elements(), by=by, now=now)
                return done(request, gettext("已修改，重新提交把关"), to=sheet.back, receipt=last_receipt(made))
            made = demands.edit(demand=demand, elements=form.elements(), by=by, now=now)
            return _kept(request, form, made, by=by, now=now)
    return _sheet(request, form, listed, way(listed, by.organization), sheet, demand=found)


def _renewal(request: Request, found: Demand, verb: str, sheet: Sheet) -> HttpResponse:
    """Of a renewal only the end and the duty may change."""
    by, now = request.actor, utc_now()
    form = TermForm(request, initial={"ends_on": found.ends_on, "duty_basis": found.duty_basis})
    if form.sent:
        with form.refusals():
            elements = replace(found.elements(), **form.cleaned_data)
            if verb == "amend":
                made = demands.amend(demand=found.pk, elements=elements, by=by, now=now)
                return done(request, gettext("已修改，重新提交把关"), to=sheet.back, receipt=last_receipt(made))
            made = demands.edit(demand=found.pk, elements=elements, by=by, now=now)
            return _submitted_or_kept(request, made, by=by, now=now)
    return _term_page(request, form, sheet, grant=found.renews)


@page("grants/<uuid:grant>/renew/", title=_("续期"), basis=FIVE, roles=WHO, methods=("GET", "POST"), name="grant-renew")
def grant_renew(request: Request, grant: UUID) -> HttpResponse:
    """The same content for longer: goes the same way as a demand."""
    by, now = request.actor, utc_now()
    found = queries.grants.get(grant, by=by)
    later = max(found.ends_on, local_date(now)) + timedelta(days=YEAR)
    last = local_date(now) + timedelta(days=duties.parameter(str(LONGEST)))
    form = TermForm(request, initial={"ends_on": min(later, last), "duty_basis": found.demand.duty_basis})
    if form.sent:
        with form.refusals():
            made = demands.renew(grant=grant, **form.cleaned_data, by=by, now=now)
            return _submitted_or_kept(request, made, by=by, now=now)
    return _term_page(request, form, Sheet(_("续期"), _("提交本部门把关"), reverse("grant", args=[grant])), grant=found)


def _submitted_or_kept(request: Request, made: Demand, *, by: Actor, now: datetime) -> HttpResponse:
    if "save" in request.POST:
        return done(request, gettext("草稿已保存，可以以后再提交"), to=reverse("demand", args=[made.pk]), receipt=last_receipt(made))
    demands.submit(demand=made.pk, by=by, now=now)
    return submitted(request, made)


def _term_page(request: Request, form: Form, sheet: Sheet, *, grant: Grant | None) -> HttpResponse:
    return render(request, "portal/sharing/renew.html", status=form.status, form=form, sheet=sheet, grant=grant)


def _sheet(
    request: Request,
    form: ElementsForm,
    listed: ListedEntry,
    chosen: Way,
    sheet: Sheet,
    *,
    demand: Demand | None = None,
    old: Grant | None = None,
) -> HttpResponse:
    at_once = chosen != Way.AGREED
    return render(
        request,
        "portal/sharing/edit.html",
        status=form.status,
        form=form,
        listed=listed,
        provider=organizations.get(listed.organization),
        way=chosen,
        at_once=at_once,
        short=at_once and demand is None and bool(form["duty_basis"].value()) and not form.is_bound,
        sheet=sheet,
        demand=demand,
        old=old,
        last_day=local_date(utc_now()) + timedelta(days=duties.parameter(str(LONGEST))),
        check_days=duties.parameter(str(CHECK_DAYS)),
        decide_days=duties.parameter(str(DECIDE_DAYS)),
    )
