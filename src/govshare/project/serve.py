"""The servers of one process: sockets, TLS, one event loop, an orderly stop."""

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import structlog
import uvicorn
import uvloop
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from govshare.gateway.server import application as gateway
from govshare.operations.metrics import serve_metrics
from govshare.organizations.tls import Client, LiveContext, PeerCertificateProtocol
from govshare.project.signin import application as signin

log = structlog.get_logger("serve")

GRACE = 10  # seconds for answers under way when asked to stop
#: Every request has a thread of its own, and threads have connections of their own: without a pool each page would wait for a new session
#: of PostgreSQL, and for that session to learn the tables.
POOL = {"min_size": 2, "max_size": 24, "timeout": 5.0}


@dataclass(frozen=True, slots=True)
class Listener:
    """One port: what answers there, and whether it asks for a certificate."""

    name: str
    application: Callable[..., Awaitable[None]]
    port: int
    client: Client


@dataclass(frozen=True, slots=True)
class Running:
    """What ``run`` tells once all listen: the ports by name, and how to stop from another thread."""

    ports: Mapping[str, int]
    stop: Callable[[], None]


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are taken once for the whole process, by ``serve``."""
        yield


def serve_web() -> None:
    """Portal and machine API, and certificate sign-in beside them."""
    from govshare.project.asgi import application as web

    portal = Listener("web", web, settings.GOVSHARE_PORTAL_PORT, "none")
    _until_told("web", [portal, Listener("signin", signin, settings.GOVSHARE_SIGNIN_PORT, "required")])


def serve_signin() -> None:
    """Certificate sign-in alone."""
    _until_told("web", [Listener("signin", signin, settings.GOVSHARE_SIGNIN_PORT, "required")])


def serve_gateway() -> None:
    """The gateway, for systems with certificates."""
    _until_told("gateway", [Listener("gateway", gateway, settings.GOVSHARE_GATEWAY_PORT, "required")])


def _until_told(process: str, listeners: Sequence[Listener]) -> None:
    end_metrics = serve_metrics(process)
    try:
        with _pool():
            run(listeners)
    finally:
        end_metrics()


@contextmanager
def _pool() -> Iterator[None]:
    """Within it, the threads of this process share ``POOL`` connections."""
    database = cast("DatabaseWrapper", connection)
    database.close()
    database.settings_dict["OPTIONS"] = {**database.settings_dict["OPTIONS"], "pool": POOL}
    try:
        yield
    finally:
        database.close_pool()


def run(listeners: Sequence[Listener], *, ready: Callable[[Running], None] = lambda _running: None) -> None:
    """Answer on every listener until SIGTERM or SIGINT, or until told to through what ``ready`` gets."""
    contexts = [_context(listener) for listener in listeners]
    connection.close()  # from here on the database is used in threads
    sockets = {listener.name: _socket(listener) for listener in listeners}
    ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
    servers = [_Server(_config(listener, context)) for listener, context in zip(listeners, contexts, strict=True)]
    log.info("listening", ports=ports)
    uvloop.run(_serve(servers, list(sockets.values()), contexts, lambda stop: ready(Running(ports, stop))))


async def _serve(
    servers: Sequence[_Server],
    sockets: Sequence[socket.socket],
    contexts: Sequence[LiveContext],
    ready: Callable[[Callable[[], None]], None],
) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    watching = [asyncio.create_task(context.watch()) for context in contexts]
    running = [asyncio.create_task(server.serve(sockets=[sock])) for server, sock in zip(servers, sockets, strict=True)]

    def stop_from_anywhere() -> None:
        loop.call_soon_threadsafe(stop.set)

    with _signals(stop):
        asked = asyncio.create_task(stop.wait())
        while not all(server.started for server in servers) and not any(task.done() for task in (asked, *running)):
            await asyncio.sleep(0.01)
        ready(stop_from_anywhere)
        await asyncio.wait([asked, *running, *watching], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    for task in (asked, *watching):
        task.cancel()
    ended = await asyncio.gather(asked, *watching, *running, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):  # being cancelled is none
            raise result


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Ask to stop on SIGTERM and SIGINT; outside the main thread there are none to take."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _socket(listener: Listener) -> socket.socket:
    """Bound, so that a port in use is said before anything begins."""
    host = settings.GOVSHARE_BIND
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, listener.port))  # the server listens once signals are taken
    except OSError as error:
        sock.close()
        raise SystemExit(
            f"无法在 {host}:{listener.port} 上监听（{error.strerror}），请换端口或停止占用它的程序。"
            f"/ Cannot listen on {host}:{listener.port}: {error.strerror}."
        ) from error
    return sock


def _context(listener: Listener) -> LiveContext:
    certificate, key = settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY
    try:
        return LiveContext(certificate, key, client=listener.client)
    except OSError as error:
        raise SystemExit(
            f"服务器证书不可用：{certificate}、{key}（{error}）。请放好证书和私钥，或设置 GOVSHARE_TLS_CERTIFICATE、GOVSHARE_TLS_KEY。"
            f"/ The server certificate cannot be used: {error}."
        ) from error


def _config(listener: Listener, context: LiveContext) -> uvicorn.Config:
    return uvicorn.Config(
        listener.application,
        http=PeerCertificateProtocol,
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        access_log=False,  # addresses hold tickets; requests are logged by the applications
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
        ssl_context_factory=lambda _config, _default: context.facade,
    )
