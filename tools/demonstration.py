"""The demonstration city in a process of its own, on ports nobody uses: what browser tests, screenshots and benchmarks look at."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src"
PORTS = ("GOVSHARE_PORTAL_PORT", "GOVSHARE_GATEWAY_PORT", "GOVSHARE_SIGNIN_PORT", "GOVSHARE_METRICS_PORT")
READY = "Ctrl-C"  # the last thing the command says, once everything answers
PATIENCE = 1200.0  # seconds for the city to be made and to answer, on a busy machine
LEAVING = 60.0  # seconds to stop in


#: What this process started, by id: looked after until it is ended here.
_STARTED: dict[int, "subprocess.Popen[bytes]"] = {}


class NotReady(Exception):
    """The demonstration ended, or took too long; its own words are the message."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A city that answers. ``home`` holds its keys, certificates and logs."""

    home: Path
    portal: int
    gateway: int
    signin: int
    pid: int

    @property
    def address(self) -> str:
        return f"https://localhost:{self.portal}"

    @property
    def root(self) -> bytes:
        """The certificate its servers are believed by, PEM."""
        return (self.home / "ca" / "root.pem").read_bytes()

    @property
    def certificate(self) -> Path:
        """What its servers show, PEM."""
        return self.home / "tls" / "server.pem"

    def context(self, stem: str = "") -> ssl.SSLContext:
        """For talking to it; with ``stem`` as the person or system whose certificate lies below that name."""
        context = ssl.create_default_context(cadata=self.root.decode())
        if stem:
            context.load_cert_chain(self.home / "ca" / f"{stem}.pem", self.home / "ca" / f"{stem}.key")
        return context


COMMAND = (sys.executable, "-m", "govshare.cli")  # of this checkout


def begin(home: Path, *options: str, environment: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND) -> Demonstration:
    """Start ``govshare demo`` in ``home`` and wait until it answers. What it prints goes to ``<home>.log``.

    ``command`` is another ``govshare``, which finds its code by itself.
    """
    ports = [str(port) for port in _free_ports(len(PORTS) + 2)]  # the two after the metrics port are taken too
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOVSHARE_", "DJANGO_", "PYTHONPATH"))}
    sources = {"PYTHONPATH": str(SOURCES)} if command is COMMAND else {}
    own = {"GOVSHARE_HOME": str(home), **sources, **dict(zip(PORTS, ports, strict=False)), **(environment or {})}
    log = home.with_name(f"{home.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "demo", *options],
            cwd=home.parent,
            env={**kept, **own},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _STARTED[process.pid] = process
    portal, gateway, signin = (int(port) for port in ports[:3])
    try:
        _wait(process, log)
    except BaseException:
        end(process.pid)
        raise
    return Demonstration(home, portal, gateway, signin, process.pid)


def end(pid: int) -> None:
    """Ask it to stop and wait until it has, its clusters with it."""
    try:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + LEAVING
        while not _gone(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not _gone(pid):
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def demonstration(
    home: Path, *options: str, environment: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND
) -> Iterator[Demonstration]:
    started = begin(home, *options, environment=environment, command=command)
    try:
        yield started
    finally:
        end(started.pid)


def _gone(pid: int) -> bool:
    """Whether it ended; reaped where it is a child of this process."""
    if process := _STARTED.get(pid):
        return process.poll() is not None
    return not Path("/proc", str(pid)).exists()


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while READY not in log.read_text("utf-8", errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotReady(log.read_text("utf-8", errors="replace")[-4000:])
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    """Free ports in a row, so that what takes several after one finds them free."""
    for _ in range(200):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first + count < 65_000 and all(_free(port) for port in range(first, first + count)):
            return list(range(first, first + count))
    raise NotReady("no free ports in a row")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
