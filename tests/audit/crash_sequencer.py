"""Run by test_sequencer in a process of its own: for every number read from stdin, a child that dies by SIGKILL at that step.

With the argument ``rotate`` the child hands over the log's key instead of placing what waits.

A step is the moment before or after a file is synced or renamed, a directory is removed, or a transaction commits.
Prints ``killed`` or ``finished`` for every number.
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

    from govshare.audit import services
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now

    steps = Steps(last)
    os.fsync = steps.around(os.fsync)
    Path.replace = steps.around(Path.replace)
    shutil.rmtree = steps.around(shutil.rmtree)
    BaseDatabaseWrapper._commit = steps.around(BaseDatabaseWrapper._commit)
    if sys.argv[1:] == ["rotate"]:
        services.rotate_key(kind="ed25519", by=PLATFORM, now=utc_now())
    else:
        services.place(now=utc_now())


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(int(line))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else f"finished {os.waitstatus_to_exitcode(status)}", flush=True)


main()
