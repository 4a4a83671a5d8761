"""Work in a process of its own that can be killed with -9, as power failures and operators do."""

import os
import signal
import sys
from collections.abc import Callable


def forked(work: Callable[[], object]) -> int:
    """Run ``work`` in a forked process; returns its id. Whatever happens it ends by SIGKILL, so nothing of pytest runs in it.

    It inherits open database connections and must not touch them; close Django's before.
    """
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    return pid


def kill(pid: int) -> None:
    """Kill it, unless it has ended already, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def wait(pid: int) -> None:
    """Wait until it has ended by itself."""
    _, status = os.waitpid(pid, 0)
    if os.WTERMSIG(status) != signal.SIGKILL:
        raise AssertionError(f"the process ended with {status}")
