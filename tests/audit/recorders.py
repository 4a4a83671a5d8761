"""Processes that record without end, and a platform with a private database that may be killed or run out of disk."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from govshare.audit.services.grouping import LARGEST

TOP = Path(__file__).parent.parent.parent


def until(condition):
    """Wait for what another process or thread does by itself."""
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


class Recorder:
    """A process that records until it is killed, and what it was answered."""

    def __init__(self, name, environment, *, noise=0, largest=LARGEST):
        self._start(["tests.audit.crash_recorder", name, str(noise), str(largest)], environment)

    def _start(self, module, environment):
        self.answers = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=TOP,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "govshare.project.settings", **environment, "PYTHONPATH": f"{TOP / 'src'}:{TOP}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.answers.append(line.strip())

    def acknowledged(self):
        return dict(answer.split() for answer in list(self.answers) if answer.startswith("HZ-"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class Worker(Recorder):
    """A part of the platform that does its work until it is killed, and what it said of it."""

    def __init__(self, role, environment):
        self._start(["tests.archive.crash_worker", role], environment)


def recorders(count, environment, *, noise=0, largest=LARGEST):
    made = [Recorder(f"writer-{n}", environment, noise=noise, largest=largest) for n in range(count)]
    until(lambda: all(each.answers[:1] == ["ready"] for each in made))
    return made
