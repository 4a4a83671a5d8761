"""Signing in, seeing who one is, choosing among one's posts, signing out (CD2016-35)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Base64Bytes, Field

from govshare.api.frame import actor, endpoint, open_endpoint
from govshare.api.schemas import Answer, Body, Code
from govshare.kernel.clock import utc_now
from govshare.organizations import queries
from govshare.organizations.rules import APPOINTMENTS, IDENTITY
from govshare.organizations.services import sessions

router = Router(tags=["登录"])


class ChallengeOut(Answer):
    id: UUID
    text: str
    expires_at: datetime


class ChallengeAnswer(Body):
    certificate: Base64Bytes = Field(max_length=16_000, description="证书 DER 的 Base64")
    signature: Base64Bytes = Field(max_length=4_000, description="对质询文本（UTF-8）的签名：RSA/ECDSA 用 SHA-256，SM2 用 SM3")


class PostOut(Answer):
    id: str
    role: str
    organization: UUID
    organization_name: str
    stand_in: bool


class Who(Answer):
    kind: str
    id: str
    name: str
    organization: str
    organization_name: str
    roles: list[str]
    standing_in_for: str
    posts: list[PostOut]


class SessionOut(Answer):
    token: str
    expires_at: datetime
    posts: list[PostOut]


class Choice(Body):
    post: Code


def _posts(standings: "tuple[queries.Standing, ...] | list[queries.Standing]") -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "role": row.appointment.role,
            "organization": row.appointment.organization_id,
            "organization_name": row.appointment.organization.name,
            "stand_in": row.stand_in is not None,
        }
        for row in standings
    ]


def _opened(signed_in: sessions.SignedIn) -> dict[str, Any]:
    return {"token": signed_in.token, "expires_at": signed_in.expires_at, "posts": _posts(signed_in.standings)}


def _token(request: HttpRequest) -> str:
    return request.headers["Authorization"].partition(" ")[2].strip()


@router.post("/challenges", response={201: ChallengeOut}, **open_endpoint(why="登录的第一步，还没有会话"))
def open_challenge(request: HttpRequest) -> object:
    """取得待签名的质询文本；一次有效，很快过期。"""
    return Status(201, sessions.open_challenge(now=utc_now()))


@router.post("/challenges/{challenge_id}", response={201: SessionOut}, **open_endpoint(why="登录的第二步，凭证书签名换会话"))
def answer_challenge(request: HttpRequest, challenge_id: UUID, body: ChallengeAnswer) -> object:
    """提交证书和签名，换取会话令牌。"""
    return Status(
        201,
        _opened(
            sessions.answer_challenge(challenge_id=challenge_id, certificate_der=body.certificate, signature=body.signature, now=utc_now())
        ),
    )


@router.post("/tickets/{ticket}", response={201: SessionOut}, **open_endpoint(why="证书登录端口签发的一次性票据"))
def redeem_ticket(request: HttpRequest, ticket: str) -> object:
    """用证书登录端口给出的一次性票据换取会话令牌。"""
    return Status(201, _opened(sessions.redeem_ticket(ticket=ticket, now=utc_now())))


@router.get("/me", response=Who, **endpoint(basis=IDENTITY))
def who_am_i(request: HttpRequest) -> object:
    """当前会话是谁、以什么职务办事、还可选哪些职务。"""
    by = actor(request)
    plain = {name: getattr(by, name) for name in ("kind", "id", "name", "organization", "organization_name", "standing_in_for")}
    current = queries.open_session(token=_token(request), now=utc_now())
    return {**plain, "roles": sorted(by.roles), "posts": _posts(current.standings)}


@router.post("/post", response={201: SessionOut}, **endpoint(basis=APPOINTMENTS))
def choose_post(request: HttpRequest, body: Choice) -> object:
    """换一个职务办事；会话令牌随之更换。"""
    return Status(201, _opened(sessions.choose_appointment(token=_token(request), standing=body.post, by=actor(request), now=utc_now())))


@router.delete("/session", response={204: None}, **endpoint(basis=IDENTITY))
def sign_out(request: HttpRequest) -> object:
    """退出登录，会话立即失效。"""
    sessions.sign_out(token=_token(request), by=actor(request), now=utc_now())
    return Status(204, None)
