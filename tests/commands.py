"""The platform's commands as processes of their own, on a database and ports of the test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from psycopg.conninfo import conninfo_to_dict

from tests.servers import CITY

_STARTED: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """What a test that failed did not stop, for the modules that import this."""
    yield
    for process in _STARTED:
        if process.poll() is None:
            process.kill()  # those it keeps are told by the kernel
            process.communicate()
    _STARTED.clear()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def environment(url: str, home: Path, ports: list[int]) -> dict[str, str]:
    server = CITY.issue("localhost", hosts=["localhost"], usages=[ExtendedKeyUsageOID.SERVER_AUTH])
    certificate, key = server.write(home, "server")
    parts = conninfo_to_dict(url)
    names = dict(zip(("PORTAL", "GATEWAY", "SIGNIN"), map(str, ports), strict=True))
    return {
        **os.environ,
        "PYTHONPATH": "src",
        "GOVSHARE_HOME": str(home),
        "GOVSHARE_DATABASE_URL": f"postgresql://{parts['user']}:{parts['password']}@/{parts['dbname']}?host={parts['host']}&port={parts['port']}",
        "GOVSHARE_TLS_CERTIFICATE": str(certificate),
        "GOVSHARE_TLS_KEY": str(key),
        "GOVSHARE_METRICS_PORT": "0",
        **{f"GOVSHARE_{name}_PORT": port for name, port in names.items()},
    }


def start(command: str, env: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """The process, once its port takes connections."""
    process = subprocess.Popen([sys.executable, "-m", "govshare.cli", command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    _STARTED.append(process)
    deadline = time.monotonic() + 180
    while not takes_connections(port):
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def takes_connections(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def stopped(process: subprocess.Popen[bytes], *, by: signal.Signals) -> int:
    process.send_signal(by)
    output = process.communicate(timeout=60)[0].decode()
    assert "Traceback" not in output, output
    return process.returncode


def failed(command: str, env: dict[str, str]) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "govshare.cli", command], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return ended.returncode, ended.stderr
