"""The provider's answer and the grant 「授权」 it gives (CD2016-22, 25, 31)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.demands import DEMAND, READERS, ConditionIn, DemandOut, RefusalIn, as_seen
from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, SOME, Answer, Body, Code, Limit, Line, Listing, Offset, Text
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Grant
from govshare.sharing.rules.decisions import Because, Decision, ItemAnswer
from govshare.sharing.services import decisions, grants

router = Router(tags=["答复与授权"])

AGREED = cite("CD2016-25.2")
DUTY_ONLY = cite("CD2016-31.1")
DECIDERS = (Role.RESOURCE_ADMIN, Role.LEADER)
ENDERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)
HOLDERS = (*READERS, Role.SYSTEM)


class BecauseIn(Body):
    ground: UUID | None = None
    quote: Text = ""

    def because(self) -> Because:
        return Because(ground=self.ground, quote=self.quote)


class ItemAnswerIn(Body):
    item: UUID
    verdict: Code = "plain"
    head: int = 0
    tail: int = 0
    because: BecauseIn | None = None

    def answer(self) -> ItemAnswer:
        because = self.because.because() if self.because else None
        return ItemAnswer(item=self.item, verdict=self.verdict, head=self.head, tail=self.tail, because=because)


class DecisionIn(Body):
    """逐项答复。少给的每一处都要有法定事由，或引用已公布的共享条件。"""

    items: list[ItemAnswerIn] = Field(max_length=MANY)
    conditions: list[ConditionIn] = Field([], max_length=SOME)
    users: list[Line] | None = Field(None, max_length=SOME)
    quota_per_day: int | None = None
    ends_on: date | None = None
    case_number_required: bool = False
    because: BecauseIn | None = None
    opinion: Text = ""
    version: int | None = None

    def decision(self) -> Decision:
        return Decision(
            items=tuple(row.answer() for row in self.items),
            conditions=tuple(row.row_condition() for row in self.conditions),
            users=None if self.users is None else tuple(self.users),
            quota_per_day=self.quota_per_day,
            ends_on=self.ends_on,
            case_number_required=self.case_number_required,
            because=self.because.because() if self.because else None,
            opinion=self.opinion,
        )


class RenewalAnswer(Body):
    ends_on: date | None = None
    because: BecauseIn | None = None
    opinion: Text = ""


class EndIn(Body):
    reason: Text
    ground: UUID | None = None
    breach: Code = ""


class OpinionIn(Body):
    opinion: Text = ""


class GrantItemOut(Answer):
    item: UUID
    name: str
    use: str
    head: int
    tail: int


class GrantOut(Answer):
    id: UUID
    number: str
    entry_id: UUID
    entry_code: str
    entry_name: str
    provider_id: UUID
    recipient_id: UUID
    application: str
    mode: str
    purpose: str
    users: list[str]
    starts_on: date
    ends_on: date
    terms: str
    status: str
    rule_set: str
    granted_at: datetime
    receipt: str
    items: list[GrantItemOut]
    end_reason: str
    end_text: str


class GrantState(GrantOut):
    """``obstacle``：现在为什么取不到数；为空表示可以取数。"""

    obstacle: str | None


class NoticeOut(Answer):
    kind: str
    text: str
    sent_at: datetime
    demand_id: UUID
    grant_id: UUID | None


def _state(grant: Grant, now: datetime) -> dict[str, Any]:
    obstacle = queries.grants.obstacle(grant, now=now)
    return {
        **{name: getattr(grant, name) for name in GrantOut.model_fields if name != "items"},
        "items": list(grant.items.all()),
        "obstacle": None if obstacle is None else f"{obstacle}（{obstacle.basis}）",
    }


@router.post("/demands/{demand_id}/decide", response={201: GrantOut}, **endpoint(*DECIDERS, basis=AGREED))
def decide(request: HttpRequest, demand_id: UUID, body: DecisionIn) -> object:
    """同意提供：逐项答复，形成授权。"""
    grant = decisions.decide(demand=demand_id, decision=body.decision(), version=body.version, by=actor(request), now=utc_now())
    return Status(201, _state(grant, utc_now()))


@router.post("/demands/{demand_id}/refuse", response=DemandOut, **endpoint(*DECIDERS, basis=DEMAND))
def refuse(request: HttpRequest, demand_id: UUID, body: RefusalIn) -> object:
    """不予提供；须有登记的法定事由。"""
    decisions.refuse(demand=demand_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/agree-renewal", response={201: GrantOut}, **endpoint(*DECIDERS, basis=AGREED))
def agree_renewal(request: HttpRequest, demand_id: UUID, body: RenewalAnswer) -> object:
    """同意续期。"""
    because = body.because.because() if body.because else None
    grant = decisions.agree_renewal(
        demand=demand_id, ends_on=body.ends_on, because=because, opinion=body.opinion, by=actor(request), now=utc_now()
    )
    return Status(201, _state(grant, utc_now()))


@router.get("/grants", response=Listing[GrantOut], **endpoint(*HOLDERS, basis=DUTY_ONLY))
def list_grants(request: HttpRequest, side: Code = "recipient", offset: Offset = 0, limit: Limit = 100) -> object:
    """授权：side=recipient 本部门取得的，provider 本部门提供的，all 有权查看的全部。"""
    chosen = {"recipient": queries.grants.received, "provider": queries.grants.given}.get(side, queries.grants.visible)
    page = Listing.of(chosen(actor(request)).order_by("-number"), offset=offset, limit=limit)
    return {**page, "rows": [_state(grant, utc_now()) for grant in page["rows"]]}


@router.get("/grants/{grant_id}", response=GrantState, **endpoint(*HOLDERS, basis=DUTY_ONLY))
def show_grant(request: HttpRequest, grant_id: UUID) -> object:
    """一项授权，和它现在能不能取数。"""
    return _state(queries.grants.get(grant_id, by=actor(request)), utc_now())


@router.post("/grants/{grant_id}/end", response=GrantOut, **endpoint(*ENDERS, basis=DUTY_ONLY))
def end_grant(request: HttpRequest, grant_id: UUID, body: EndIn) -> object:
    """提前结束；正在进行的交换在下一块停止。"""
    return _state(grants.end_early(grant=grant_id, **body.dict(), by=actor(request), now=utc_now()), utc_now())


@router.post("/grants/{grant_id}/confirm", response=GrantOut, **endpoint(*DECIDERS, basis=AGREED))
def confirm_grant(request: HttpRequest, grant_id: UUID, body: OpinionIn) -> object:
    """资源变更后，提供部门确认授权继续有效。"""
    return _state(grants.confirm(grant=grant_id, opinion=body.opinion, by=actor(request), now=utc_now()), utc_now())


@router.get("/notices", response=Listing[NoticeOut], **endpoint(*READERS, basis=DEMAND))
def list_notices(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """平台发给本单位的通知。"""
    return Listing.of(queries.grants.notices(actor(request)).order_by("-sent_at", "id"), offset=offset, limit=limit)
