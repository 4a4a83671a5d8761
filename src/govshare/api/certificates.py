"""Trust anchors, revocation lists and certificates: the 安全管理员's work (CD2016-35, PC-16)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Base64Bytes, Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Code, Limit, Line, Listing, Offset, Reason
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate, TrustAnchor
from govshare.organizations.rules import IDENTITY, RENEWAL
from govshare.organizations.services import certificates, trust

router = Router(tags=["证书"])

#: The leader of the operating authority binds the 安全管理员's own certificate; the service looks which case it is.
BINDERS = (Role.SECURITY_ADMIN, Role.LEADER)


class AnchorIn(Body):
    name: Line
    certificate: Base64Bytes = Field(max_length=16_000, description="PEM 或 DER 的 Base64")


class AnchorOut(Answer):
    id: UUID
    name: str
    fingerprint: str
    algorithm: str
    not_after: datetime


class ListIn(Body):
    data: Base64Bytes = Field(max_length=20_000_000, description="吊销列表 PEM 或 DER 的 Base64")


class ListOut(Answer):
    id: UUID
    anchor_id: UUID
    this_update: datetime
    next_update: datetime


class CertificateIn(Body):
    certificate: Base64Bytes = Field(max_length=16_000, description="PEM 或 DER 的 Base64")
    person: UUID | None = None
    system: UUID | None = None


class CertificateOut(Answer):
    id: UUID
    person_id: UUID | None
    system_id: UUID | None
    fingerprint: str
    subject: str
    status: str
    not_after: datetime


@router.get("/anchors", response=list[AnchorOut], **endpoint(Role.SECURITY_ADMIN, basis=IDENTITY))
def list_anchors(request: HttpRequest) -> object:
    """信任的证书签发机构。"""
    return list(TrustAnchor.objects.filter(withdrawn_at=None).order_by("added_at", "id"))


@router.post("/anchors", response={201: AnchorOut}, **endpoint(Role.SECURITY_ADMIN, basis=IDENTITY))
def add_anchor(request: HttpRequest, body: AnchorIn) -> object:
    """增加信任的证书签发机构。"""
    return Status(201, trust.add_anchor(name=body.name, certificate=body.certificate, by=actor(request), now=utc_now()))


@router.post("/anchors/{anchor_id}/withdraw", response=AnchorOut, **endpoint(Role.SECURITY_ADMIN, basis=IDENTITY))
def withdraw_anchor(request: HttpRequest, anchor_id: UUID, body: Reason) -> object:
    """不再信任一个签发机构；它签发的证书立即失效。"""
    return trust.withdraw_anchor(anchor=anchor_id, reason=body.reason, by=actor(request), now=utc_now())


@router.post("/revocation-lists", response={201: ListOut}, **endpoint(Role.SECURITY_ADMIN, basis=IDENTITY))
def load_revocation_list(request: HttpRequest, body: ListIn) -> object:
    """载入吊销列表。"""
    return Status(201, trust.load_list(data=body.data, by=actor(request), now=utc_now()))


@router.get("/certificates", response=Listing[CertificateOut], **endpoint(Role.SECURITY_ADMIN, basis=IDENTITY))
def list_certificates(request: HttpRequest, status: Code = "", offset: Offset = 0, limit: Limit = 100) -> object:
    """登记的证书；待确认的用 status=pending 查。"""
    rows = Certificate.objects.order_by("-presented_at", "id")
    return Listing.of(rows.filter(status=status) if status else rows, offset=offset, limit=limit)


@router.post("/certificates", response={201: CertificateOut}, **endpoint(*BINDERS, basis=RENEWAL))
def bind_certificate(request: HttpRequest, body: CertificateIn) -> object:
    """把证书绑定到在册人员或系统。"""
    return Status(
        201, certificates.bind(certificate=body.certificate, person=body.person, system=body.system, by=actor(request), now=utc_now())
    )


@router.post("/certificates/{certificate_id}/confirm", response=CertificateOut, **endpoint(*BINDERS, basis=RENEWAL))
def confirm_certificate(request: HttpRequest, certificate_id: UUID) -> object:
    """确认换了新密钥的证书。"""
    return certificates.confirm(certificate=certificate_id, by=actor(request), now=utc_now())


@router.post("/certificates/{certificate_id}/reject", response=CertificateOut, **endpoint(*BINDERS, basis=RENEWAL))
def reject_certificate(request: HttpRequest, certificate_id: UUID, body: Reason) -> object:
    """不予确认。"""
    return certificates.reject(certificate=certificate_id, reason=body.reason, by=actor(request), now=utc_now())


@router.post("/certificates/{certificate_id}/revoke", response=CertificateOut, **endpoint(basis=IDENTITY))
def revoke_certificate(request: HttpRequest, certificate_id: UUID, body: Reason) -> object:
    """在平台停用证书，一秒内生效：安全管理员、本部门分管领导，或遗失证书的本人。"""
    return certificates.revoke(certificate=certificate_id, reason=body.reason, by=actor(request), now=utc_now())
