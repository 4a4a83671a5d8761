"""Receipts and the evidence log, as each may see it (CD2016-26, 36)."""

from datetime import datetime
from typing import Annotated

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import AwareDatetime, Field

from govshare.api.frame import SIGNED_IN, actor, endpoint, open_endpoint
from govshare.api.schemas import Answer, Body, Line
from govshare.archive import services as searching
from govshare.archive.search.criteria import PAGE, Criteria
from govshare.archive.search.merged import Counts
from govshare.audit import queries, services
from govshare.audit.log import open_log
from govshare.audit.witnessing import LARGEST
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, Refused
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

router = Router(tags=["存证"])
EVIDENCE = cite("CD2016-26")
READERS = SIGNED_IN - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}  # PC-118
PUBLIC = "公钥和检查点公开，任何人都能验证日志没有被改写"


WITNESSED = convention("PC-106")
IN_BULK = convention("PC-108")
_REFUSED: dict[int, type[Refused]] = {400: Refused, 403: NotYours, 404: NotFound, 422: Invalid}


class EntryOut(Answer):
    number: str
    index: int | None
    at: datetime
    action: str
    outcome: str
    actor: str
    organization: str
    about: str
    resource: str
    grant: str
    subject: str
    body: str


class CountsOut(Answer):
    total: int
    complete: bool
    actions: dict[str, int]
    outcomes: dict[str, int]
    organizations: dict[str, int]
    days: dict[str, int]


class PageOut(Answer):
    found: list[EntryOut]
    next: str
    counts: CountsOut | None


class Conditions(Body):
    """What entries are asked for; empty means any."""

    subject: Annotated[str, Field(max_length=76, pattern=r"^(hmac-sha256:[0-9a-f]{64})?$")] = ""
    actor: Line = ""
    organization: Line = ""
    about: Line = ""
    resource: Line = ""
    grant: Line = ""
    action: Line = ""
    outcome: Line = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def criteria(self, *, subject: str = "") -> Criteria:
        given = self.model_dump(exclude={"actor", "subject", "identifier", "before", "limit", "counted"})
        return Criteria(**given, actors=(self.actor,) if self.actor else None, subject=subject or self.subject)


class Asked(Conditions):
    before: Annotated[str, Field(max_length=60)] = ""
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE
    counted: bool = False


class AskedOf(Asked):
    """``identifier``: 个人或单位的号码，当即换算为密钥摘要，不存储。"""

    identifier: Annotated[str, Field(min_length=1, max_length=100)]


@router.get("/key", response=str, **open_endpoint(why=PUBLIC))
def log_key(request: HttpRequest) -> HttpResponse:
    """日志公钥（vkey 文本）。"""
    return HttpResponse(f"{queries.verification_key()}\n", content_type="text/plain; charset=utf-8")


@router.get("/handover", response=str, **open_endpoint(why=PUBLIC))
def handover(request: HttpRequest) -> HttpResponse:
    """日志签名密钥的全部交接；凭它，任何一把公钥都能核验全部回执。没有更换过密钥时为空。"""
    return HttpResponse(open_log().handovers(), content_type="text/plain; charset=utf-8")


@router.get("/checkpoint", response=str, **open_endpoint(why=PUBLIC))
def checkpoint(request: HttpRequest) -> HttpResponse:
    """最近一次签名的检查点（C2SP signed note）。"""
    head = open_log().head()
    if head is None:
        raise NotFound("还没有检查点，请稍后再取", basis=EVIDENCE)
    return HttpResponse(head.note, content_type="text/plain; charset=utf-8")


@router.get("/witness/key", response=str, **open_endpoint(why=PUBLIC))
def witness_key(request: HttpRequest) -> HttpResponse:
    """本平台作为见证方的公钥（vkey 文本）。"""
    return HttpResponse(f"{queries.witness_key()}\n", content_type="text/plain; charset=utf-8")


@router.post("/witness/add-checkpoint", response=str, **open_endpoint(why="见证其他平台的日志：请求凭检查点上的签名，不需要会话"))
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """见证（c2sp.org/tlog-witness）：检查点与先前所见一致的，返回连署的签名行。"""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        raise Invalid("见证请求过大", basis=WITNESSED)
    answer = services.witness(body=request.body, now=utc_now())
    if answer.status in _REFUSED:
        raise _REFUSED[answer.status](answer.body.strip(), basis=WITNESSED)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.kind)


@router.get("/timestamps/{size}", response=bytes, **open_endpoint(why=PUBLIC))
def time_stamp(request: HttpRequest, size: Annotated[int, Path(ge=1, lt=2**63)]) -> HttpResponse:
    """可信时间戳（RFC 3161）：证明该条数的检查点在何时已经存在。"""
    return HttpResponse(bytes(queries.time_stamp(size).token), content_type="application/timestamp-reply")


@router.get("/receipts.zip", response=bytes, **endpoint(*READERS, basis=IN_BULK))
def receipts(request: HttpRequest, asked: Query[Conditions]) -> FileResponse:
    """成批下载回执（至多一万份）：本部门的记录各一份回执，附平台签名的清单；govshare verify 整包核验。"""
    file = searching.package(criteria=asked.criteria(), by=actor(request), now=utc_now())
    return FileResponse(file, as_attachment=True, filename="receipts.zip", content_type="application/zip")


@router.get("/receipts/{number}", response=str, **endpoint(basis=EVIDENCE))
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """下载回执：入日志后为证明，之前为签名承诺。"""
    content = services.read_receipt(number=number, by=actor(request), now=utc_now())
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="receipt.tlog-proof"'
    return response


@router.get("/entries", response=PageOut, **endpoint(*READERS, basis=EVIDENCE))
def entries(request: HttpRequest, asked: Query[Asked]) -> object:
    """检索日志（在线与封存的在一张单子里，最近的在前）：本部门的记录；审计管理员看全部，查看本身也被记录。"""
    return _page(request, asked, asked.criteria())


@router.post("/searches", response=PageOut, **endpoint(*READERS, basis=EVIDENCE))
def search_of(request: HttpRequest, asked: AskedOf) -> object:
    """按个人或单位的号码检索日志：号码随请求正文送来，当即换算为密钥摘要，不存储、不写入任何日志。"""
    return _page(request, asked, asked.criteria(subject=searching.subject_of(asked.identifier)))


def _page(request: HttpRequest, asked: Asked, criteria: Criteria) -> object:
    answer = searching.search(
        criteria=criteria, by=actor(request), now=utc_now(), start=asked.before, limit=asked.limit, counted=asked.counted
    )
    return {"found": answer.rows, "next": answer.next, "counts": _counts(answer.counts) if answer.counts else None}


def _counts(counts: Counts) -> dict[str, object]:
    by = {f"{name}s": counts.by(name) for name in ("action", "outcome", "organization", "day")}
    return {"total": counts.total, "complete": counts.complete, **by}
