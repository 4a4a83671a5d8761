"""Pages of unusual use: the list, one alert with what lies behind it, asking, answering, disposing."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.alerts import queries, services
from govshare.alerts.models import Alert, Step
from govshare.alerts.rules import ANSWERERS, DISPOSITIONS, EXPLAIN, FINDING, PENDING, PURPOSE, WORKFLOW, Rule, Severity, Status
from govshare.alerts.services import dispositions
from govshare.duties import queries as duties
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.alerts import telling
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts import reading

AUDITOR = (Role.AUDIT_ADMIN,)
READERS = (Role.AUDIT_ADMIN, Role.AUTHORITY, *sorted(ANSWERERS))

COLUMNS = (
    Column("severity", gettext_lazy("轻重"), lambda row: Severity(row.severity).label, cell="portal/alerts/cells/severity.html"),
    Column("rule", gettext_lazy("规则"), lambda row: Rule(row.rule).label, cell="portal/alerts/cells/rule.html"),
    Column("number", gettext_lazy("提示编号"), lambda row: row.number, only_export=True),
    Column("who", gettext_lazy("对象"), telling.about, cell="portal/alerts/cells/who.html"),
    Column("organization", gettext_lazy("部门"), lambda row: row.organization_name, cell="portal/alerts/cells/organization.html"),
    Column("resource", gettext_lazy("信息资源"), lambda row: row.resource, only_export=True),
    Column("window_start", gettext_lazy("时段起"), lambda row: row.window_start, cell="portal/alerts/cells/window.html", css="nowrap"),
    Column("window_end", gettext_lazy("时段止"), lambda row: row.window_end, only_export=True),
    Column("observed", gettext_lazy("实际"), lambda row: row.observed, cell="portal/alerts/cells/observed.html", css="ra nowrap"),
    Column("threshold", gettext_lazy("界限"), lambda row: row.threshold, cell="portal/alerts/cells/number.html", css="ra nowrap"),
    Column("baseline", gettext_lazy("平常（中位数）"), lambda row: row.baseline, only_export=True),
    Column("entry_count", gettext_lazy("依据的记录"), lambda row: row.entry_count, cell="portal/alerts/cells/number.html", css="ra"),
    Column("status", gettext_lazy("处置"), lambda row: Status(row.status).label, cell="portal/alerts/cells/status.html", css="nowrap"),
    Column("raised_at", gettext_lazy("发现时间"), lambda row: row.raised_at, cell="portal/alerts/cells/moment.html", css="nowrap"),
    Column("receipt", gettext_lazy("回执号"), lambda row: row.receipt, only_export=True),
)


@page("alerts/", title=gettext_lazy("异常取数"), basis=PURPOSE, roles=READERS, lists=True)
def alerts(request: Request) -> HttpResponse:
    """All to the audit administrator; to a department what it was asked about; to the authority what was handed over to it."""
    everything, now = queries.visible(request.actor), utc_now()
    asked = {name: request.GET.get(name, "") for name in ("rule", "state", "severity", "q")}
    found = _found(everything, asked)
    up_to, read_at = telling.read_state()
    return listing(
        request,
        "portal/alerts/list.html",
        title=_("异常取数"),
        columns=COLUMNS,
        rows=found.order_by("-raised_at", "-number"),
        asked=asked,
        rules=_facet(_found(everything, asked | {"rule": ""}), "rule", Rule.choices),
        severities=_facet(_found(everything, asked | {"severity": ""}), "severity", Severity.choices),
        states=_facet(_found(everything, asked | {"state": ""}), "status", Status.choices),
        total=everything.count(),
        figures=telling.figures(everything, now=now) if request.kind == "html" else (),
        up_to=up_to,
        read_at=read_at,
        all_of_them=request.actor.is_one_of(AUDITOR),
    )


def _found(rows: QuerySet[Alert], asked: dict[str, str]) -> QuerySet[Alert]:
    """What the query string asks for; what it asks wrongly finds nothing."""
    for name, field in (("rule", "rule"), ("severity", "severity")):
        if asked[name]:
            rows = rows.filter(**{field: asked[name]})
    if asked["state"] == "pending":
        rows = rows.filter(status__in=PENDING)
    elif asked["state"]:
        rows = rows.filter(status=asked["state"])
    words = asked["q"].replace("\0", "").strip()[:100]
    if words:
        by_word = [Q(**{f"{field}__icontains": words}) for field in ("number", "who_name", "organization_name", "resource", "who")]
        either = by_word[0]
        for each in by_word[1:]:
            either |= each
        rows = rows.filter(either)
    return rows


def _facet(rows: QuerySet[Alert], field: str, choices: list[tuple[str, Any]]) -> list[tuple[str, str, int]]:
    """Value, word, count; what there is none of is left out."""
    counts = dict(rows.order_by().values_list(field).annotate(n=Count("pk")))
    return [(value, _(str(label)), counts[value]) for value, label in choices if counts.get(value)]


@page("alerts/<uuid:alert>/", title=gettext_lazy("异常取数"), basis=PURPOSE, roles=READERS)
def alert(request: Request, alert: UUID) -> HttpResponse:
    """What was found, what is usual there, the entries behind it, and what became of it."""
    by, now = request.actor, utc_now()
    found, entries = services.read(alert=alert, by=by, now=now)
    duty = duties.find(EXPLAIN, str(found.pk))
    return render(
        request,
        "portal/alerts/alert.html",
        alert=found,
        rule=Rule(found.rule),
        about=telling.about(found),
        said=telling.sentence(found),
        unit=telling.UNITS[Rule(found.rule)],
        numbers=telling.numbers(found),
        light=telling.LIGHTS[Severity(found.severity)],
        colour=telling.COLOURS[Status(found.status)],
        status=200,
        status_label=Status(found.status).label,
        chart=telling.chart(found),
        entries=[(f"HZ-{row.batch}-{row.ordinal}", reading.read(row.body)) for row in entries],
        unseen=found.entry_count - len(entries),
        steps=[_told(step) for step in found.steps.all()],
        standing=duties.standings([duty], now=now)[0] if duty and duty.open else None,
        form=DisposeForm(request) if by.is_one_of(AUDITOR) and found.status in PENDING else None,
        why_not={verb: why_not(partial(dispositions.need, found, verb, by=by)) for verb in ("ask", "answer")},
        auditor=by.is_one_of(AUDITOR),
    )


def _told(step: Step) -> dict[str, Any]:
    colours = {"explain": "ok", "hand-over": "bad", "dismiss": "ok", "answer": "pri", "ask": "warn"}
    return {
        "at": step.taken_at,
        "title": _(WORKFLOW[step.verb].label),
        "who": f"{step.organization_name} {step.taken_by_name}",
        "text": step.note,
        "colour": colours[step.verb],
        "receipt": step.receipt,
    }


class NoteForm(Form):
    note = forms.CharField(label=gettext_lazy("内容"), max_length=dispositions.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


class DisposeForm(Form):
    verb = forms.ChoiceField(
        label=gettext_lazy("怎样处置"),
        choices=[(verb, WORKFLOW[verb].label) for verb in DISPOSITIONS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=dispositions.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明查了什么、凭什么；处置和理由记入日志，不能更改"),
    )


@page("alerts/<uuid:alert>/dispose/", title=gettext_lazy("处置"), basis=FINDING, roles=AUDITOR, methods=("GET", "POST"))
def alert_dispose(request: Request, alert: UUID) -> HttpResponse:
    found, form = queries.get(alert, by=request.actor), DisposeForm(request)
    if form.sent:
        with form.refusals():
            given = form.cleaned_data
            step = services.dispose(alert=alert, verb=given["verb"], note=given["note"], by=request.actor, now=utc_now())
            return done(request, _("已处置：%(how)s") % {"how": _(WORKFLOW[step.verb].label)}, to=_address(found), receipt=step.receipt)
    return _form(request, found, form, title=_("处置"), intro=telling.sentence(found))


@page("alerts/<uuid:alert>/ask/", title=gettext_lazy("请部门说明"), basis=FINDING, roles=AUDITOR, methods=("GET", "POST"))
def alert_ask(request: Request, alert: UUID) -> HttpResponse:
    days = duties.parameter(str(FINDING))
    intro = _("由 %(who)s 说明。该部门从此看得到这条提示，自次日起 %(days)s 个工作日内说明。")
    found = queries.get(alert, by=request.actor)
    told = intro % {"who": found.organization_name or "—", "days": days}
    return _noted(request, found, services.ask, title=_("请部门说明"), intro=told, said=_("已请部门说明"))


@page("alerts/<uuid:alert>/answer/", title=gettext_lazy("作出说明"), basis=PURPOSE, roles=tuple(ANSWERERS), methods=("GET", "POST"))
def alert_answer(request: Request, alert: UUID) -> HttpResponse:
    found = queries.get(alert, by=request.actor)
    intro = f"{telling.sentence(found)} {_('请说明用途和经过：共享信息只能用于履行职责需要（第三十一条）。')}"
    return _noted(request, found, services.answer, title=_("作出说明"), intro=intro, said=_("已说明，等审计管理员处置"))


def _noted(request: Request, found: Alert, service: Callable[..., Step], *, title: str, intro: str, said: str) -> HttpResponse:
    form = NoteForm(request)
    if form.sent:
        with form.refusals():
            step = service(alert=found.pk, note=form.cleaned_data["note"], by=request.actor, now=utc_now())
            return done(request, said, to=_address(found), receipt=step.receipt)
    return _form(request, found, form, title=title, intro=intro)


def _form(request: Request, found: Alert, form: Form, *, title: str, intro: str) -> HttpResponse:
    heading = f"{title} · {found.number}"
    return render(
        request, "portal/form.html", form=form, title=heading, intro=intro, submit=title, back=_address(found), status=form.status
    )


def _address(found: Alert) -> str:
    return reverse("alert", args=[found.pk])
