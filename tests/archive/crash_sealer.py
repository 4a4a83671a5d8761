"""Run by test_crashes in a process of its own: for every number read from stdin, a child that dies by SIGKILL at that step of sealing.

A step is the moment before or after a file is synced, renamed, put into the store or downloaded, a directory is removed, a Parquet
file is written, or a transaction commits. Prints ``killed`` or ``finished`` for every number.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Steps:
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


def child(last: int) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from govshare.archive import parquet, services
    from govshare.kernel.clock import utc_now

    steps = Steps(last)
    os.fsync = steps.around(os.fsync)
    Path.replace = steps.around(Path.replace)
    shutil.copyfile = steps.around(shutil.copyfile)
    shutil.rmtree = steps.around(shutil.rmtree)
    parquet.write_parquet = steps.around(parquet.write_parquet)
    BaseDatabaseWrapper._commit = steps.around(BaseDatabaseWrapper._commit)
    services.seal(now=utc_now(), everything=True, largest=256)


def main() -> None:
    import django

    django.setup()
    import govshare.archive.services  # noqa: F401 - once, not in every child

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(int(line))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else f"finished {os.waitstatus_to_exitcode(status)}", flush=True)


main()
