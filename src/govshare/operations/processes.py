"""A supervisor for the platform's processes on one machine: starts them, restarts those that die, stops them all.

``govshare web`` keeps the processes that share its ports by it, ``govshare demo`` all there are; else production leaves this to the
service manager. It says names and exit codes only: a command line or
an environment may hold secrets.
"""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

FIRST_WAIT = 0.5  # seconds before a process that died is started again; doubles each time
LONGEST_WAIT = 30.0
SETTLED = 60.0  # a process that lived this long starts again with the first wait
GRACE = 20.0  # seconds between asking to stop and killing

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl  # bound here: nothing is looked up between fork and exec


@dataclass(frozen=True, slots=True)
class Program:
    """``output`` takes what it prints; without it the supervisor's own output does. ``inherits``: open files it gets, by number."""

    name: str
    command: Sequence[str] = field(repr=False)
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    output: Path | None = None
    inherits: Sequence[int] = ()


class _Kept:
    """One program and the process it runs as at the moment."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.wait = FIRST_WAIT
        self.start_again_at = 0.0

    def start(self) -> None:
        output: IO[bytes] | None = self.program.output.open("ab") if self.program.output else None
        try:
            self.process = subprocess.Popen(
                list(self.program.command),
                env=dict(self.program.environment) if self.program.environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                pass_fds=self.program.inherits,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops them in order
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - two system calls, nothing that could hold a lock
            )
        finally:
            if output:
                output.close()
        self.started_at = time.monotonic()

    def died(self) -> int | None:
        """The exit code, once it has one. The next start waits longer, unless this run was a long one."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        now = time.monotonic()
        self.process = None
        self.wait = FIRST_WAIT if now - self.started_at > SETTLED else min(self.wait * 2, LONGEST_WAIT)
        self.start_again_at = now + self.wait
        return code

    def signal(self, number: int) -> None:
        """To the process and all it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """``run()`` keeps the programs until SIGTERM or SIGINT; ``with Supervisor(...):`` keeps them, from a thread, during the block."""

    def __init__(self, programs: Sequence[Program], *, say: Callable[[str], None] = print) -> None:
        self._kept = [_Kept(program) for program in programs]
        self._say = say
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)

    def run(self) -> None:
        """To be called by the process's main thread, which signals reach."""
        before = {number: signal.signal(number, lambda *_: self._asked.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._keep()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Self:
        self._thread.start()  # the kernel ties the children to the life of this thread
        return self

    def __exit__(self, *_: object) -> None:
        self._asked.set()
        self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._asked.wait(0.1):
                self._look_after()
        finally:
            self._stop_all()

    def _look_after(self) -> None:
        for kept in self._kept:
            code = kept.died()
            if code is not None:
                self._say(f"{kept.program.name} 已退出（{code}），{kept.wait:g} 秒后重启 / exited, starts again in {kept.wait:g} s")
            if kept.process is None and time.monotonic() >= kept.start_again_at:
                kept.start()

    def _stop_all(self) -> None:
        for kept in reversed(self._kept):
            kept.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for kept in self._kept:
            if kept.process is None:
                continue
            try:
                kept.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{kept.program.name} 未按时退出，强制结束 / did not stop in time, killed")
            kept.signal(signal.SIGKILL)  # and what it left behind
            kept.process.wait()


def _die_with(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel for SIGTERM when ``parent`` dies, however it dies."""

    def ask() -> None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask
