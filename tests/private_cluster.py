"""The cluster of one test run, shared by all its xdist workers, made by the first test that needs it and gone at the end.

The run's first process chooses home and port and hands them to its workers through the environment.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from govshare.operations.cluster import ROLES, Cluster

HOME, PORT = "GOVSHARE_TEST_HOME", "GOVSHARE_TEST_PORT"
PREFIX = "gst-"  # short: a unix socket's path has 107 bytes
SETTINGS = {
    "fsync": "off",  # tests kill processes, not the machine
    "full_page_writes": "off",
    "autovacuum": "off",  # nothing lives long enough in it to need sweeping
    "jit": "off",
    "max_connections": "300",
    "max_wal_size": "4GB",
}


def start() -> str:
    """URL of the superuser; starts the cluster unless another worker has."""
    cluster = _cluster(Path(os.environ[HOME]))
    cluster.start()
    for role in ("owner", "app"):
        cluster.ensure_role(ROLES[role], role)  # type: ignore[index]
    return cluster.url("admin", "postgres")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or os.environ.get("GOVSHARE_TEST_CLUSTER"):
        return
    for forgotten in _forgotten():
        _remove(forgotten)
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    home.chmod(0o711)  # as root, the server is another account
    os.environ[HOME], os.environ[PORT] = str(home), str(_free_port())


def pytest_unconfigure(config: pytest.Config) -> None:
    home = os.environ.get(HOME)
    if home and not hasattr(config, "workerinput"):
        _remove(Path(home))


def _cluster(home: Path) -> Cluster:
    return Cluster(home, listen=int(os.environ.get(PORT, "0")), settings=SETTINGS)


def _remove(home: Path) -> None:
    _cluster(home).stop()
    shutil.rmtree(home, ignore_errors=True)


def _forgotten() -> Iterator[Path]:
    """What killed runs of this user left behind."""
    for home in Path("/tmp").glob(f"{PREFIX}*-*"):
        pid = home.name.removeprefix(PREFIX).partition("-")[0]
        if home.stat().st_uid == os.geteuid() and pid.isdecimal() and not Path("/proc", pid).exists():
            yield home


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
