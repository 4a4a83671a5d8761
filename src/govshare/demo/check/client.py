"""The machine API from outside: HTTPS with the demonstration's root as the only trust, JSON both ways, nothing of Django."""

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from govshare.demo.authority import Identity
from govshare.demo.sm2 import Sm2Identity

SECONDS = 30  # for any one answer
HOST = "localhost"


class Declined(Exception):
    """The platform answered with a refusal: ``status`` and the problem+json."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('detail', '')}（{problem.get('basis', {}).get('citation', '')}）")
        self.status = status
        self.problem = problem

    @property
    def basis(self) -> str:
        return str(self.problem.get("basis", {}).get("citation", ""))

    @property
    def places(self) -> list[str]:
        return [fault["place"] for fault in self.problem.get("faults", [])]


@dataclass(frozen=True, slots=True)
class Platform:
    """Where it answers and whom it is believed to be: ``root`` is PEM."""

    portal: int
    signin: int
    root: bytes = field(repr=False)

    def context(self, identity: Identity | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.root.decode())
        if identity:
            context.load_cert_chain(identity.certificate, identity.key)
        return context


@dataclass(slots=True)
class Session:
    """Calls as one person; without a token as nobody. One connection per call, as a stranger would make it."""

    platform: Platform
    token: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: object = None, /) -> Any:
        return self.call("POST", path, {} if body is None else body)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON, or its bytes when it is none; raises ``Declined``."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        status, content_type, data = _exchange(
            self.platform.context(), self.platform.portal, method, f"/api/v1{path}", body=body, headers=headers
        )
        return _read(status, content_type, data)


def sign_in_by_tls(platform: Platform, identity: Identity | None) -> Session:
    """By the certificate the TLS handshake proves; ``None`` shows none."""
    status, content_type, data = _exchange(platform.context(identity), platform.signin, "POST", "/session")
    return Session(platform, _read(status, content_type, data)["token"])


def sign_in_by_challenge(platform: Platform, identity: Identity | Sm2Identity) -> Session:
    """By a signature over a text the platform just made up, the way USB-key middleware does it."""
    nobody = Session(platform)
    challenge = nobody.post("/auth/challenges")
    answer = {"certificate": _base64(identity.der), "signature": _base64(_signed(identity, challenge["text"]))}
    return Session(platform, nobody.post(f"/auth/challenges/{challenge['id']}", answer)["token"])


def _signed(identity: Identity | Sm2Identity, text: str) -> bytes:
    if isinstance(identity, Sm2Identity):
        return identity.sign(text)
    key = load_pem_private_key(identity.key.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the demonstration issues ECDSA keys")
    return key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _exchange(
    context: ssl.SSLContext, port: int, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPSConnection(HOST, port, timeout=SECONDS, context=context)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, body=data, headers={"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


def _read(status: int, content_type: str, data: bytes) -> Any:
    structured = "json" in content_type
    if status >= 400:
        raise Declined(status, json.loads(data) if structured else {"detail": data[:200].decode(errors="replace")})
    return json.loads(data) if structured and data else data
