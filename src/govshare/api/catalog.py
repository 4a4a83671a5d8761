"""The sharing catalog 「共享目录」 as everybody sees it, and the registers it rests on (CD2016-7, 16)."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Code, Limit, Line, Listing, Offset, Reason, Text
from govshare.catalog import queries, services
from govshare.catalog.models import LegalGround, Node
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite

router = Router(tags=["共享目录"])

CATALOG = cite("CD2016-7")
GROUNDS = cite("CD2016-13.2")
STANDARD = cite("CD2016-6")


class HitOut(Answer):
    entry: UUID
    code: str
    name: str
    node: str
    node_name: str
    provider: UUID
    provider_name: str
    share_type: str
    modes: list[str]
    update_limit: str
    abstract: str
    revision: int
    has_route: bool


class SearchOut(Answer):
    hits: list[HitOut]
    total: int
    page: int
    size: int
    facets: dict[str, dict[str, int]]


class NodeOut(Answer):
    code: str
    name: str
    lead_id: UUID | None


class NodeIn(Body):
    code: Code
    name: Line
    lead: UUID | None = None


class GroundOut(Answer):
    id: UUID
    title: str
    issuer: str
    number: str
    article: str
    text: str
    kind: str
    allows: str
    active: bool


class GroundIn(Body):
    title: Line
    issuer: Line
    article: Line
    text: Text
    kind: Code
    allows: Code
    number: Line = ""


@router.get("", response=SearchOut, **endpoint(basis=CATALOG))
def search(
    request: HttpRequest,
    text: Line = "",
    node: Code = "",
    provider: UUID | None = None,
    share_type: Code = "",
    mode: Code = "",
    has_route: bool | None = None,
    page: Offset = 1,
    size: Limit = 20,
) -> object:
    """检索共享目录：子词、词组、单字都能查；附各分面的条数。"""
    return queries.search(
        text, node=node, provider=provider, share_type=share_type, mode=mode, has_route=has_route, page=max(1, page), size=min(size, 100)
    )


@router.get("/nodes", response=list[NodeOut], **endpoint(basis=CATALOG))
def list_nodes(request: HttpRequest) -> object:
    """信息资源分类树。"""
    return list(Node.objects.order_by("code"))


@router.post("/nodes", response={201: NodeOut}, **endpoint(Role.AUTHORITY, basis=STANDARD))
def add_node(request: HttpRequest, body: NodeIn) -> object:
    """增加类目。"""
    return Status(201, services.add_node(**body.dict(), by=actor(request), now=utc_now()))


@router.get("/grounds", response=Listing[GroundOut], **endpoint(basis=GROUNDS))
def list_grounds(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """法律依据登记簿。"""
    return Listing.of(LegalGround.objects.filter(active=True).order_by("title", "article", "id"), offset=offset, limit=limit)


@router.post("/grounds", response={201: GroundOut}, **endpoint(Role.AUTHORITY, basis=GROUNDS))
def add_ground(request: HttpRequest, body: GroundIn) -> object:
    """登记一条法律依据。"""
    return Status(201, services.add_ground(**body.dict(), by=actor(request), now=utc_now()))


@router.post("/grounds/{ground_id}/close", response=GroundOut, **endpoint(Role.AUTHORITY, basis=GROUNDS))
def close_ground(request: HttpRequest, ground_id: UUID, body: Reason) -> object:
    """停用一条法律依据。"""
    return services.close_ground(ground=ground_id, reason=body.reason, by=actor(request), now=utc_now())
