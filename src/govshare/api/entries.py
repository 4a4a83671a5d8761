"""Catalog entries: registered, reviewed, published, filed, confirmed, verified (CD2016-13 to 17, 21)."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, SOME, Answer, Body, Code, Line, Text
from govshare.catalog import queries, services
from govshare.catalog.models import Step
from govshare.catalog.rules.contents import Content, ItemContent, Statutory
from govshare.catalog.rules.remarks import Remark
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

router = Router(tags=["资源目录"])

REGISTER = cite("CD2016-14")
REVIEW = cite("CD2016-15")
CONFIRM = cite("CD2016-16")
RETIRE = cite("CD2016-21")
UNDO = convention("PC-80")
REVIEWERS = (Role.REVIEWER, Role.LEADER)
INSIDE = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER)


class ItemIn(Body):
    id: UUID | None = None
    name: Line
    column: Code
    type: Code = "C"
    length: int | None = None
    sensitivity: Code = "ordinary"
    data_element: Line = ""
    code_table: Line = ""
    is_key: bool = False


class StatutoryIn(Body):
    organization: UUID
    ground: UUID


class ContentIn(Body):
    """核心元数据，见 GB/T 21063 与编制指南。"""

    name: Line
    node: Code
    abstract: Text = ""
    format_class: Code = ""
    format_type: Code = ""
    share_type: Code = ""
    terms: Text = ""
    ground: UUID | None = None
    modes: set[Code] = Field(set(), max_length=SOME)
    for_all: bool = False
    scope: set[UUID] = Field(set(), max_length=MANY)
    statutory: list[StatutoryIn] = Field([], max_length=MANY)
    open_to_public: bool = False
    open_conditions: Text = ""
    update_cycle: Code = ""
    update_limit: Line = ""
    related: set[Code] = Field(set(), max_length=MANY)
    classification: Code = ""
    collection_basis: Text = ""
    collection_procedure: Text = ""
    source: Code = ""
    lead_unit: UUID | None = None
    contact: Line = ""
    contact_phone: Line = ""

    def content(self) -> Content:
        """As the catalog's own value."""
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return Content(
            **{
                **values,
                "ground": str(self.ground or ""),
                "lead_unit": str(self.lead_unit or ""),
                "modes": frozenset(self.modes),
                "related": frozenset(self.related),
                "scope": frozenset(map(str, self.scope)),
                "statutory": frozenset(Statutory(organization=str(row.organization), ground=str(row.ground)) for row in self.statutory),
            }
        )


class EntryIn(Body):
    content: ContentIn
    items: list[ItemIn] = Field([], max_length=MANY)


class EntryEdit(EntryIn):
    expected_version: int
    reason: Text = ""


class AtVersion(Body):
    expected_version: int


class ReasonAtVersion(AtVersion):
    reason: Text


class RemarkIn(Body):
    """一处意见：``place`` 为字段名、``items``、``items.<英文名称>`` 或 ``items.<英文名称>.<字段>``。"""

    place: Line
    text: Text


class ReturnAtVersion(AtVersion):
    """退回：总的原因和逐处意见至少有一样。"""

    reason: Text = ""
    remarks: list[RemarkIn] = Field([], max_length=MANY)


def as_remarks(rows: list[RemarkIn]) -> list[Remark]:
    return [Remark(row.place, row.text) for row in rows]


class ItemOut(Answer):
    id: UUID | None
    name: str
    column: str
    type: str
    length: int | None
    sensitivity: str
    data_element: str
    code_table: str
    is_key: bool


class RevisionOut(Answer):
    number: int
    status: str
    adjusted: bool
    published_at: datetime | None
    content: dict[str, Any]
    items: list[ItemOut]


class DifferenceOut(Answer):
    place: str
    before: str
    after: str


class FaultOut(Answer):
    place: str
    message: str


class DecisionOut(Answer):
    status: str
    opinion: str
    decided_at: datetime | None


class MissingInterfaceOut(Answer):
    due_on: date
    provisional: bool
    overdue: bool


class RouteOut(Answer):
    id: UUID
    front_database_id: UUID
    schema_name: str = Field(alias="schema")
    table: str
    key: list[str]
    tested_at: datetime | None
    test_passed: bool | None
    test_message: str


class RemarkOut(Answer):
    place: str
    text: str


class StepOut(Answer):
    action: str
    basis: str
    reason: str
    taken_at: datetime
    taken_by_name: str
    receipt: str
    remarks: list[RemarkOut]


class EntryOut(Answer):
    """``version`` 用于提交修改，``revision`` 号用于主管部门的决定；他人只看到已列入共享目录的版本。"""

    id: UUID
    code: str
    version: int
    provider: UUID
    provider_name: str
    shown: RevisionOut | None
    pending: RevisionOut | None
    differences: list[DifferenceOut]
    key_elements: list[str]
    faults: list[FaultOut]
    listing: DecisionOut | None
    verification: DecisionOut | None
    route: RouteOut | None
    missing_interface: MissingInterfaceOut | None
    history: list[StepOut]


class OwnEntryOut(Answer):
    id: UUID
    code: str
    version: int
    name: str
    share_type: str
    status: str
    pending: str
    revision: int
    listing: str
    verification: str


class QueueRow(Answer):
    entry: UUID
    code: str
    name: str
    provider_name: str
    revision: int
    status: str
    since: datetime | None


