"""The demonstration as a newcomer starts it, in a place with an awkward name: everything it promises holds, and holds again."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"


def _free_ports(count: int) -> list[str]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def demo():
    """Runs ``govshare demo`` with the given options; returns the finished process."""
    place = Path(tempfile.mkdtemp(prefix="gs-job-", dir="/tmp"))
    place.chmod(0o711)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOVSHARE_", "DJANGO_"))}
    names = ("GOVSHARE_PORTAL_PORT", "GOVSHARE_GATEWAY_PORT", "GOVSHARE_SIGNIN_PORT", "GOVSHARE_METRICS_PORT")
    own = {"GOVSHARE_HOME": str(place / "演示 城市"), "PYTHONPATH": str(SOURCES), **dict(zip(names, _free_ports(4), strict=True))}

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "govshare.cli", "demo", *options]
        return subprocess.run(command, env={**kept, **own}, capture_output=True, text=True, check=False, timeout=1200)

    yield run
    shutil.rmtree(place)


@pytest.mark.long
@pytest.mark.article("CD2016-4", "CD2016-24", "CD2016-26", "CD2016-35", "PC-50")
def test_the_whole_main_job_holds_in_a_fresh_city_and_again_in_the_same_one(demo):
    fresh = demo("--check")
    again = demo("--check")

    for run in (fresh, again):
        assert run.returncode == 0, run.stdout + run.stderr
        assert "✗" not in run.stdout
        assert run.stdout.count("✓") >= 32
