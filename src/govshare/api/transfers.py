"""Direct data exchange 「直接数据交换」: ordered, run, watched, retried, cancelled (CD2016-24; PC-57)."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Limit, Line, Listing, Offset, Reason
from govshare.exchange import queries
from govshare.exchange.models import Run
from govshare.exchange.rules import EXCHANGE, WHO
from govshare.exchange.services import orders, runs
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role

router = Router(tags=["数据交换"])

TAKERS = (Role.RESOURCE_ADMIN, Role.SYSTEM)
READERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN, Role.LEADER, Role.SYSTEM, Role.AUTHORITY, Role.AUDIT_ADMIN)


class TransferIn(Body):
    grant: UUID
    target: UUID
    table: Line
    mode: Literal["full", "increment", "difference"] = "full"
    watermark: str = Field(default="", max_length=63)
    overlap: int | None = None


class RunIn(Body):
    """``comparing``：这一次按快照比对，找出增量看不见的变动。"""

    comparing: bool = False


class TransferOut(Answer):
    id: UUID
    number: str
    grant_id: UUID
    grant_number: str
    entry_code: str
    entry_name: str
    provider_id: UUID
    recipient_id: UUID
    target_id: UUID
    table: str
    mode: str
    watermark: str
    overlap: int | None
    status: str
    receipt_number: str


class ProgressOut(Answer):
    """``share`` 为已完成的比例（0 到 1）；正在传输时 ``seconds_left`` 为按现在的速度还需的秒数。"""

    status: str
    phase: str
    rows: int
    expected_rows: int
    bytes: int
    share: float
    rows_per_second: float
    seconds_left: float | None


class RunOut(Answer):
    """一次传输。交付后 ``source_digest`` 与 ``target_digest`` 相等，``finish_receipt`` 是双方的回执号。"""

    id: UUID
    transfer_id: UUID
    number: int
    mode: str
    status: str
    attempt: int
    reason: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    snapshot: str
    rows_done: int
    source_digest: str
    target_digest: str
    applied: dict[str, Any]
    chain: str
    start_receipt: str
    finish_receipt: str


class RunState(RunOut):
    progress: ProgressOut


def _state(run: Run) -> dict[str, Any]:
    return {
        **{name: getattr(run, name) for name in RunOut.model_fields},
        "progress": queries.progress(run.pk, now=utc_now()),
    }


@router.get("/transfers", response=Listing[TransferOut], **endpoint(*READERS, basis=EXCHANGE))
def list_transfers(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """本部门提供或取得的传输；主管部门和审计管理员看全部。"""
    return Listing.of(queries.visible(actor(request)).order_by("-ordered_at", "id"), offset=offset, limit=limit)


@router.post("/transfers", response={201: TransferOut}, **endpoint(*TAKERS, basis=WHO))
def order_transfer(request: HttpRequest, body: TransferIn) -> object:
    """登记传输：授权的数据送到本部门前置库的哪张表，以什么方式。"""
    how = orders.Manner(body.mode, body.watermark, body.overlap)
    made = orders.order(grant=body.grant, target=body.target, table=body.table, how=how, by=actor(request), now=utc_now())
    return Status(201, made)


@router.get("/transfers/{transfer_id}", response=TransferOut, **endpoint(*READERS, basis=EXCHANGE))
def show_transfer(request: HttpRequest, transfer_id: UUID) -> object:
    """一项传输。"""
    return queries.transfer(transfer_id, by=actor(request))


@router.post("/transfers/{transfer_id}/close", response=TransferOut, **endpoint(Role.RESOURCE_ADMIN, basis=EXCHANGE))
def close_transfer(request: HttpRequest, transfer_id: UUID, body: Reason) -> object:
    """结束传输；已交付的数据仍受第三十一条约束。"""
    return orders.close(transfer=transfer_id, reason=body.reason, by=actor(request), now=utc_now())


@router.get("/transfers/{transfer_id}/runs", response=Listing[RunOut], **endpoint(*READERS, basis=EXCHANGE))
def list_runs(request: HttpRequest, transfer_id: UUID, offset: Offset = 0, limit: Limit = 100) -> object:
    """历次传输，最近的在前。"""
    found = queries.transfer(transfer_id, by=actor(request))
    return Listing.of(Run.objects.filter(transfer=found).order_by("-number"), offset=offset, limit=limit)


@router.post("/transfers/{transfer_id}/runs", response={201: RunState}, **endpoint(*TAKERS, basis=WHO))
def start_run(request: HttpRequest, transfer_id: UUID, body: RunIn | None = None) -> object:
    """开始一次传输。"""
    comparing = bool(body and body.comparing)
    return Status(201, _state(runs.start(transfer=transfer_id, by=actor(request), now=utc_now(), comparing=comparing)))


@router.get("/runs/{run_id}", response=RunState, **endpoint(*READERS, basis=EXCHANGE))
def show_run(request: HttpRequest, run_id: UUID) -> object:
    """一次传输和它的进度。"""
    return _state(queries.run(run_id, by=actor(request)))


@router.post("/runs/{run_id}/retry", response=RunState, **endpoint(*TAKERS, basis=WHO))
def retry_run(request: HttpRequest, run_id: UUID) -> object:
    """重试：与新快照核对，只重传不同的部分。"""
    return _state(runs.retry(run=run_id, by=actor(request), now=utc_now()))


@router.post("/runs/{run_id}/confirm", response=RunState, **endpoint(Role.RESOURCE_ADMIN, basis=WHO))
def confirm_run(request: HttpRequest, run_id: UUID, body: Reason) -> object:
    """来源数据明显减少或类型变化时，人工确认后继续。"""
    return _state(runs.confirm(run=run_id, reason=body.reason, by=actor(request), now=utc_now()))


@router.post("/runs/{run_id}/cancel", response=RunState, **endpoint(*TAKERS, basis=WHO))
def cancel_run(request: HttpRequest, run_id: UUID, body: Reason) -> object:
    """取消；未交付的数据会清除。"""
    return _state(runs.cancel(run=run_id, reason=body.reason, by=actor(request), now=utc_now()))
