"""Catalog entries: registered, reviewed, published, filed, confirmed, verified (CD2016-13 to 17, 21)."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from govshare.api.entry_bodies import (
    AtVersion,
    EntryEdit,
    EntryIn,
    EntryOut,
    OwnEntryOut,
    QueueRow,
    ReasonAtVersion,
    ReturnAtVersion,
    as_remarks,
    as_seen,
)
from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Code
from govshare.catalog import queries, services
from govshare.catalog.rules.contents import ItemContent
from govshare.kernel.clock import utc_now
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
