"""The operating-system account a database server runs as. PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from govshare.operations.trouble import Trouble

PREFERRED = ("postgres", "nobody")  # a bare user id without a passwd entry does not work
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}  # and no PG* variable of the operator's


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def foreign(self) -> bool:
        """Not the account this process runs as."""
        return self.uid != os.geteuid()

    def run(self, *command: str, timeout: float = 600) -> tuple[int, str]:
        """Run ``command`` as this account; return its exit code and all it said.

        Into a file, never a pipe: a server started by ``pg_ctl`` would hold the pipe open for its whole life.
        """
        with tempfile.TemporaryFile() as output:
            switch = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}
            done = subprocess.run(  # type: ignore[call-overload]  # mypy cannot see into the dictionary
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=ENVIRONMENT,
                umask=0o077,
                timeout=timeout,
                check=False,
                **switch,
            )
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace").strip()

    def make(self, directory: Path) -> None:
        """Make ``directory`` this account's own, 0700, or check that it is."""
        try:
            directory.mkdir(mode=0o700)
            if self.foreign:
                os.chown(directory, self.uid, self.gid)
        except FileExistsError:
            found = directory.lstat()
            if not directory.is_dir() or directory.is_symlink() or found.st_uid != self.uid or found.st_mode & 0o077:
                raise Trouble(
                    f"目录 {directory} 应归 {self.name} 所有且权限为 0700，请查明它是谁建的，再将其移走。",
                    f"{directory} must belong to {self.name} with mode 0700; find out who made it, then move it away.",
                ) from None

    def require_entrance(self, directory: Path) -> None:
        """Say which directory on the way to ``directory`` this account may not enter."""
        if not self.foreign:
            return
        for step in (*reversed(directory.parents), directory):
            if step.exists() and self.run("/usr/bin/test", "-x", str(step))[0] != 0:
                raise Trouble(
                    f"数据库以系统账户 {self.name} 运行，而该账户不能进入 {step}。请执行 chmod o+x '{step}'，或将 GOVSHARE_HOME 移到别处。",
                    f"The database runs as {self.name}, who may not enter {step}; run chmod o+x '{step}' or move GOVSHARE_HOME elsewhere.",
                )


def choose(data: Path) -> Account:
    """Who runs the server on ``data``: this user; as root, the owner of existing data, else an unprivileged account the system has."""
    mine = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if mine != 0:
        if owner is not None and owner != mine:
            raise Trouble(
                f"数据目录 {data} 归用户号 {owner} 所有，请以该用户或 root 启动。",
                f"{data} belongs to user id {owner}; start as that user or as root.",
            )
        return _by_uid(mine)
    if owner:
        return _by_uid(owner)
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "以 root 运行时，数据库需要一个普通系统账户（postgres 或 nobody），本机没有。请执行 adduser --system --group postgres。",
        "As root the database needs an unprivileged account, postgres or nobody; run adduser --system --group postgres.",
    )


def _by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            f"用户号 {uid} 在 /etc/passwd 中没有登记，PostgreSQL 不能以它运行。请换用已登记的用户。",
            f"User id {uid} has no passwd entry, and PostgreSQL will not run without one; use a registered user.",
        ) from None
    return Account(entry.pw_name, uid, entry.pw_gid)
