"""One POST to another server: a witness, a time-stamp authority. Whatever goes wrong with the line is ``Unreachable``."""

import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT = 10  # seconds
LARGEST = 256 * 1024  # bytes of an answer


class Unreachable(Exception):
    """Look whether the server at this address runs and is let through."""


@dataclass(frozen=True, slots=True)
class Posted:
    status: int
    kind: str
    body: bytes


def post(url: str, body: bytes, *, kind: str, authority: Path | None = None) -> Posted:
    """POST ``body`` to ``url`` (http or https; ``authority``: PEM certificates to trust instead of the system's)."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(authority) if authority else None)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        try:
            connection.request("POST", parts.path or "/", body=body, headers={"Content-Type": kind})
            answer = connection.getresponse()
            return Posted(answer.status, answer.headers.get_content_type(), answer.read(LARGEST))
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(f"{url}: {problem}") from problem
