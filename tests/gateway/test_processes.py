"""The processes an operator starts: they answer over TLS on their ports, and stop in order when told."""

import signal
import socket
import ssl

import psycopg
import pytest

from tests.commands import environment, failed, free_ports, nothing_left_running, start, stopped  # noqa: F401 - a fixture for all
from tests.servers import CITY, Client

pytestmark = pytest.mark.article("CD2016-35")


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
    process = start("web", environment(url, tmp_path, ports) | {"GOVSHARE_WEB_PROCESSES": "1"}, ports[0])
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


def test_a_port_in_use_and_a_missing_certificate_are_said_in_a_sentence(own_database, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = environment(own_database("app"), tmp_path, [*free_ports(2), taken.getsockname()[1]])

        in_use = failed("web", env)
        missing = failed("gateway", {**env, "GOVSHARE_TLS_KEY": str(tmp_path / "nothing.key")})

    assert (in_use[0], "无法在" in in_use[1]) == (1, True)
    assert (missing[0], "服务器证书不可用" in missing[1]) == (1, True)
    assert "Traceback" not in in_use[1] + missing[1]
