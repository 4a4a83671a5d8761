"""What the two small servers that ask for certificates, gateway and sign-in, share: answers, request ids, the database in threads."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from django.db import DatabaseError, connections

from govshare.kernel.context import REQUEST_ID
from govshare.kernel.errors import Refused, Unavailable
from govshare.kernel.ids import new_id
from govshare.regulation.articles import cite
from govshare.regulation.problems import as_problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
_P = ParamSpec("_P")
_Result = TypeVar("_Result")

log = structlog.get_logger("asgi")
_ALWAYS = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"), (b"x-content-type-options", b"nosniff"))


async def with_database(function: Callable[_P, _Result], *args: _P.args, **kwargs: _P.kwargs) -> _Result:
    """Run a function that uses the database in a thread, and give the thread's connection back."""

    def run() -> _Result:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


async def answer(send: Send, status: int, body: object, *, headers: Headers = (), kind: bytes = b"application/json") -> None:
    """One whole answer; ``body`` None for none."""
    data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    own = [(b"content-type", kind + b"; charset=utf-8")] if data else []
    fixed = [*_ALWAYS, (b"content-length", str(len(data)).encode()), (b"x-request-id", REQUEST_ID.get().encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *fixed, *headers]})
    await send({"type": "http.response.body", "body": data})


async def refuse(send: Send, refusal: Refused, *, status: int | None = None) -> None:
    """A refusal as problem+json."""
    problem = as_problem(refusal, status=status)
    await answer(send, problem["status"], problem, kind=b"application/problem+json")


def http_only(application: Application) -> Application:
    """Give each HTTP request its id, and answer whatever goes wrong without its inside. Other protocols are not spoken."""

    @wraps(application)
    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served here")
        token = REQUEST_ID.set(str(new_id()))
        try:
            await _guarded(application, scope, receive, send)
        finally:
            REQUEST_ID.reset(token)

    return served


async def _guarded(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await application(scope, receive, send)
    except Refused as refusal:
        log.info("refused", code=refusal.code, basis=str(refusal.basis))
        await refuse(send, refusal)
    except DatabaseError as error:
        log.warning("database unavailable", error=type(error).__name__)
        await refuse(send, Unavailable("数据库暂时不可用，请稍后再试", basis=cite("CD2016-34")))
    except Exception as error:
        log.exception("unexpected error", exc_info=error)
        await refuse(send, Unavailable("平台内部出错，请把请求编号告知运维人员", basis=cite("CD2016-34")), status=500)


def peer_of(scope: Scope) -> bytes:
    """The certificate of the other side, DER, as the TLS layer verified it (see ``tls.PeerCertificateProtocol``)."""
    der: bytes | None = scope.get("state", {}).get("peer_der")
    if not der:
        raise RuntimeError("served without a required client certificate")
    return der
