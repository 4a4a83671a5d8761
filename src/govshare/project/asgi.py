"""The web process's application."""

import json
import os
import re
from typing import Any

from django.core.asgi import get_asgi_application

from govshare.project.assets import App, Message, Receive, Send, serving

LARGEST_BODY = 24 * 1024 * 1024  # bytes: the largest attachment and its wrapping
LARGEST_UPLOAD = 64 * 1024 * 1024  # bytes: the largest file for a hosted table (PC-152)
_UPLOADS = re.compile(r"/hosting/[0-9a-f-]{36}/upload/")

_TOO_LARGE = json.dumps(
    {
        "type": "urn:govshare:problem:invalid",
        "title": "内容有误",
        "status": 413,
        "detail": f"请求过大，单次不超过 {LARGEST_BODY // 1024 // 1024} MB，请分开上传",
        "basis": {"kind": "convention", "citation": "PC-70"},
    },
    ensure_ascii=False,
).encode()

_TOO_LARGE_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>内容需要改正 · 锦享</title></head><body><h1>内容需要改正</h1>'
    f"<p>请求过大，单次不超过 {LARGEST_BODY // 1024 // 1024} MB，请分开上传。（平台约定 PC-70）</p>"
    "<p>文件没有保存。请返回上一页，换一个小一些的文件；其余填写的内容还在那一页里。</p></body></html>"
).encode()


class BodyLimit:
    """Refuses a request as soon as it is known to be too large, before anything of it is kept."""

    def __init__(self, app: App, largest: int = LARGEST_BODY) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if not stated.isdigit() or int(stated) > self._largest(scope):
            await _refuse(send, page=b"text/html" in dict(scope["headers"]).get(b"accept", b""))
            return
        await self.app(scope, self._counted(receive, self._largest(scope)), send)

    def _largest(self, scope: dict[str, Any]) -> int:
        return max(LARGEST_UPLOAD, self.largest) if _UPLOADS.fullmatch(scope.get("path", "")) else self.largest

    def _counted(self, receive: Receive, largest: int) -> Receive:
        """A body that grows beyond the limit without having said so ends as a broken connection does."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= largest else {"type": "http.disconnect"}

        return counted


async def _refuse(send: Send, *, page: bool) -> None:
    """In words, as a page for a browser; needs nothing that a large request could hold up."""
    kind = b"text/html" if page else b"application/problem+json"
    headers = [(b"content-type", kind + b"; charset=utf-8"), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _TOO_LARGE_PAGE if page else _TOO_LARGE})


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
application = BodyLimit(serving(get_asgi_application()))