def as_seen(entry: UUID, request: HttpRequest) -> dict[str, Any]:
    """The entry as the caller may see it."""
    view = queries.entry(entry, by=actor(request), today=local_date(utc_now()))
    plain = ("id", "code", "version", "provider", "provider_name", "differences", "faults", "listing", "verification")
    return {
        **{name: getattr(view, name) for name in plain},
        "history": [_step(step) for step in view.history],
        "key_elements": sorted(view.key_elements),
        "missing_interface": view.missing_interface,
        "shown": _revision(view.shown),
        "pending": _revision(view.pending),
        "route": view.route,
    }


def _step(step: Step) -> dict[str, Any]:
    plain = ("action", "basis", "reason", "taken_at", "taken_by_name", "receipt")
    return {**{name: getattr(step, name) for name in plain}, "remarks": list(step.remarks.all())}


def _revision(view: queries.RevisionView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    content = {
        key: sorted(value, key=str) if isinstance(value, frozenset | set) else value for key, value in asdict(view.snapshot.content).items()
    }
    return {
        **{name: getattr(view, name) for name in ("number", "status", "adjusted", "published_at")},
        "content": content,
        "items": view.snapshot.items,
    }


def _items(body: EntryIn) -> list[ItemContent]:
    return [ItemContent(**item.dict()) for item in body.items]


@router.get("/entries", response=list[OwnEntryOut], **endpoint(*INSIDE, basis=REGISTER))
def own_entries(request: HttpRequest, status: Code = "") -> object:
    """本部门资源目录。"""
    return queries.own_entries(UUID(actor(request).organization), status=status)


@router.post("/entries", response={201: EntryOut}, **endpoint(Role.REGISTRAR, basis=REGISTER))
def create_entry(request: HttpRequest, body: EntryIn) -> object:
    """登记一条信息资源（草稿）。"""
    entry = services.create_entry(content=body.content.content(), items=_items(body), by=actor(request), now=utc_now())
    return Status(201, as_seen(entry.pk, request))


@router.get("/entries/{entry_id}", response=EntryOut, **endpoint(basis=CONFIRM))
def show_entry(request: HttpRequest, entry_id: UUID) -> object:
    """一条信息资源。"""
    return as_seen(entry_id, request)


@router.put("/entries/{entry_id}", response=EntryOut, **endpoint(Role.REGISTRAR, basis=REGISTER))
def edit_entry(request: HttpRequest, entry_id: UUID, body: EntryEdit) -> object:
    """修改；已发布的另起一个待审版本。"""
    services.edit_entry(
        entry=entry_id,
        content=body.content.content(),
        items=_items(body),
        expected_version=body.expected_version,
        reason=body.reason,
        by=actor(request),
        now=utc_now(),
    )
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/submit", response=EntryOut, **endpoint(Role.REGISTRAR, basis=REGISTER))
def submit_entry(request: HttpRequest, entry_id: UUID, body: AtVersion) -> object:
    """自检并提交审核。"""
    services.submit(entry=entry_id, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/withdraw", response=EntryOut, **endpoint(Role.REGISTRAR, basis=REGISTER))
def withdraw_entry(request: HttpRequest, entry_id: UUID, body: AtVersion) -> object:
    """撤回提交。"""
    services.withdraw(entry=entry_id, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/undo", response=EntryOut, **endpoint(Role.REGISTRAR, basis=UNDO))
def undo_submission(request: HttpRequest, entry_id: UUID, body: AtVersion) -> object:
    """收回自己刚提交的：几分钟之内、尚无人办理的，回到草稿，内容全部保留。"""
    services.undo(entry=entry_id, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/discard", response=EntryOut, **endpoint(Role.REGISTRAR, basis=REVIEW))
def discard_draft(request: HttpRequest, entry_id: UUID, body: AtVersion) -> object:
    """放弃草稿。"""
    services.discard_draft(entry=entry_id, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/return", response=EntryOut, **endpoint(*REVIEWERS, basis=REVIEW))
def return_entry(request: HttpRequest, entry_id: UUID, body: ReturnAtVersion) -> object:
    """退回修改，可逐处提出意见。"""
    services.return_entry(
        entry=entry_id,
        reason=body.reason,
        remarks=as_remarks(body.remarks),
        expected_version=body.expected_version,
        by=actor(request),
        now=utc_now(),
    )
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/publish", response=EntryOut, **endpoint(*REVIEWERS, basis=REGISTER))
def publish_entry(request: HttpRequest, entry_id: UUID, body: AtVersion) -> object:
    """发布到本部门资源目录，同时报主管部门备案。"""
    services.publish(entry=entry_id, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/retire", response=EntryOut, **endpoint(*REVIEWERS, basis=RETIRE))
def retire_entry(request: HttpRequest, entry_id: UUID, body: ReasonAtVersion) -> object:
    """停用。"""
    services.retire(entry=entry_id, reason=body.reason, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/file-again", response=EntryOut, **endpoint(*REVIEWERS, basis=CONFIRM))
def file_again(request: HttpRequest, entry_id: UUID, body: ReasonAtVersion) -> object:
    """被退回或移出后再次备案。"""
    services.file_again(entry=entry_id, reason=body.reason, expected_version=body.expected_version, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.get("/review", response=list[QueueRow], **endpoint(*REVIEWERS, basis=REVIEW))
def review_queue(request: HttpRequest) -> object:
    """待本部门审核。"""
    return [
        {
            "entry": row.entry_id,
            "code": row.entry.code,
            "name": row.name,
            "provider_name": actor(request).organization_name,
            "revision": row.number,
            "status": row.status,
            "since": row.submitted_at,
        }
        for row in queries.review_queue(UUID(actor(request).organization))
    ]
