"""The frame of the machine API: who may call what, and how a refusal is told and recorded.

Every endpoint is declared through ``endpoint`` with the roles that own it and the basis it rests on, or through
``open_endpoint`` with the reason why it is open. What is not declared so cannot be mounted (a house test looks).
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from govshare import __version__
from govshare.api.problems import as_response, from_validation
from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Basis, Invalid, NotSignedIn, NotYours, Refused, Unavailable
from govshare.kernel.roles import Role
from govshare.operations.faults import told
from govshare.operations.metrics import count_refusal
from govshare.organizations import queries as organizations
from govshare.regulation.conventions import convention

log = structlog.get_logger("api")

SIGNED_IN = frozenset(Role) - {Role.PLATFORM}


class ReadableJSON(JSONRenderer):
    """Chinese as it is read, not as escapes."""

    charset = "utf-8"
    json_dumps_params = {"ensure_ascii": False}  # ninja declares it on the instance


class RoleAuth(HttpBearer):
    """A session token whose actor holds one of ``roles``; with ``operator``, at the authority that runs the platform."""

    def __init__(self, roles: frozenset[Role], basis: Basis, *, operator: bool = False) -> None:
        super().__init__()
        self.roles = roles
        self.basis = basis
        self.operator = operator

    def __call__(self, request: HttpRequest) -> Actor:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("请先用数字证书登录，再带会话令牌访问", basis=convention("PC-71"))
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        actor = organizations.actor_of_session(token=token, now=utc_now())
        request.actor = actor  # type: ignore[attr-defined]  # read again when a refusal is recorded
        if not actor.is_one_of(self.roles):
            wanted = "、".join(sorted(role.label for role in self.roles))
            raise NotYours(f"需要角色：{wanted}", basis=self.basis)
        if self.operator:
            organizations.need_operator(actor, basis=self.basis)
        return actor


def endpoint(*roles: Role, basis: Basis, operator: bool = False, **extra: Any) -> dict[str, Any]:
    """Keyword arguments of a ninja operation owned by ``roles`` (none named: whoever is signed in).

    ``operator``: what holds for everybody, so only for those of the authority that runs the platform.
    """
    owners = frozenset(roles) or SIGNED_IN
    described = {"x-roles": sorted(owners), "x-basis": str(basis), **({"x-operator": True} if operator else {})}
    return {
        "auth": RoleAuth(owners, basis, operator=operator),
        "openapi_extra": described,
        "by_alias": True,
        **extra,
    }


def open_endpoint(*, why: str, **extra: Any) -> dict[str, Any]:
    """Keyword arguments of an operation that needs no session; ``why`` is shown in the API's description."""
    return {"auth": None, "openapi_extra": {"x-roles": [], "x-open-because": why}, "by_alias": True, **extra}


def actor(request: HttpRequest) -> Actor:
    """Who calls; only inside endpoints declared with ``endpoint``."""
    caller = request.auth  # type: ignore[attr-defined]  # set by ninja from RoleAuth
    if not isinstance(caller, Actor):
        raise TypeError("this endpoint was declared open")
    return caller


def build() -> NinjaAPI:
    api = NinjaAPI(
        title="锦享 GovShare",
        version=__version__,
        description="政务信息资源共享平台机器接口。每个操作列出可用角色（x-roles）和依据（x-basis）；拒绝以 problem+json 说明理由与依据。",
        docs_url=None,
        openapi_url="openapi.json",
        urls_namespace="api",
        renderer=ReadableJSON(),
    )
    handlers: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
        (ValidationError, lambda request, exc: tell(request, from_validation(exc))),
        (HttpError, lambda request, _exc: tell(request, Invalid("请求体不是有效的 JSON", basis=convention("PC-70")))),
        (Exception, answer),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
    return api


def tell(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Record the refusal in evidence, outside the transaction that it rolled back, and answer with it.

    Requests that show no credential at all name nobody and are counted, not recorded (PC-71): the fifteen-year log
    is no place that a stranger can fill.
    """
    caller = getattr(request, "actor", None)
    if caller is not None:
        operation = (request.resolver_match and request.resolver_match.url_name) or "unknown"
        action = f"api:{operation.replace('_', '-')}:call"
        try:
            audit.record_refusal(refusal=refusal, action=action, by=caller, now=utc_now(), about=request.path[:200])
        except Unavailable as unrecorded:  # what cannot be recorded is not answered (PC-101)
            refusal = unrecorded
    count_refusal(refusal)
    log.info("refused", code=refusal.code, basis=str(refusal.basis), path=request.path)
    return as_response(refusal)


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Whatever else went wrong, as problem+json."""
    what = told(error, path=request.path)
    return tell(request, what.refusal) if what.recorded else as_response(what.refusal, status=what.status)
