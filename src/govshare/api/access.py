"""Access routes of entries: bound to a front-end table, documented, tested (CD2016-19)."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from govshare.api.entry_bodies import EntryOut, as_seen
from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, Body, Line
from govshare.catalog import services
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite

router = Router(tags=["访问接口"])

INTERFACE = cite("CD2016-19")
BINDERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN)


class RouteIn(Body):
    expected_version: int
    front_database: UUID
    table: Line
    key: list[Line] = Field(min_length=1, max_length=32)
    columns: dict[UUID, Line] | None = Field(None, max_length=MANY, description="信息项编号 → 列名；不填则按信息项的英文名")
    document: str = Field("", max_length=20_000, description="接口规范说明")


@router.post("/entries/{entry_id}/route", response=EntryOut, **endpoint(*BINDERS, basis=INTERFACE))
def bind_route(request: HttpRequest, entry_id: UUID, body: RouteIn) -> object:
    """把信息项绑定到前置库的表。"""
    services.bind_route(entry=entry_id, **body.dict(), by=actor(request), now=utc_now())
    return as_seen(entry_id, request)


@router.post("/entries/{entry_id}/route/test", response=EntryOut, **endpoint(*BINDERS, basis=INTERFACE))
def test_route(request: HttpRequest, entry_id: UUID) -> object:
    """测试访问接口；通过后“接口未提供”的标记消除。"""
    services.test_route(entry=entry_id, by=actor(request), now=utc_now())
    return as_seen(entry_id, request)
