"""The law and its clocks: articles, conventions and their numbers, work calendar, what is due (CD2016-17, 42)."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Limit, Line, Listing, Offset, Reason
from govshare.duties import queries, rules
from govshare.duties.models import RuleSetAct, WorkYear
from govshare.duties.services import calendar, parameters, rule_sets
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.services import terms
from govshare.regulation import articles as law
from govshare.regulation.conventions import CONVENTIONS

router = Router(tags=["条文与时限"])


class ArticleOut(Answer):
    citation: str
    text: str


class ConventionOut(Answer):
    number: str
    title: str
    text: str
    serves: str
    default: int | None
    unit: str
    in_force: int | None


class ParameterIn(Body):
    value: int
    reason: Line


class ParameterOut(Answer):
    number: str
    value: int
    since: datetime
    reason: str


class DutyOut(Answer):
    id: UUID
    kind: str
    about: str
    title: str
    basis: str
    due_on: date
    provisional: bool
    suspended: bool
    light: str
    working_days_left: int


class Extension(Body):
    due_on: date
    reason: Line


class YearIn(Body):
    source: Line
    holidays: dict[date, Line] = Field(max_length=60)
    workdays: dict[date, Line] = Field({}, max_length=60)


class YearOut(Answer):
    year: int
    source: str
    loaded_at: datetime


class DayIn(Body):
    is_workday: bool
    name: Line = ""
    source: Line


class RuleSetOut(Answer):
    state: str
    text: str


class ActIn(Body):
    issuer: Line
    number: Line
    title: Line
    effect: rules.Effect
    valid_from: date
    valid_until: date | None = None


class ActOut(Answer):
    id: UUID
    issuer: str
    number: str
    title: str
    effect: str
    valid_from: date
    valid_until: date | None


@router.get("/articles", response=list[ArticleOut], **endpoint(basis=law.cite("CD2016-4")))
def list_articles(request: HttpRequest) -> object:
    """《办法》四十二条。"""
    return [{"citation": str(article), "text": article.text} for article in law.articles("CD2016").values()]


@router.get("/conventions", response=list[ConventionOut], **endpoint(basis=rules.PARAMETERS))
def list_conventions(request: HttpRequest) -> object:
    """平台约定和现行数值。"""
    return [
        {
            **{name: getattr(row, name) for name in ("number", "title", "text", "serves", "default", "unit")},
            "in_force": None if row.default is None else queries.parameter(row.number),
        }
        for row in CONVENTIONS.values()
    ]


@router.put("/conventions/{number}", response=ParameterOut, **endpoint(Role.AUTHORITY, operator=True, basis=rules.PARAMETERS))
def set_parameter(request: HttpRequest, number: str, body: ParameterIn) -> object:
    """调整平台约定的数值，只对以后发生的事项生效。"""
    return parameters.set_parameter(number=number, value=body.value, reason=body.reason, by=actor(request), now=utc_now())


@router.get("/duties", response=list[DutyOut], **endpoint(basis=rules.STORED))
def list_duties(request: HttpRequest) -> object:
    """本单位未了结的时限，最急的在前。"""
    now = utc_now()
    open_ones = queries.open_for(actor(request).organization, now=now)
    return [
        {
            **{name: getattr(row.duty, name) for name in ("id", "kind", "about", "title", "basis", "due_on", "provisional", "suspended")},
            "light": row.light,
            "working_days_left": row.left,
        }
        for row in queries.standings(open_ones, now=now)
    ]


@router.post("/duties/{duty_id}/extend", response={204: None}, **endpoint(Role.AUTHORITY, basis=rules.SUSPENSION))
def extend_duty(request: HttpRequest, duty_id: UUID, body: Extension) -> object:
    """延期，说明原因。"""
    terms.extend(duty=duty_id, due_on=body.due_on, reason=body.reason, by=actor(request), now=utc_now())
    return Status(204, None)


@router.get("/calendar", response=list[YearOut], **endpoint(basis=rules.CALENDAR))
def list_years(request: HttpRequest) -> object:
    """已公布并载入的年份。"""
    return list(WorkYear.objects.order_by("year"))


@router.put("/calendar/{year}", response=YearOut, **endpoint(Role.AUTHORITY, operator=True, basis=rules.CALENDAR))
def load_year(request: HttpRequest, year: int, body: YearIn) -> object:
    """载入一年的节假日安排；暂定的期限随之确定。"""
    return calendar.load_year(year=year, **body.dict(), by=actor(request), now=utc_now())


@router.put("/calendar/days/{day}", response={204: None}, **endpoint(Role.AUTHORITY, operator=True, basis=rules.CALENDAR))
def change_day(request: HttpRequest, day: date, body: DayIn) -> object:
    """调整某一天。"""
    calendar.change_day(day=day, **body.dict(), by=actor(request), now=utc_now())
    return Status(204, None)


@router.get("/rule-set", response=RuleSetOut, **endpoint(basis=rules.VALIDITY))
def rule_set_status(request: HttpRequest) -> object:
    """平台现在依什么运行。"""
    return queries.rule_set_status(utc_now())


@router.get("/rule-set/acts", response=Listing[ActOut], **endpoint(basis=rules.VALIDITY))
def list_acts(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """在档的延续或替代文件。"""
    return Listing.of(RuleSetAct.objects.filter(withdrawn_at=None).order_by("-valid_from", "id"), offset=offset, limit=limit)


@router.post("/rule-set/acts", response={201: ActOut}, **endpoint(Role.AUTHORITY, operator=True, basis=rules.VALIDITY))
def file_act(request: HttpRequest, body: ActIn) -> object:
    """把延续或替代《办法》的文件存档。"""
    return Status(201, rule_sets.file_act(**body.dict(), by=actor(request), now=utc_now()))


@router.post("/rule-set/acts/{act_id}/withdraw", response=ActOut, **endpoint(Role.AUTHORITY, operator=True, basis=rules.VALIDITY))
def withdraw_act(request: HttpRequest, act_id: UUID, body: Reason) -> object:
    """撤下误存的文件。"""
    return rule_sets.withdraw_act(act=act_id, reason=body.reason, by=actor(request), now=utc_now())
