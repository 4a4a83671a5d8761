"""Several processes of ``govshare web`` answer on the same two ports, and one that dies is replaced."""

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from prometheus_client.parser import text_string_to_metric_families

from govshare.project.environment import SettingMissing, read
from tests.commands import environment, free_ports, nothing_left_running, start, stopped  # noqa: F401 - a fixture for all
from tests.servers import CITY, Client

pytestmark = pytest.mark.article("CD2016-34")
TWO = {"GOVSHARE_WEB_PROCESSES": "2"}


def children(of: int) -> set[int]:
    """Processes that it started and that live."""
    return {int(pid) for pid in Path(f"/proc/{of}/task/{of}/children").read_text().split()}


def until(condition) -> None:
    while not condition():
        time.sleep(0.05)


def listeners(port: int) -> Iterator[int]:
    """Numbers of the sockets that listen there."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state, inode = (line.split()[column] for column in (1, 3, 9))
        if state == "0A" and local.endswith(f":{port:04X}"):
            yield int(inode)


def holders(port: int, among: set[int]) -> set[int]:
    """Who of these has the listening socket open."""
    wanted = {f"socket:[{inode}]" for inode in listeners(port)}
    return {pid for pid in among if wanted & {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}}


def answers(port: int, directory: Path) -> int:
    """The status a stranger on a line of their own gets."""
    client = Client(port, directory, None)
    try:
        return client.get("/todo/").status
    finally:
        client.connection.close()


def test_two_processes_answer_and_one_that_is_killed_is_replaced_without_its_count_being_lost(own_database, tmp_path):
    ports = free_ports(4)
    metrics = {"GOVSHARE_METRICS_PORT": str(ports[3])}
    process = start("web", environment(own_database("app"), tmp_path, ports[:3]) | TWO | metrics, ports[0])
    until(lambda: len(children(process.pid)) == 2)
    killed, other = sorted(children(process.pid))
    holding = [holders(port, {killed, other}) for port in (ports[0], ports[2])]
    statuses = [answers(ports[0], tmp_path) for _ in range(6)]

    os.kill(killed, signal.SIGKILL)
    statuses.append(answers(ports[0], tmp_path))
    until(lambda: len(children(process.pid) - {killed}) == 2)
    statuses.append(answers(ports[0], tmp_path))
    last, samples = children(process.pid), scraped(ports[3])

    assert holding == [{killed, other}, {killed, other}]
    assert statuses == [302] * 8  # to the sign-in page
    assert other in last
    assert (samples["govshare_requests_total"], samples["govshare_database_up"]) == (8, 1)
    assert stopped(process, by=signal.SIGTERM) == 0
    assert not any(Path("/proc", str(pid)).exists() for pid in last)


def test_processes_that_lost_their_parent_give_the_ports_back(own_database, tmp_path):
    ports = free_ports(3)
    process = start("web", environment(own_database("app"), tmp_path, ports) | TWO, ports[0])
    until(lambda: len(children(process.pid)) == 2)
    orphans = children(process.pid)

    process.kill()
    process.communicate()
    until(lambda: not any(Path("/proc", str(pid)).exists() for pid in orphans))

    assert not list(listeners(ports[0]))


def scraped(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {sample.name: sample.value for family in families for sample in family.samples}


def test_a_new_server_certificate_is_shown_by_every_process(own_database, tmp_path):
    ports = free_ports(3)
    env = environment(own_database("app"), tmp_path, ports) | TWO
    process = start("web", env, ports[0])
    until(lambda: len(children(process.pid)) == 2)
    until(lambda: holders(ports[0], children(process.pid)) == children(process.pid))
    before = {shown(ports[0], tmp_path) for _ in range(4)}

    renewed = CITY.issue("localhost", hosts=["localhost"], usages=[ExtendedKeyUsageOID.SERVER_AUTH])
    renewed.write(tmp_path, "server")
    until(lambda: {shown(ports[0], tmp_path) for _ in range(8)} == {renewed.der})

    assert before and renewed.der not in before
    assert stopped(process, by=signal.SIGTERM) == 0


def shown(port: int, directory: Path) -> bytes:
    """The server's certificate on a new line."""
    client = Client(port, directory, None)
    client.connection.connect()
    sock = client.connection.sock
    try:
        return sock.getpeercert(binary_form=True)
    finally:
        client.connection.close()


@pytest.mark.parametrize("number", ["0", "33", "two"])
def test_a_number_of_processes_that_is_none_is_said_in_a_sentence(number):
    settings = read({**os.environ, "GOVSHARE_WEB_PROCESSES": number})

    with pytest.raises(SettingMissing, match="GOVSHARE_WEB_PROCESSES 应为 1–32 的整数"):
        settings.number("GOVSHARE_WEB_PROCESSES", otherwise=2, most=32)
