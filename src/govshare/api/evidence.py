"""Receipts and the evidence log, as each may see it (CD2016-26, 36)."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, Field

from govshare.api.frame import actor, endpoint, open_endpoint
from govshare.api.schemas import Answer, Code, Line
from govshare.audit import queries, services
from govshare.audit.log import open_log
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.regulation.articles import cite

router = Router(tags=["存证"])
EVIDENCE = cite("CD2016-26")
PUBLIC = "公钥和检查点公开，任何人都能验证日志没有被改写"


class EntryOut(Answer):
    number: str
    at: datetime
    action: str
    outcome: str
    actor: str
    organization: str
    about: str
    resource: str
    grant: str
    body: str


class PageOut(Answer):
    found: list[EntryOut]
    next: str


@router.get("/key", response=str, **open_endpoint(why=PUBLIC))
def log_key(request: HttpRequest) -> HttpResponse:
    """日志公钥（vkey 文本）。"""
    return HttpResponse(f"{queries.verification_key()}\n", content_type="text/plain; charset=utf-8")


@router.get("/checkpoint", response=str, **open_endpoint(why=PUBLIC))
def checkpoint(request: HttpRequest) -> HttpResponse:
    """最近一次签名的检查点（C2SP signed note）。"""
    head = open_log().head()
    if head is None:
        raise NotFound("还没有检查点，请稍后再取", basis=EVIDENCE)
    return HttpResponse(head.note, content_type="text/plain; charset=utf-8")


@router.get("/receipts/{number}", response=str, **endpoint(basis=EVIDENCE))
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """下载回执：入日志后为证明，之前为签名承诺。"""
    content = services.read_receipt(number=number, by=actor(request), now=utc_now())
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="receipt.tlog-proof"'
    return response


@router.get("/entries", response=PageOut, **endpoint(basis=EVIDENCE))
def entries(
    request: HttpRequest,
    action: Line = "",
    about: Line = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    before: Code = "",
    limit: Annotated[int, Field(ge=1, le=queries.PAGE)] = queries.PAGE,
) -> object:
    """检索日志：本部门的记录；审计管理员看全部，查看本身也被记录。"""
    return services.search(
        by=actor(request), now=utc_now(), action=action, about=about, since=since, until=until, before=before, limit=limit
    )
