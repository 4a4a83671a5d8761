"""Shared demands 「共享需求」: raised, checked inside, accepted, answered item by item (CD2016-22, 25, 29.1)."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, SOME, Answer, Body, Code, Limit, Line, Listing, Offset, Text
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.sharing import queries
from govshare.sharing.rules.elements import Elements, RowCondition
from govshare.sharing.services import acceptance, attachments, checks, demands

router = Router(tags=["共享需求"])

DEMAND = cite("CD2016-22")
CHECK = cite("CD2016-29.1")
UNDO = convention("PC-80")
DRAFTERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN)
CHECKERS = (Role.RESOURCE_ADMIN, Role.LEADER)
ASKERS = (Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)
READERS = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)


class ConditionIn(Body):
    item: UUID
    operator: Code
    values: list[Line] = Field([], max_length=MANY)

    def row_condition(self) -> RowCondition:
        return RowCondition(self.item, self.operator, tuple(self.values))


class ElementsIn(Body):
    """五要素（应用业务、使用对象、所需信息、共享模式、截止时间）和履职依据。草稿可以不全。"""

    application: Text = ""
    users: list[Line] = Field([], max_length=SOME)
    items: list[UUID] = Field([], max_length=MANY)
    mode: Code = ""
    ends_on: date | None = None
    duty_basis: Text = ""
    purpose: Text = ""
    conditions: list[ConditionIn] = Field([], max_length=SOME)
    quota_per_day: int | None = None
    case_number_required: bool = False

    def elements(self) -> Elements:
        plain = {name: getattr(self, name) for name in type(self).model_fields}
        return Elements(
            **{
                **plain,
                "users": tuple(self.users),
                "items": tuple(self.items),
                "conditions": tuple(row.row_condition() for row in self.conditions),
            }
        )


class DemandIn(ElementsIn):
    entry: UUID
    replaces: UUID | None = None

    def elements(self) -> Elements:
        return ElementsIn(**{name: getattr(self, name) for name in ElementsIn.model_fields}).elements()


class RenewalIn(Body):
    grant: UUID
    ends_on: date
    duty_basis: Text = ""


class CheckIn(Body):
    checked: set[Code] = Field(max_length=SOME)
    opinion: Text = ""
    version: int | None = None


class OpinionIn(Body):
    opinion: Text = ""
    version: int | None = None


class Words(Body):
    text: Text


class RefusalIn(Body):
    ground: UUID | None = None
    reason: Text
    version: int | None = None


class DemandRow(Answer):
    id: UUID
    number: str
    kind: str
    entry_id: UUID
    entry_code: str
    entry_name: str
    recipient_id: UUID
    provider_id: UUID
    status: str
    version: int
    ends_on: date | None


class EventOut(Answer):
    action: str
    label: str
    basis: str
    status: str
    note: str
    late: bool
    taken_at: datetime
    taken_by_name: str
    organization_name: str
    receipt: str


class AttachmentOut(Answer):
    id: UUID
    name: str
    type: str
    size: int
    digest: str
    receipt: str


class MoveOut(Answer):
    verb: str
    label: str
    basis: str


class DueOut(Answer):
    title: str
    due_on: date
    provisional: bool


class DemandOut(DemandRow):
    elements: dict[str, Any]
    way: str
    missing: str
    opinion: str
    refusal_ground: UUID | None
    grant: UUID | None
    due: DueOut | None
    moves: list[MoveOut]
    attachments: list[AttachmentOut]
    history: list[EventOut]


class WaitingOut(Answer):
    label: str
    demand: DemandRow
    due: DueOut | None


def as_seen(demand: UUID, request: HttpRequest) -> dict[str, Any]:
    """The demand as the caller may see it, with what the caller may do next."""
    view = queries.demands.detail(demand, by=actor(request), now=utc_now())
    return {
        **{name: getattr(view.demand, name) for name in DemandRow.model_fields},
        **{name: getattr(view.demand, name) for name in ("way", "missing", "opinion")},
        "elements": asdict(view.demand.elements()),
        "refusal_ground": view.demand.refusal_ground_id,
        "grant": view.grant and view.grant.id,
        "due": view.duty,
        "moves": [{"verb": move.verb, "label": move.label, "basis": str(move.basis)} for move in view.moves],
        "attachments": view.attachments,
        "history": view.events,
    }


@router.get("/demands", response=Listing[DemandRow], **endpoint(*READERS, basis=DEMAND))
def list_demands(request: HttpRequest, side: Code = "recipient", offset: Offset = 0, limit: Limit = 100) -> object:
    """共享需求：side=recipient 本部门提出的，provider 向本部门提出的，all 有权查看的全部。"""
    chosen = {"recipient": queries.demands.own, "provider": queries.demands.raised_with}.get(side, queries.demands.visible)
    return Listing.of(chosen(actor(request)).order_by("-number"), offset=offset, limit=limit)


@router.get("/demands/inbox", response=list[WaitingOut], **endpoint(*READERS, basis=DEMAND))
def inbox(request: HttpRequest) -> object:
    """等我办理的需求，最急的在前。"""
    return [{"label": row.label, "demand": row.demand, "due": row.duty} for row in queries.demands.inbox(actor(request), now=utc_now())]


@router.post("/demands", response={201: DemandOut}, **endpoint(*DRAFTERS, basis=DEMAND))
def draft_demand(request: HttpRequest, body: DemandIn) -> object:
    """起草共享需求。"""
    made = demands.draft(entry=body.entry, elements=body.elements(), replaces=body.replaces, by=actor(request), now=utc_now())
    return Status(201, as_seen(made.pk, request))


@router.post("/demands/renewals", response={201: DemandOut}, **endpoint(*DRAFTERS, basis=DEMAND))
def draft_renewal(request: HttpRequest, body: RenewalIn) -> object:
    """起草续期。"""
    made = demands.renew(**body.dict(), by=actor(request), now=utc_now())
    return Status(201, as_seen(made.pk, request))


@router.get("/demands/{demand_id}", response=DemandOut, **endpoint(*READERS, basis=DEMAND))
def show_demand(request: HttpRequest, demand_id: UUID) -> object:
    """一项共享需求。"""
    return as_seen(demand_id, request)


@router.put("/demands/{demand_id}", response=DemandOut, **endpoint(*DRAFTERS, basis=DEMAND))
def edit_demand(request: HttpRequest, demand_id: UUID, body: ElementsIn) -> object:
    """修改草稿或退回的需求。"""
    demands.edit(demand=demand_id, elements=body.elements(), by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/submit", response=DemandOut, **endpoint(*DRAFTERS, basis=DEMAND))
def submit_demand(request: HttpRequest, demand_id: UUID) -> object:
    """提交本部门信息资源管理员把关。"""
    demands.submit(demand=demand_id, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/amend", response=DemandOut, **endpoint(*DRAFTERS, basis=DEMAND))
def amend_demand(request: HttpRequest, demand_id: UUID, body: ElementsIn) -> object:
    """答复前修改，重新把关。"""
    demands.amend(demand=demand_id, elements=body.elements(), by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/complete", response=DemandOut, **endpoint(*DRAFTERS, basis=DEMAND))
def complete_demand(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """提交补正，时限恢复计算。"""
    demands.complete(demand=demand_id, answer=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/withdraw", response=DemandOut, **endpoint(*DRAFTERS, basis=DEMAND))
def withdraw_demand(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """撤回，说明原因。"""
    demands.withdraw(demand=demand_id, reason=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/undo", response=DemandOut, **endpoint(*DRAFTERS, basis=UNDO))
def undo_submission(request: HttpRequest, demand_id: UUID) -> object:
    """收回自己刚提交的：几分钟之内、尚无人办理的，回到草稿，内容全部保留。"""
    demands.undo(demand=demand_id, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/check", response=DemandOut, **endpoint(*CHECKERS, basis=CHECK))
def pass_check(request: HttpRequest, demand_id: UUID, body: CheckIn) -> object:
    """把关通过：五要素逐项核定。"""
    checks.pass_check(demand=demand_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/return", response=DemandOut, **endpoint(*CHECKERS, basis=CHECK))
def return_demand(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """部门内退回补正。"""
    checks.return_to_drafter(demand=demand_id, missing=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/decline", response=DemandOut, **endpoint(*CHECKERS, basis=CHECK))
def decline_demand(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """本部门不予提出。"""
    checks.decline(demand=demand_id, reason=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/accept", response=DemandOut, **endpoint(Role.AUTHORITY, basis=DEMAND))
def accept_demand(request: HttpRequest, demand_id: UUID, body: OpinionIn) -> object:
    """受理。"""
    acceptance.accept(demand=demand_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/refuse-acceptance", response=DemandOut, **endpoint(Role.AUTHORITY, basis=DEMAND))
def refuse_acceptance(request: HttpRequest, demand_id: UUID, body: RefusalIn) -> object:
    """不予受理；须有登记的法定事由。"""
    values = body.dict()
    acceptance.refuse(demand=demand_id, **values, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/ask-completion", response=DemandOut, **endpoint(*ASKERS, basis=DEMAND))
def ask_completion(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """要求补正，自己的时限中止。"""
    acceptance.ask_completion(demand=demand_id, missing=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/press", response=DemandOut, **endpoint(Role.AUTHORITY, basis=DEMAND))
def press_demand(request: HttpRequest, demand_id: UUID, body: Words) -> object:
    """督办逾期未答复的需求。"""
    acceptance.press(demand=demand_id, opinion=body.text, by=actor(request), now=utc_now())
    return as_seen(demand_id, request)


@router.post("/demands/{demand_id}/attachments", response={201: AttachmentOut}, **endpoint(*DRAFTERS, basis=CHECK))
def add_attachment(request: HttpRequest, demand_id: UUID, file: File[UploadedFile]) -> object:
    """上传附件。"""
    return Status(201, attachments.add(demand=demand_id, name=file.name or "", content=file, by=actor(request), now=utc_now()))


@router.delete("/attachments/{attachment_id}", response={204: None}, **endpoint(*DRAFTERS, basis=CHECK))
def remove_attachment(request: HttpRequest, attachment_id: UUID) -> object:
    """移除草稿的附件。"""
    attachments.remove(attachment=attachment_id, by=actor(request), now=utc_now())
    return Status(204, None)


@router.get("/attachments/{attachment_id}", response=str, **endpoint(*READERS, basis=CHECK))
def download_attachment(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """下载附件；一律作为文件下载，不在浏览器里打开。"""
    found, file = queries.attachments.open_file(attachment=attachment_id, by=actor(request))
    return FileResponse(file, as_attachment=True, filename=found.name, content_type="application/octet-stream")
