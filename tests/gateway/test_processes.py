"""The processes an operator starts: they answer over TLS on their ports, and stop in order when told."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from psycopg.conninfo import conninfo_to_dict

from tests.servers import CITY, Client

pytestmark = pytest.mark.article("CD2016-35")


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
    deadline = time.monotonic() + 60
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


def test_web_answers_everybody_on_one_port_and_certificates_on_the_other(own_database, tmp_path):
    ports = free_ports(3)
    process = start("web", environment(own_database("app"), tmp_path, ports), ports[2])

    portal = Client(ports[0], tmp_path, None)
    answer = portal.get("/api/v1/openapi.json")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        Client(ports[2], tmp_path, CITY.issue("陌生人")).get("/")

    assert (answer.status, answer.json["info"]["title"]) == (200, "锦享 GovShare")
    portal.connection.close()
    assert stopped(process, by=signal.SIGTERM) == 0


def sessions(url: str) -> set[int]:
    """Processes of PostgreSQL that serve the program on this database."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        return {row[0] for row in found}


def test_requests_share_a_few_open_sessions_of_the_database(own_database, tmp_path):
    ports = free_ports(3)
    url = own_database("app")
    process = start("web", environment(url, tmp_path, ports), ports[0])
    portal = Client(ports[0], tmp_path, None)
    somebody = {"Cookie": "__Host-govshare=over"}

    answers = {portal.get("/todo/", **somebody).status}
    before = sessions(url)
    answers |= {portal.get("/todo/", **somebody).status for _ in range(10)}

    assert (answers, sessions(url)) == ({302}, before)
    assert before
    portal.connection.close()
    assert stopped(process, by=signal.SIGTERM) == 0


def test_the_gateway_stops_when_interrupted(own_database, tmp_path):
    ports = free_ports(3)

    process = start("gateway", environment(own_database("app"), tmp_path, ports), ports[1])

    assert stopped(process, by=signal.SIGINT) == 0


def failed(command: str, env: dict[str, str]) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "govshare.cli", command], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return ended.returncode, ended.stderr


def test_a_port_in_use_and_a_missing_certificate_are_said_in_a_sentence(own_database, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = environment(own_database("app"), tmp_path, [*free_ports(2), taken.getsockname()[1]])

        in_use = failed("web", env)
        missing = failed("gateway", {**env, "GOVSHARE_TLS_KEY": str(tmp_path / "nothing.key")})

    assert (in_use[0], "无法在" in in_use[1]) == (1, True)
    assert (missing[0], "服务器证书不可用" in missing[1]) == (1, True)
    assert "Traceback" not in in_use[1] + missing[1]
