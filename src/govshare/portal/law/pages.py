"""Pages of rules and conventions."""

from itertools import groupby
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.duties import queries, rules
from govshare.duties.models import Parameter, RuleSetAct
from govshare.duties.rules import Effect
from govshare.duties.services import file_act, set_parameter, withdraw_act
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.law.forms import ActForm, ChangeForm, WithdrawForm
from govshare.portal.law.state import ConventionNow, convention_now, conventions_now, names_of
from govshare.regulation.rule_set import CURRENT, RULE_SET

LONGEST_SEARCH = 100  # characters
OFFICER = (Role.AUTHORITY,)

COLUMNS = (
    Column("number", _("编号"), lambda row: row.number),
    Column("group", _("类别"), lambda row: str(row.group)),
    Column("title", _("约定"), lambda row: row.row.title),
    Column("text", _("内容"), lambda row: row.row.text),
    Column("serves", _("服务于"), lambda row: row.row.serves),
    Column("value", _("现行数值"), lambda row: row.value),
    Column("unit", _("单位"), lambda row: row.row.unit),
    Column("default", _("初始数值"), lambda row: row.row.default),
    Column("since", _("生效时间"), lambda row: row.since),
)


@page("rules/", title=_("规则与约定"), basis=rules.PARAMETERS, name="rules", lists=True)
def rule_list(request: Request) -> HttpResponse:
    wanted, only = request.GET.get("q", "").strip()[:LONGEST_SEARCH], request.GET.get("only", "")
    words = wanted.lower().split()
    found = [row for row in conventions_now() if all(word in row.searched for word in words) and _shown(row, only)]
    acts = RuleSetAct.objects.order_by("-valid_from", "-recorded_at")
    return listing(
        request,
        "portal/law/rules.html",
        title=gettext("平台约定"),
        columns=COLUMNS,
        rows=found,
        per_page=200,
        groups=[(label, list(rows)) for label, rows in groupby(found, key=lambda row: row.group)],
        wanted=wanted,
        only=only,
        standing=queries.rule_set_status(utc_now()),
        rule_set=CURRENT,
        edition=RULE_SET,
        acts=acts,
        names=names_of({act.recorded_by for act in acts} | {act.withdrawn_by for act in acts if act.withdrawn_by}),
        why_not=why_not(lambda: organizations.need_operator(request.actor, basis=rules.PARAMETERS)),
    )


def _shown(row: ConventionNow, only: str) -> bool:
    match only:
        case "numbers":
            return row.value is not None
        case "changed":
            return row.changed
    return True


@page("rules/<str:number>/", title=_("平台约定"), basis=rules.PARAMETERS)
def rule(request: Request, number: str) -> HttpResponse:
    now = _found(number)
    history = list(Parameter.objects.filter(number=number).order_by("-since"))
    names = names_of({row.by for row in history})
    values = [*(row.value for row in history), now.row.default]
    return render(
        request,
        "portal/law/rule.html",
        rule=now,
        history=[
            {"at": row.since, "title": f"{before} → {row.value} {now.unit}", "who": names[row.by], "text": row.reason, "colour": "pri"}
            for row, before in zip(history, values[1:], strict=True)
        ],
        why_not=why_not(lambda: organizations.need_operator(request.actor, basis=rules.PARAMETERS)),
    )


@page(
    "rules/<str:number>/change/",
    title=_("调整数值"),
    basis=rules.PARAMETERS,
    roles=OFFICER,
    operator=True,
    methods=("GET", "POST"),
)
def rule_change(request: Request, number: str) -> HttpResponse:
    now = _found(number)
    if now.value is None:
        raise NotFound(gettext("平台约定%(number)s没有可调整的数值") % {"number": number}, basis=rules.PARAMETERS)
    form = ChangeForm(request, now)
    if form.sent:
        with form.refusals():
            given = form.cleaned_data
            set_parameter(number=number, value=given["value"], reason=given["reason"], by=request.actor, now=utc_now())
            said = gettext("%(title)s自此刻起为 %(value)s %(unit)s") % {
                "title": now.row.title,
                "value": given["value"],
                "unit": now.row.unit,
            }
            return done(request, said, to=reverse("rule", args=[number]))
    return render(request, "portal/law/change.html", rule=now, form=form, status=form.status)


def _found(number: str) -> ConventionNow:
    now = convention_now(number)
    if now is None:
        raise NotFound(gettext("没有这条平台约定，请从清单中选择"), basis=rules.PARAMETERS)
    return now


@page("rules/acts/new/", title=_("存档延续或替代文件"), basis=rules.VALIDITY, roles=OFFICER, operator=True, methods=("GET", "POST"))
def rule_act_new(request: Request) -> HttpResponse:
    form = ActForm(request, initial={"effect": Effect.PROLONG})
    if form.sent:
        with form.refusals():
            act = file_act(**form.given(), by=request.actor, now=utc_now())
            return done(request, gettext("%(number)s已存档") % {"number": act.number}, to=reverse("rules"))
    intro = gettext("《办法》有效期届满后，凭延续或替代它的文件继续执行；没有文件在档时平台标明“演示/试行”，不作出责令。")
    return render(request, "portal/form.html", form=form, intro=intro, submit=gettext("存档"), back=reverse("rules"), status=form.status)


@page(
    "rules/acts/<uuid:act>/withdraw/",
    title=_("撤下误存的文件"),
    basis=rules.VALIDITY,
    roles=OFFICER,
    operator=True,
    methods=("GET", "POST"),
)
def rule_act_withdraw(request: Request, act: UUID) -> HttpResponse:
    filed = RuleSetAct.objects.filter(pk=act).first()
    if filed is None:
        raise NotFound(gettext("没有这份在档文件，请核对"), basis=rules.VALIDITY)
    form = WithdrawForm(request)
    if form.sent:
        with form.refusals():
            withdraw_act(act=act, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, gettext("%(number)s已撤下，仍可查看") % {"number": filed.number}, to=reverse("rules"))
    intro = f"{filed.issuer} {filed.number}《{filed.title}》"
    return render(request, "portal/form.html", form=form, intro=intro, submit=gettext("撤下"), back=reverse("rules"), status=form.status)
