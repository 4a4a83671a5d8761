"""What the authority makes of filed entries: confirm, adjust, send back, delist; verify what is not shared (CD2016-13.2, 16)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from govshare.api.entries import CONFIRM
from govshare.api.entry_bodies import EntryOut, QueueRow, RemarkIn, as_remarks, as_seen
from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, SOME, Body, Code, Line, Text
from govshare.catalog import queries, services
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite

router = Router(tags=["确认与核定"])
VERIFY = cite("CD2016-13.2")


class Opinion(Body):
    expected_revision: int
    opinion: Text = ""


class Decision(Body):
    expected_revision: int
    reason: Text


class Return(Body):
    """退回：总的原因和逐处意见至少有一样。"""

    expected_revision: int
    reason: Text = ""
    remarks: list[RemarkIn] = Field([], max_length=MANY)

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        return {"expected_revision": self.expected_revision, "reason": self.reason, "remarks": as_remarks(self.remarks)}


class Changes(Body):
    """只填要调整的字段；信息项和依据由部门自己修改。"""

    name: Line = ""
    node: Code = ""
    share_type: Code = ""
    modes: set[Code] = Field(set(), max_length=SOME)
    terms: Text = ""
    for_all: bool = False
    scope: set[UUID] = Field(set(), max_length=MANY)
    update_cycle: Code = ""
    update_limit: Line = ""
    lead_unit: UUID | None = None
    related: set[Code] = Field(set(), max_length=MANY)

    def changes(self) -> dict[str, Any]:
        """As the catalog's own values, only what was sent."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        values |= {"scope": frozenset(map(str, self.scope)), "lead_unit": str(self.lead_unit or "")}
        return {name: values[name] for name in self.model_fields_set}


class Adjustment(Decision):
    changes: Changes


@router.get("/filed", response=list[QueueRow], **endpoint(Role.AUTHORITY, basis=CONFIRM))
def filed_queue(request: HttpRequest) -> object:
    """已备案待确认。"""
    return [
        {
            "entry": row.entry_id,
            "code": row.entry.code,
            "name": row.filed.name,
            "provider_name": row.entry.provider.name,
            "revision": row.filed.number,
            "status": row.status,
            "since": row.filed_at,
        }
        for row in queries.filed_queue(actor(request).organization)
    ]


@router.get("/to-verify", response=list[QueueRow], **endpoint(Role.AUTHORITY, basis=VERIFY))
def verification_queue(request: HttpRequest) -> object:
    """不予共享待核定。"""
    return [
        {
            "entry": row.entry_id,
            "code": row.entry.code,
            "name": row.revision.name,
            "provider_name": row.entry.provider.name,
            "revision": row.revision.number,
            "status": row.status,
            "since": row.filed_at,
        }
        for row in queries.verification_queue(actor(request).organization)
    ]


@router.post("/entries/{entry_id}/confirm", response=EntryOut, **endpoint(Role.AUTHORITY, basis=CONFIRM))
def confirm_listing(request: HttpRequest, entry_id: UUID, body: Opinion) -> object:
    """确认列入共享目录。"""
    services.confirm(entry=entry_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/adjust", response=EntryOut, **endpoint(Role.AUTHORITY, basis=CONFIRM))
def adjust_listing(request: HttpRequest, entry_id: UUID, body: Adjustment) -> object:
    """调整后列入，说明理由；提供部门会得到通知。"""
    services.adjust(
        entry=entry_id,
        changes=body.changes.changes(),
        reason=body.reason,
        expected_revision=body.expected_revision,
        by=actor(request),
        now=utc_now(),
    )
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/send-back", response=EntryOut, **endpoint(Role.AUTHORITY, basis=CONFIRM))
def send_back(request: HttpRequest, entry_id: UUID, body: Return) -> object:
    """退回调整，可逐处提出意见。"""
    services.send_back(entry=entry_id, **body.values(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/delist", response=EntryOut, **endpoint(Role.AUTHORITY, basis=cite("CD2016-17")))
def delist(request: HttpRequest, entry_id: UUID, body: Decision) -> object:
    """移出共享目录。"""
    services.delist(entry=entry_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/verify", response=EntryOut, **endpoint(Role.AUTHORITY, basis=VERIFY))
def verify_not_shared(request: HttpRequest, entry_id: UUID, body: Opinion) -> object:
    """核定不予共享。"""
    services.verify_not_shared(entry=entry_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/return-not-shared", response=EntryOut, **endpoint(Role.AUTHORITY, basis=VERIFY))
def return_not_shared(request: HttpRequest, entry_id: UUID, body: Return) -> object:
    """不予核定，退回，可逐处提出意见。"""
    services.return_not_shared(entry=entry_id, **body.values(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)
