"""A witness as a small HTTP(S) server of its own: what a department runs that wants to see for itself that the log is never rewritten."""

import ssl
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import structlog

from govshare.audit.notes import CosigningKey
from govshare.audit.verifier import Key
from govshare.audit.witnessing import LARGEST, PLAIN, Answer, Witness
from govshare.kernel.clock import utc_now
from govshare.kernel.keyring import Keyring

KEY = "witness.pem"
TIMEOUT = 30  # seconds for one request

log = structlog.get_logger(__name__)


class Server(ThreadingHTTPServer):
    """Answers ``POST …/add-checkpoint`` and ``GET …/key``; with ``tls`` (certificate, key) over TLS."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness, tls: tuple[Path, Path] | None = None) -> None:
        super().__init__(address, _Handler)
        self.witness = witness
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(*tls)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT
    server: Server
    server_version, sys_version = "govshare-witness", ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not self.path.endswith("/add-checkpoint"):
            self._say(Answer(404, "没有这个地址 / no such address\n"), close=True)
        elif not length.isdecimal() or int(length) > LARGEST:
            self._say(Answer(400, "请求缺少长度，或过大 / the request has no length, or is too large\n"), close=True)
        else:
            answer = self.server.witness.add_checkpoint(self.rfile.read(int(length)), now=utc_now())
            if answer.contradiction:
                log.critical("witness.log_contradicts_itself", before=answer.contradiction[0], after=answer.contradiction[1])
            self._say(answer)

    def do_GET(self) -> None:
        found = self.path.endswith("/key")
        self._say(Answer(200, f"{self.server.witness.key.verifier.text}\n") if found else Answer(404, "没有这个地址 / no such address\n"))

    def _say(self, answer: Answer, *, close: bool = False) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind or PLAIN)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name in the base class
        log.info("witness.request", line=format % arguments)


def open_witness(directory: Path, name: str, logs: Sequence[Key]) -> Witness:
    """The witness that lives in ``directory``: its key, made at first use, and what it saw."""
    return Witness(witness_key(directory, name), logs, directory / "logs")


def witness_key(directory: Path, name: str) -> CosigningKey:
    key = Keyring(directory).signing_key(KEY)
    return CosigningKey(name, key)  # type: ignore[arg-type]  # made as Ed25519
