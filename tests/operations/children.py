"""Work done in another process, perhaps as another user: to be killed, or to run at the same time."""

import os
import pwd
import signal
import traceback
from collections.abc import Callable

NOBODY = pwd.getpwnam("nobody")


class Child:
    """``work`` in a forked process. As ``user``, with everything imported already: an interpreter below /root is closed to others."""

    def __init__(self, work: Callable[[], object], *, user: pwd.struct_passwd | None = None) -> None:
        self._reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.setsid()
                if user is not None and os.geteuid() == 0:
                    os.setgroups([])
                    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
                    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
                work()
                code = 0
            except BaseException:  # noqa: BLE001 - whatever it is, the parent reports it
                os.write(writer, traceback.format_exc().encode()[-4000:])
            finally:
                os._exit(code)
        os.close(writer)

    def kill(self) -> None:
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._reader)

    def finish(self) -> None:
        """Wait; fail with what the child failed with."""
        with os.fdopen(self._reader, "rb") as reader:
            said = reader.read().decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        assert status == 0, said
