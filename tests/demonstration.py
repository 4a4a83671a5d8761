"""One demonstration city for a whole run, shared by all its xdist workers: made by the first test that wants it, gone at the end.

The run's first process chooses the directory and hands it to its workers through the environment, as ``private_cluster`` does.
A directory named there from outside is used and kept, with the city that runs in it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tools.demonstration import Demonstration, begin, end

HOME = "GOVSHARE_TEST_CITY"
PREFIX = "gsc-"  # short: a unix socket's path has 107 bytes
TOLD = "told.json"


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or os.environ.get(HOME):
        return
    for forgotten in _forgotten():
        _remove(forgotten)
    directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    directory.chmod(0o711)  # as root, the database server is another account
    os.environ[HOME] = str(directory)
    config.add_cleanup(lambda: _remove(directory))


@pytest.fixture(scope="session")
def demonstration() -> Demonstration:
    """The small demonstration city, answering."""
    directory = Path(os.environ[HOME])
    with (directory / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        told = directory / TOLD
        if not told.exists():
            started = begin(directory / "city", "--small")
            told.write_text(json.dumps({**asdict(started), "home": str(started.home)}))
    known = json.loads(told.read_text())
    return Demonstration(**{**known, "home": Path(known["home"])})


@pytest.fixture(scope="session")
def city(demonstration: Demonstration) -> Demonstration:
    """The same, by its short name."""
    return demonstration


def _remove(directory: Path) -> None:
    told = directory / TOLD
    if told.exists():
        end(json.loads(told.read_text())["pid"])
    shutil.rmtree(directory, ignore_errors=True)


def _forgotten() -> Iterator[Path]:
    """What killed runs of this user left behind."""
    for directory in Path("/tmp").glob(f"{PREFIX}*-*"):
        pid = directory.name.removeprefix(PREFIX).partition("-")[0]
        if directory.stat().st_uid == os.geteuid() and pid.isdecimal() and not Path("/proc", pid).exists():
            yield directory
