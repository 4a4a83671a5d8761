"""What a PostgreSQL data directory and /proc say about the server working in it."""

from pathlib import Path
from typing import Literal

State = Literal["absent", "starting", "ready", "stopping", "dying"]

_STATUS_LINE = 7  # of postmaster.pid, counted from 0


class Postmaster:
    """The server of one data directory, seen from outside."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.pid_file = data / "postmaster.pid"

    def state(self) -> State:
        """``dying``: the server was killed and some of its processes have not noticed yet."""
        lines = self._lines()
        if lines and self._works_here(int(lines[0])):
            status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else "starting"
            return {"ready": "ready", "stopping": "stopping"}.get(status, "starting")  # type: ignore[return-value]
        return "dying" if self.processes() else "absent"

    def processes(self) -> list[int]:
        """Ids of all living server processes in the data directory; each of them has it as its working directory."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal() and self._works_here(int(entry.name))]

    def forget_the_dead(self, socket_directory: Path) -> None:
        """Remove the lock files of a killed server once nobody works here. ``socket_directory`` is this server's alone.

        A killed server stays a zombie as long as its parent does not collect it, and a number may be given to somebody else;
        PostgreSQL itself takes both for a living server and would never start again.
        """
        if self.state() == "absent":
            self.pid_file.unlink(missing_ok=True)
            for leftover in socket_directory.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        try:
            lines = self.pid_file.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].isdecimal() else []

    def _works_here(self, pid: int) -> bool:
        process = Path("/proc") / str(pid)
        try:
            named = (process / "comm").read_text().startswith("postgres")
            return named and (process / "cwd").samefile(self.data)
        except OSError:  # gone, a zombie, or somebody else's
            return False
