"""Processes that die by SIGKILL at a given step of their work, one after another."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

TOP = Path(__file__).parent.parent
_OURS = ("GOVSHARE_EVIDENCE", "GOVSHARE_KEYS", "GOVSHARE_ARCHIVE", "GOVSHARE_SEALING")  # settings the process takes over


class Steps:
    """Counts steps down and kills the process at the last. A step is the moment before or after a call."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            self()
            result = function(*args, **kwargs)
            self()
            return result

        return stepped

    def around_what_lasts(self) -> None:
        """From now on: a file is synced or renamed, a directory is removed, a transaction commits."""
        from django.db.backends.base.base import BaseDatabaseWrapper

        os.fsync = self.around(os.fsync)
        Path.replace = self.around(Path.replace)
        shutil.rmtree = self.around(shutil.rmtree)
        BaseDatabaseWrapper._commit = self.around(BaseDatabaseWrapper._commit)


@contextmanager
def dying(module: str, database: str, *arguments: str) -> Iterator[Callable[[int], str]]:
    """Start ``module``, which calls ``die_as_told``, over ``database`` (a conninfo). What is yielded runs the work to a step and says
    whether it came to that: ``killed``, or ``finished`` and the exit code."""
    parts = conninfo_to_dict(database)
    environment = {
        **os.environ,
        "GOVSHARE_DATABASE_URL": "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**parts),
        **{name: str(getattr(settings, name)) for name in _OURS},
        "PYTHONPATH": f"{TOP / 'src'}:{TOP}",
        "DJANGO_SETTINGS_MODULE": "govshare.project.settings",
    }
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=TOP, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout

        def run(step: int) -> str:
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield run


def die_as_told(work: Callable[[Steps], object]) -> None:
    """For every number read from stdin, a child that does ``work`` and dies at that step. Prints ``killed`` or ``finished`` for each."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            steps = Steps(int(line))
            steps.around_what_lasts()
            work(steps)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else f"finished {os.waitstatus_to_exitcode(status)}", flush=True)
