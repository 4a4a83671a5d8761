"""TLS of the platform's servers: contexts that follow the files and the trust anchors, and the peer's certificate for the application.

Nothing here consults revocation lists: a handshake that fails tells nobody why and leaves no evidence. The handshake proves the key,
the path and the dates; whether the certificate still lets in is asked with every request (``queries.trust.check``), so that a
revoked one is refused in words, recorded, and refused on open connections too.
"""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NoReturn

import structlog
from django.db import DatabaseError, connection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from govshare.organizations.queries import trust

log = structlog.get_logger("tls")

Client = Literal["none", "required"]
LOOK_EVERY = 0.5  # seconds


def server_context(certfile: Path, keyfile: Path, *, anchors: Sequence[bytes] = (), client: Client = "none") -> ssl.SSLContext:
    """TLS 1.2 or newer; with ``client="required"`` only for certificates that lead to one of ``anchors`` (DER).

    Sessions are not resumed: every connection shows its certificate anew.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.num_tickets = 0
    context.load_cert_chain(certfile, keyfile)
    if client == "required":
        context.verify_mode = ssl.CERT_REQUIRED
        if anchors:
            context.load_verify_locations(cadata=b"".join(anchors))
    return context


class LiveContext:
    """A server context that is rebuilt when the certificate file or the trust anchors change; new connections get the new one.

    Hand ``facade`` to the server, and keep ``watch()`` running beside it.
    """

    def __init__(self, certfile: Path, keyfile: Path, *, client: Client = "none") -> None:
        self._files = (certfile, keyfile)
        self._client: Client = client
        self._seen = self._look()
        self._current = self._build()
        self.facade = self._current
        self.facade.sni_callback = self._swap

    def _swap(self, connection: ssl.SSLObject, _name: str | None, _facade: ssl.SSLContext) -> None:
        connection.context = self._current

    def refresh(self) -> bool:
        """Rebuild when something changed; a half-written file or a silent database leaves things as they are, for now."""
        try:
            seen = self._look()
            if seen == self._seen:
                return False
            self._current = self._build()
            self._seen = seen
        except (OSError, DatabaseError) as error:  # ssl.SSLError is an OSError
            log.warning("TLS context kept as it was", error=str(error))
            return False
        log.info("TLS context rebuilt", client=self._client)
        return True

    async def watch(self) -> NoReturn:
        """Look twice a second, in a thread, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await asyncio.to_thread(self._refresh_in_thread)

    def _refresh_in_thread(self) -> None:
        try:
            self.refresh()
        finally:
            connection.close()

    def _look(self) -> tuple[object, ...]:
        files = tuple((stat.st_mtime_ns, stat.st_size, stat.st_ino) for stat in (path.stat() for path in self._files))
        return (*files, trust.epoch() if self._client == "required" else None)

    def _build(self) -> ssl.SSLContext:
        # SM2 certificates do not come by TLS; their holders sign a challenge.
        known = [bytes(anchor.der) for anchor in trust.anchors() if anchor.algorithm != "sm2"] if self._client == "required" else []
        return server_context(*self._files, anchors=known, client=self._client)


class PeerCertificateProtocol(HttpToolsProtocol):
    """Puts the verified certificate of the other side, DER, into ``scope["state"]["peer_der"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        peer = transport.get_extra_info("ssl_object")
        self.app_state = {**self.app_state, "peer_der": peer.getpeercert(binary_form=True) if peer else None}
