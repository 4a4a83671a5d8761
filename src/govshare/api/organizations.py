"""Organizations: who there is, who took over from whom (PC-10)."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import MANY, Answer, Body, Code, Limit, Line, Listing, Offset
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Organization
from govshare.organizations.rules import IDENTITY, REGISTRATION
from govshare.organizations.services import bodies

router = Router(tags=["机构"])


class OrganizationIn(Body):
    name: Line
    short_name: Line
    uscc: Code
    kind: str = Field(pattern="^(authority|department)$")
    tier: str = Field(pattern="^(city|district)$")
    region: Code
    document: Line = ""


class NewName(Body):
    name: Line
    short_name: Line
    document: Line


class Merger(Body):
    predecessors: list[UUID] = Field(min_length=1, max_length=50)
    document: Line


Matters = Annotated[list[Line], Field(max_length=10 * MANY)]


class Division(Body):
    heirs: dict[UUID, Matters] = Field(min_length=1, max_length=20, description="承接机构 → 随之划转的事项编号")
    main: UUID | None = Field(None, description="承接人员、系统和其余事项的机构；为空则原机构存续")
    document: Line


class OrganizationOut(Answer):
    id: UUID
    name: str
    short_name: str
    uscc: str
    kind: str
    tier: str
    region: str
    active: bool


@router.get("", response=Listing[OrganizationOut], **endpoint(basis=IDENTITY))
def list_organizations(request: HttpRequest, active: bool = True, offset: Offset = 0, limit: Limit = 100) -> object:
    """机构名录。"""
    return Listing.of(Organization.objects.filter(active=active).order_by("tier", "region", "name"), offset=offset, limit=limit)


@router.post("", response={201: OrganizationOut}, **endpoint(Role.SYSTEM_ADMIN, basis=REGISTRATION))
def register_organization(request: HttpRequest, body: OrganizationIn) -> object:
    """登记机构。"""
    return Status(201, bodies.register(**body.dict(), by=actor(request), now=utc_now()))


@router.get("/{organization_id}", response=OrganizationOut, **endpoint(basis=IDENTITY))
def show_organization(request: HttpRequest, organization_id: UUID) -> object:
    """一个机构；已撤并的也在。"""
    return queries.get(organization_id)


@router.post("/{organization_id}/rename", response=OrganizationOut, **endpoint(Role.SYSTEM_ADMIN, basis=REGISTRATION))
def rename_organization(request: HttpRequest, organization_id: UUID, body: NewName) -> object:
    """更名，旧名留档。"""
    return bodies.rename(organization=organization_id, **body.dict(), by=actor(request), now=utc_now())


@router.post("/{organization_id}/merge", response=OrganizationOut, **endpoint(Role.SYSTEM_ADMIN, basis=REGISTRATION))
def merge_organizations(request: HttpRequest, organization_id: UUID, body: Merger) -> object:
    """把若干机构并入本机构。"""
    return bodies.merge(into=organization_id, predecessors=body.predecessors, document=body.document, by=actor(request), now=utc_now())


@router.post("/{organization_id}/split", response=list[OrganizationOut], **endpoint(Role.SYSTEM_ADMIN, basis=REGISTRATION))
def split_organization(request: HttpRequest, organization_id: UUID, body: Division) -> object:
    """把本机构分立给若干机构。"""
    return bodies.split(
        organization=organization_id,
        heirs={str(heir): matters for heir, matters in body.heirs.items()},
        main=body.main,
        document=body.document,
        by=actor(request),
        now=utc_now(),
    )
