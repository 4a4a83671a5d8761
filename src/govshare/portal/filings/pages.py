"""管理员备案: a department files, the authority of its tier takes it on its books or returns it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations.models import Filing, FilingChange, FilingStatus, Person
from govshare.organizations.rules import FILING
from govshare.organizations.services import filings
from govshare.portal.filings import owed
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.people.forms import Ending, day, named

FILERS = (Role.RESOURCE_ADMIN, Role.LEADER)
READERS = (*FILERS, Role.AUTHORITY)
ANSWERERS = (Role.AUTHORITY,)

COLUMNS = (
    Column("organization", _("部门"), lambda row: row.organization.name, cell="portal/filings/cells/organization.html"),
    Column("name", _("姓名"), lambda row: row.name, cell="portal/filings/cells/name.html"),
    Column("change", _("变动"), lambda row: row.get_change_display(), cell="portal/filings/cells/change.html"),
    Column("effective_on", _("自"), lambda row: row.effective_on, cell="portal/filings/cells/day.html", css="nowrap"),
    Column("filed_at", _("报备时间"), lambda row: row.filed_at, cell="portal/filings/cells/filed.html"),
    Column("status", _("状态"), lambda row: row.get_status_display(), cell="portal/filings/cells/status.html"),
    Column("answer", _("答复"), lambda row: row.answer, only_export=True),
    Column("receipt", _("回执"), lambda row: row.receipt, cell="portal/filings/cells/receipt.html"),
)


def _visible(by: Actor) -> QuerySet[Filing]:
    """Of one's own department; those one's authority received."""
    mine = Q(organization=_id(by.organization))
    seen = Q(authority=_id(by.organization)) | mine if Role.AUTHORITY in by.roles else mine
    return Filing.objects.filter(seen).select_related("organization", "authority", "person")


def _id(text: str) -> UUID:
    return UUID(text) if text else UUID(int=0)


@page("filings/", title=_("管理员备案"), basis=FILING, roles=READERS, lists=True, name="filings")
def filing_list(request: Request) -> HttpResponse:
    """What waits first, then the latest; ``?status=``."""
    by, now = request.actor, utc_now()
    status = request.GET.get("status", "")
    rows = _visible(by)
    counts = {value: rows.filter(status=value).count() for value in FilingStatus.values}
    if status in FilingStatus.values:
        rows = rows.filter(status=status)
    return listing(
        request,
        "portal/filings/list.html",
        title=gettext("管理员备案"),
        columns=COLUMNS,
        rows=rows.order_by("-filed_at", "id"),
        state=status,
        tabs=[(value, str(label), counts[value]) for value, label in FilingStatus.choices],
        owed=owed.owed(_id(by.organization), now=now) if by.is_one_of(FILERS) else [],
        answers=Role.AUTHORITY in by.roles,
    )


class Report(Form):
    person = forms.ChoiceField(label=_("信息资源管理员"), help_text=_("现任、曾任或代岗的"))
    change = forms.ChoiceField(label=_("变动"), choices=[(each.value, _(str(each.label))) for each in FilingChange])
    effective_on = day(label=_("自"))

    def __init__(self, request: Request, *, people: Sequence[Person], initial: Mapping[str, Any]) -> None:
        super().__init__(request, initial=initial)
        field = self.fields["person"]
        if isinstance(field, forms.ChoiceField):
            field.choices = named(people)


@page("filings/new/", title=_("报备"), basis=FILING, roles=FILERS, methods=("GET", "POST"))
def filing_new(request: Request) -> HttpResponse:
    """Prefilled for ``?person=`` with what the records say."""
    by, today = request.actor, local_date(utc_now())
    people = owed.candidates(_id(by.organization))
    chosen = next((person for person in people if str(person.pk) == request.GET.get("person")), people[0] if people else None)
    initial: dict[str, Any] = {}
    if chosen is not None:
        change, since = owed.likely(chosen, _id(by.organization), on=today)
        initial = {"person": str(chosen.pk), "change": change, "effective_on": since}
    form, back = Report(request, people=people, initial=initial), reverse("filings")
    if form.sent:
        with form.refusals():
            given = form.cleaned_data | {"change": FilingChange(form.cleaned_data["change"])}
            row = filings.file(organization=by.organization, **given, by=by, now=utc_now())
            return done(request, gettext("已报主管部门备案"), to=back, receipt=row.receipt)
    intro = gettext("姓名、职务和电话按在册信息报送；有误的请先由分管领导更正。")
    if not people:
        intro = gettext("本部门还没有信息资源管理员，请先由分管领导任命。")
    return render(request, "portal/form.html", form=form, status=form.status, intro=intro, submit=gettext("报备"), back=back)


@page("filings/<uuid:filing>/", title=_("管理员备案"), basis=FILING, roles=READERS)
def filing(request: Request, filing: UUID) -> HttpResponse:
    row = _one(request, filing)
    before = Filing.objects.filter(person=row.person_id, organization=row.organization_id).exclude(pk=row.pk).order_by("-filed_at")
    mine = str(row.authority_id) == request.actor.organization and Role.AUTHORITY in request.actor.roles
    return render(request, "portal/filings/one.html", filing=row, before=before, answerable=mine and row.status == FilingStatus.FILED)


@act("filings/<uuid:filing>/acknowledge/", title=_("准予备案"), basis=FILING, roles=ANSWERERS)
def filing_acknowledge(request: Request, filing: UUID) -> HttpResponse:
    row = filings.acknowledge(filing=filing, by=request.actor, now=utc_now())
    return done(request, gettext("已备案：%(name)s") % {"name": row.name}, to=reverse("filings"))


@page("filings/<uuid:filing>/return/", title=_("退回备案"), basis=FILING, roles=ANSWERERS, methods=("GET", "POST"))
def filing_return(request: Request, filing: UUID) -> HttpResponse:
    row = _one(request, filing)
    form, back = Ending(request), reverse("filing", args=[row.pk])
    if form.sent:
        with form.refusals():
            filings.send_back(filing=row.pk, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, gettext("已退回，部门须补正后重新报备"), to=reverse("filings"))
    title = gettext("退回备案：%(name)s") % {"name": row.name}
    intro = gettext("写明需要补正什么；部门的报备期限重新起算。")
    return render(request, "portal/form.html", title=title, intro=intro, form=form, status=form.status, submit=gettext("退回"), back=back)


def _one(request: Request, filing: UUID) -> Filing:
    row = _visible(request.actor).filter(pk=filing).first()
    if row is None:
        raise NotFound(gettext("没有这份备案，请核对编号"), basis=FILING)
    return row
