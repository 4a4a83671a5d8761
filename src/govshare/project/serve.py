"""The servers of one process: sockets, TLS, one event loop, an orderly stop."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import structlog
import uvicorn
import uvloop
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import get_resolver

from govshare.gateway.server import application as gateway
from govshare.operations.metrics import serve_metrics, summed
from govshare.operations.processes import Program, Supervisor
from govshare.organizations.tls import Client, LiveContext, PeerCertificateProtocol
from govshare.project.signin import application as signin

log = structlog.get_logger("serve")

GRACE = 10  # seconds for answers under way when asked to stop
KEPT_OPEN = 75  # seconds a connection without requests stays open: people read a page longer than the five of the library, and TLS costs
#: Seconds after which a thread that computes lets others have the interpreter: one that only fetches a row waits that long each time.
TURN = 0.001
MOST, LEAST = 24, 8  # connections to the database: of all processes of ``web`` together, and what each of many has all the same


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


def serve_web(sockets: Sequence[int] = ()) -> None:
    """Portal and machine API, and certificate sign-in beside them: by several processes; handed ``sockets``, this is one of them."""
    portal, beside = settings.GOVSHARE_PORTAL_PORT, settings.GOVSHARE_SIGNIN_PORT
    if settings.GOVSHARE_WEB_PROCESSES > 1 and not sockets:
        _share("web", {portal: "none", beside: "required"}, settings.GOVSHARE_WEB_PROCESSES)
        return
    from govshare.project.asgi import application as web

    get_resolver().url_patterns  # noqa: B018 - every page is read now: the first visitor should not wait for it
    listeners = [Listener("web", web, portal, "none"), Listener("signin", signin, beside, "required")]
    if sockets:
        with _pool():
            run(listeners, sockets=[socket.socket(fileno=number) for number in sockets])
    else:
        _until_told("web", listeners)


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
    """Within it, the threads of this process share a few connections: else each page would wait for a new session of PostgreSQL, and
    for that session to learn the tables. Every request has a thread of its own, and threads have connections of their own."""
    database = cast("DatabaseWrapper", connection)
    database.close()
    most = max(LEAST, MOST // settings.GOVSHARE_WEB_PROCESSES)
    database.settings_dict["OPTIONS"] = {**database.settings_dict["OPTIONS"], "pool": {"min_size": 2, "max_size": most, "timeout": 5.0}}
    try:
        yield
    finally:
        database.close_pool()


def _share(process: str, ports: Mapping[int, Client], count: int) -> None:
    """Bind the ports, and keep ``count`` processes that answer on them; whoever of them dies is replaced, until SIGTERM or SIGINT."""
    for client in ports.values():
        _context(client)  # a certificate that cannot be used is said before anything begins
    connection.close()
    sockets = [_socket(port) for port in ports]
    numbers = tuple(sock.fileno() for sock in sockets)
    command = (sys.executable, "-m", "govshare.cli", process, "--sockets", ",".join(map(str, numbers)))
    with TemporaryDirectory(prefix="govshare-") as counters:
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": counters}
        end_metrics = serve_metrics(process, summed(Path(counters)))
        try:
            Supervisor([Program(f"{process}-{n + 1}", command, environment, inherits=numbers) for n in range(count)], say=log.warning).run()
        finally:
            end_metrics()
            for sock in sockets:
                sock.close()


def run(
    listeners: Sequence[Listener],
    *,
    sockets: Sequence[socket.socket] = (),
    ready: Callable[[Running], None] = lambda _running: None,
) -> None:
    """Answer on every listener until SIGTERM or SIGINT, or until told to through what ``ready`` gets. ``sockets``: bound already."""
    sys.setswitchinterval(TURN)
    contexts = [_context(listener.client) for listener in listeners]
    connection.close()  # from here on the database is used in threads
    bound = sockets or [_socket(listener.port) for listener in listeners]
    ports = {listener.name: sock.getsockname()[1] for listener, sock in zip(listeners, bound, strict=True)}
    servers = [_Server(_config(listener, context)) for listener, context in zip(listeners, contexts, strict=True)]
    log.info("listening", ports=ports)
    uvloop.run(_serve(servers, bound, contexts, lambda stop: ready(Running(ports, stop))))


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


def _socket(port: int) -> socket.socket:
    """Bound, so that a port in use is said before anything begins."""
    host = settings.GOVSHARE_BIND
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))  # the server listens once signals are taken
    except OSError as error:
        sock.close()
        raise SystemExit(
            f"无法在 {host}:{port} 上监听（{error.strerror}），请换端口或停止占用它的程序。"
            f"/ Cannot listen on {host}:{port}: {error.strerror}."
        ) from error
    return sock


def _context(client: Client) -> LiveContext:
    certificate, key = settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY
    try:
        return LiveContext(certificate, key, client=client)
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
        timeout_keep_alive=KEPT_OPEN,
        timeout_graceful_shutdown=GRACE,
        ssl_context_factory=lambda _config, _default: context.facade,
    )
