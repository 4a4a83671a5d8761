"""两人开启: requests to see whom somebody looked up, the second person's answer, and the identifiers for the two (PC-120)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.archive import services, two_persons
from govshare.archive.models import Answer, Opening, OpeningLook
from govshare.archive.openings import ANSWER_WITHIN, OPEN_FOR, State
from govshare.archive.services.opening import Reach
from govshare.kernel.clock import begins, utc_now
from govshare.kernel.errors import Fault, Invalid, NotYours
from govshare.kernel.roles import Role
from govshare.organizations.models import Person, System
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts import reading
from govshare.regulation.conventions import convention

TWO = convention("PC-120")
BOTH = (Role.AUDIT_ADMIN, Role.LEADER)
COLOURS = {State.WAITING: "warn", State.OPEN: "ok", State.REFUSED: "bad", State.LAPSED: "idle", State.OVER: "idle"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One request with its answer and where it stands."""

    asked: Opening
    answer: Answer | None
    state: State

    @property
    def colour(self) -> str:
        return COLOURS[self.state]

    @property
    def ends_at(self) -> datetime | None:
        """When the present state ends by itself."""
        if self.state is State.WAITING:
            return self.asked.asked_at + ANSWER_WITHIN
        return self.answer.answered_at + OPEN_FOR if self.state is State.OPEN and self.answer else None

    @property
    def last_day(self) -> datetime | None:
        return self.asked.until - timedelta(days=1) if self.asked.until else None


COLUMNS = (
    Column("asked_at", gettext_lazy("提出时间"), lambda row: row.asked.asked_at, cell="portal/log/cells/opening_at.html", css="nowrap"),
    Column("reach", gettext_lazy("范围"), lambda row: row.asked.number or row.asked.actor_name, cell="portal/log/cells/opening_reach.html"),
    Column("entries", gettext_lazy("涉及记录"), lambda row: row.asked.entries, css="ra num"),
    Column("reason", gettext_lazy("理由"), lambda row: row.asked.reason),
    Column("asked_by", gettext_lazy("提出人"), lambda row: row.asked.asked_by_name, css="nowrap"),
    Column("answered_by", gettext_lazy("答复人"), lambda row: row.answer.answered_by_name if row.answer else "", css="nowrap"),
    Column("state", gettext_lazy("状态"), lambda row: str(row.state.label), cell="portal/log/cells/opening_state.html", css="nowrap"),
)


@page("openings/", title=gettext_lazy("两人开启"), basis=TWO, roles=BOTH, operator=True, lists=True)
def openings(request: Request) -> HttpResponse:
    """What waits for a second person, what may be looked at now, and what was; the newest first."""
    rows = _all(now=utc_now())
    waiting = sum(row.state is State.WAITING for row in rows)
    return listing(request, "portal/log/openings.html", title=_("两人开启"), columns=COLUMNS, rows=rows, waiting=waiting)


