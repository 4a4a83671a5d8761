"""Everything at once, and any of it killed at any moment: writers, sequencer, sealer, archiver, and the database itself.

That each is taken up after a kill between every two of its steps is tried one by one: the sequencer and the hand-over of its key in
tests/audit, the sealer in test_crashes. Here they run beside each other, as they do in a city, and die in an order that is drawn.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from govshare.audit.services.grouping import LARGEST
from tests.audit.conftest import platform
from tests.audit.recorders import TOP, Recorder, Worker, until

__all__ = ["platform"]  # a fixture
KILLS = int(os.environ.get("GOVSHARE_TEST_KILLS", "40"))
WORKERS = ("sequencer", "sealer", "archiver")


def started(role, environment):
    """A process of this role, at work."""
    if role.startswith("writer"):
        return Recorder(role, environment, largest=4 if role == "writer-1" else LARGEST)
    return Worker(role, environment)


def report(environment, promised):
    lines = "".join(f"{number} {leaf}\n" for number, leaf in promised.items())
    done = subprocess.run(
        [sys.executable, "-m", "tests.archive.crash_worker", "report"],
        cwd=TOP,
        env=environment,
        input=lines,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=1800,
    )
    return json.loads(done.stdout.splitlines()[-1])


def at_work(one):
    """Wait until it has done some of its work, but not for ever: what it waits for may have been killed."""
    for _ in range(600):
        if any(answer.startswith(("did", "HZ-")) for answer in one.answers):
            return
        time.sleep(0.1)


def killed_in_turn(cluster, environment, kills, drawn):
    """Kill so many processes, one after the other, each started again at once; return everything that ever ran."""
    running = {role: started(role, environment) for role in ("writer-0", "writer-1", *WORKERS)}
    until(lambda: all(each.answers[:1] == ["ready"] for each in running.values()))
    ran = list(running.values())
    for kill in range(kills):
        time.sleep(drawn.uniform(0.1, 2.5))
        if kill % 10 == 9:
            os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            cluster.start()
            continue
        role = drawn.choice(sorted(running))
        if drawn.random() < 0.7:  # the others die before they have done anything
            at_work(running[role])
        running[role].kill()
        running[role] = started(role, environment)
        ran.append(running[role])
    at_work(running["archiver"])
    for each in running.values():
        each.kill()
    return ran


@pytest.mark.long
@pytest.mark.article("CD2016-26", "PC-60", "PC-101", "PC-110", "PC-111")
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_killed_nothing_acknowledged_is_missing_and_everything_verifies(platform, seed):
    cluster, environment = platform
    environment |= {"PYTHONPATH": f"{TOP / 'src'}:{TOP}", "DJANGO_SETTINGS_MODULE": "govshare.project.settings"}
    environment |= {"GOVSHARE_OWNER_DATABASE_URL": cluster.url("owner")}

    ran = killed_in_turn(cluster, environment, KILLS, random.Random(seed))  # noqa: S311 - a draw that can be repeated

    promised = {number: leaf for each in ran for number, leaf in each.acknowledged().items()}
    told = report(environment, promised)
    assert [answer for each in ran for answer in each.answers if answer.startswith("wrong")] == []
    assert len(promised) > 1000
    assert told["lost"] == [] and told["unproved"] == [] and told["findings"] == [] and told["waiting"] == 0
    assert len(promised) <= told["entries"] and told["proved"] >= 200
    assert told["sealed"] > 1 and told["dropped"] > 0
