"""The portal's static files: where they are, and how the web process sends them.

``python -m tools.frontend`` collects them into ``BUILT`` under hashed names, compressed once; that folder is in the wheel.
In a checkout whose ``SOURCE`` is newer than what was collected, the source files themselves are sent: what is edited shows.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise import WhiteNoise

PORTAL: Path = Path(__file__).parent.parent / "portal"
SOURCE: Path = PORTAL / "static"
BUILT: Path = PORTAL / "assets"
MANIFEST = "staticfiles.json"
URL = "/static/"
COLLECTING = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"

_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
_PIECE = 256 * 1024  # bytes sent at a time

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def collected(source: Path = SOURCE, built: Path = BUILT) -> bool:
    """Whether what was collected is there and not older than any file or folder it was made from."""
    manifest = built / MANIFEST
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    return not source.exists() or all(path.stat().st_mtime <= made for path in (source, *source.rglob("*")))


def storage() -> str:
    """Django's storage for the addresses that pages name."""
    return COLLECTING if collected() else PLAIN


def serving(app: App) -> "Assets":
    """The application with its static files before it, from where the addresses on its pages point."""
    built = settings.STORAGES["staticfiles"]["BACKEND"] == COLLECTING
    return Assets(app, root=BUILT if built else SOURCE, built=built)


class Assets:
    """Answers ``/static/…`` before the application is asked; what it does not have is the application's to refuse."""

    def __init__(self, app: App, *, root: Path, built: bool) -> None:
        self.app = app
        self._built = built
        self._files = WhiteNoise(
            None,
            autorefresh=not built,  # a checkout: look each time
            max_age=60 if built else 0,
            allow_all_origins=False,
            add_headers_function=_harden,
            immutable_file_test=lambda _path, url: built and bool(_HASHED.search(url)),
        )
        self._files.add_files(root, prefix=URL)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(URL):
            await self.app(scope, receive, send)
            return
        found = self._files.files.get(scope["path"]) if self._built else await asyncio.to_thread(self._look, scope["path"])
        if found is None:
            await self.app(scope, receive, send)
            return
        answer = await asyncio.to_thread(found.get_response, scope["method"], _asked(scope["headers"]))
        await send({"type": "http.response.start", "status": int(answer.status), "headers": _told(answer.headers)})
        await _send_body(answer.file, send)

    def _look(self, path: str) -> Any:
        return None if "\0" in path else self._files.find_file(path)


async def _send_body(file: Any, send: Send) -> None:
    if file is None:
        await send({"type": "http.response.body", "body": b""})
        return
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _harden(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _asked(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A request's headers under the names of WSGI, which is what the file's answer looks for."""
    return {f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1") for name, value in headers}


def _told(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