class AskForm(Form):
    number = forms.CharField(
        label=gettext_lazy("回执号"), required=False, max_length=40, help_text=gettext_lazy("只看一条记录的，填回执号，不填下面三项。")
    )
    who = forms.CharField(label=gettext_lazy("经办人或系统"), required=False, max_length=100)
    since = forms.DateField(label=gettext_lazy("自"), required=False)
    until = forms.DateField(label=gettext_lazy("至"), required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def reach(self) -> Reach:
        given = self.cleaned_data
        actor, name = _actor(given["who"].strip()) if given["who"].strip() else ("", "")
        until = given["until"]
        return Reach(
            number=given["number"],
            actor=actor,
            actor_name=name,
            since=begins(given["since"]) if given["since"] else None,
            until=begins(until + timedelta(days=1)) if until and until < date.max else None,
        )


@page("openings/new/", title=gettext_lazy("申请打开查询对象"), basis=TWO, roles=(Role.AUDIT_ADMIN,), operator=True, methods=("GET", "POST"))
def opening_new(request: Request) -> HttpResponse:
    """Ask; the conditions of the list one comes from are filled in."""
    given = {name: request.GET.get(name, "") for name in ("number", "who", "since", "until")}
    form = AskForm(request, initial=given)
    if form.sent:
        with form.refusals():
            asked = services.ask(reach=form.reach(), reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            said = _("已提出，等待另一名审计管理员或分管领导答复")
            return done(request, said, to=reverse("opening", args=[asked.id]), receipt=asked.receipt)
    return render(request, "portal/log/opening_new.html", form=form, status=form.status)


@page("openings/<uuid:opening>/", title=gettext_lazy("开启请求"), basis=TWO, roles=BOTH, operator=True)
def opening(request: Request, opening: UUID) -> HttpResponse:
    """One request: what it reaches, who said what, who looked when. The identifiers are on a page of their own."""
    return _shown(request, _seen(opening))


class RefuseForm(Form):
    reason = forms.CharField(label=gettext_lazy("不同意的理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@act("openings/<uuid:opening>/agree/", title=gettext_lazy("同意打开"), basis=TWO, roles=BOTH, operator=True)
def opening_agree(request: Request, opening: UUID) -> HttpResponse:
    answer = services.agree(opening=opening, by=request.actor, now=utc_now())
    said = _("已同意，提出人和您在二十四小时内可以查看")
    return done(request, said, to=reverse("opening", args=[opening]), receipt=answer.receipt)


@act("openings/<uuid:opening>/refuse/", title=gettext_lazy("不同意打开"), basis=TWO, roles=BOTH, operator=True)
def opening_refuse(request: Request, opening: UUID) -> HttpResponse:
    form = RefuseForm(request)
    if form.sent:
        with form.refusals():
            answer = services.refuse(opening=opening, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, _("已记下不同意"), to=reverse("opening", args=[opening]), receipt=answer.receipt)
    return _shown(request, _seen(opening), form)


@act("openings/<uuid:opening>/look/", title=gettext_lazy("查看查询对象"), basis=TWO, roles=BOTH, operator=True)
def opening_look(request: Request, opening: UUID) -> HttpResponse:
    """The identifiers, for the two; every look is recorded, so it is asked for by a button and never by an address."""
    found = services.look(opening=opening, by=request.actor, now=utc_now(), start=request.POST.get("start", ""))
    seen = _seen(opening)
    lines = [(each, reading.told(each.row.entry)) for each in found.opened]
    return render(request, "portal/log/opening_look.html", seen=seen, lines=lines, next=found.next)


def _shown(request: Request, seen: Seen, form: RefuseForm | None = None) -> HttpResponse:
    by = request.actor
    may_look = by.id in {seen.asked.asked_by, seen.answer.answered_by if seen.answer else ""}
    return render(
        request,
        "portal/log/opening.html",
        seen=seen,
        form=form or RefuseForm(request),
        looks=OpeningLook.objects.filter(opening=seen.asked.id).order_by("-looked_at"),
        why_not_answer=why_not(lambda: two_persons.need_second(seen.asked, by=by)),
        why_not_look=None if may_look else NotYours(_("只有提出人和同意人可以查看"), basis=TWO),
        status=form.status if form else 200,
    )


def _all(*, now: datetime) -> list[Seen]:
    answers = two_persons.answers(Opening)
    found = Opening.objects.order_by("-asked_at")
    return [Seen(asked, answers.get(asked.id), two_persons.standing(asked, answers.get(asked.id), now=now)) for asked in found]


def _seen(opening: UUID) -> Seen:
    asked = two_persons.find(Opening, opening)
    answer = two_persons.answer_to(asked)
    return Seen(asked, answer, two_persons.standing(asked, answer, now=utc_now()))


def _actor(who: str) -> tuple[str, str]:
    """Id and name of the one person or system of that name or id; several are told apart by their ids."""
    people = [(str(each.pk), each.name) for each in Person.objects.filter(**_named(who))]
    systems = [(str(each.pk), each.name) for each in System.objects.filter(**_named(who))]
    match [*people, *systems]:
        case [one]:
            return one
        case []:
            raise Invalid("没有这个经办人", basis=TWO, faults=[Fault("who", "请核对姓名，或从共享日志点经办人带过来")])
        case _:
            raise Invalid("同名的不止一人", basis=TWO, faults=[Fault("who", "请从共享日志点要查的那位经办人，再申请开启")])


def _named(who: str) -> dict[str, Any]:
    try:
        return {"pk": UUID(who)}
    except ValueError:
        return {"name": who}
