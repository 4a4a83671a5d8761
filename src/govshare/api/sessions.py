"""Signing in, seeing who one is, signing out (CD2016-35)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Base64Bytes, Field

from govshare.api.frame import actor, endpoint, open_endpoint
from govshare.api.schemas import Answer, Body
from govshare.kernel.clock import utc_now
from govshare.organizations import services as organizations
from govshare.regulation.articles import cite

router = Router(tags=["登录"])
CERTIFICATE = cite("CD2016-35")


class ChallengeOut(Answer):
    id: UUID
    text: str
    expires_at: datetime


class ChallengeAnswer(Body):
    certificate: Base64Bytes = Field(max_length=16_000, description="证书 DER 的 Base64")
    signature: Base64Bytes = Field(max_length=4_000, description="对挑战文本（UTF-8）的签名：RSA/ECDSA 用 SHA-256，SM2 用 SM3")


class SessionOut(Answer):
    token: str
    expires_at: datetime


class Who(Answer):
    kind: str
    id: str
    name: str
    organization: str
    organization_name: str
    roles: list[str]
    standing_in_for: str


@router.post("/challenges", response={201: ChallengeOut}, **open_endpoint(why="登录的第一步，还没有会话"))
def open_challenge(request: HttpRequest) -> tuple[int, object]:
    """取得待签名的挑战文本；一次有效，很快过期。"""
    return 201, organizations.open_challenge(now=utc_now())


@router.post("/challenges/{challenge_id}", response={201: SessionOut}, **open_endpoint(why="登录的第二步，凭证书签名换会话"))
def answer_challenge(request: HttpRequest, challenge_id: UUID, body: ChallengeAnswer) -> tuple[int, object]:
    """提交证书和签名，换取会话令牌。"""
    return 201, organizations.answer_challenge(
        challenge_id=challenge_id, certificate_der=body.certificate, signature=body.signature, now=utc_now()
    )


@router.post("/tickets/{ticket}", response={201: SessionOut}, **open_endpoint(why="证书登录端口签发的一次性票据"))
def redeem_ticket(request: HttpRequest, ticket: str) -> tuple[int, object]:
    """用证书登录端口给出的一次性票据换取会话令牌。"""
    return 201, organizations.redeem_ticket(ticket=ticket, now=utc_now())


@router.get("/me", response=Who, **endpoint(basis=CERTIFICATE))
def who_am_i(request: HttpRequest) -> object:
    """当前会话是谁、以什么角色办事。"""
    return {**{name: getattr(actor(request), name) for name in Who.model_fields if name != "roles"}, "roles": sorted(actor(request).roles)}


@router.delete("/session", response={204: None}, **endpoint(basis=CERTIFICATE))
def sign_out(request: HttpRequest) -> tuple[int, None]:
    """退出登录，会话立即失效。"""
    organizations.sign_out(token=request.headers["Authorization"].partition(" ")[2].strip(), by=actor(request), now=utc_now())
    return 204, None
