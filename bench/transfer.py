"""The governed full load, PostgreSQL to PostgreSQL, against ``psql | psql`` of the same columns (binary COPY, key in place)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench import register
from bench.fronts import LANDING, Front, Fronts, fronts
from bench.measure import Measure, Pair, ratio
from govshare.operations import programs

ROWS: Final = 2_000_000
PAIRS: Final = 3
MOST_MB: Final = 100.0  # of a loading process

Say = Callable[[str], None]


class Unfinished(Exception):
    """A contender failed or moved something else than the granted rows; its number would mean nothing."""


@dataclass(frozen=True, slots=True)
class Governed:
    """What the loading process said."""

    seconds: float
    phases: Mapping[str, float]
    cpu: float  # seconds of the loading process itself
    rows: int
    chunks: int
    source_digest: str
    target_digest: str
    bytes: int
    idle_mb: float
    peak_mb: float


def run(say: Say, *, rows: int | None = None, pairs: int | None = None) -> list[Measure]:
    """Pairs one after the other, plain first; one plain load before them is thrown away (it makes the servers' log files)."""
    rows, pairs = rows or ROWS, pairs or PAIRS
    say(f"two clusters, {rows:,} rows × {len(register.COLUMNS)} columns")
    with fronts(rows) as both:
        say(f"warm-up: psql | psql {plain(both, rows):.2f} s")
        kept: dict[bool, list[tuple[Pair, Governed]]] = {False: [], True: []}
        for number in range(pairs):
            for reread in (False, True):
                before, load = plain(both, rows), governed(both, rows, reread=reread)
                kept[reread].append((Pair(before, load.seconds), load))
                what = "re-read" if reread else "as sent"
                say(f"pair {number + 1}, {what}: psql | psql {before:.2f} s, governed {load.seconds:.2f} s, {_where(load)}")
    return _measures(kept, rows)


def plain(both: Fronts, rows: int) -> float:
    """Seconds of ``psql | psql`` into a table that has its key: binary COPY of the granted columns, in the source's heap order."""
    both.clear()
    source, target = f"{register.SCHEMA}.{register.TABLE}", f"{LANDING}.{register.TABLE}"
    with _psql(both.recipient, f"CREATE TABLE {target} ({register.columns_of(register.GRANTED)}, PRIMARY KEY ({register.KEY}))"):
        pass
    read = f"COPY (SELECT {', '.join(register.GRANTED)} FROM {source}) TO STDOUT (FORMAT binary)"  # noqa: S608 - our own names
    write = f"COPY {target} FROM STDIN (FORMAT binary)"
    begun = perf_counter()
    with _psql(both.source, read, stdout=subprocess.PIPE) as reader, _psql(both.recipient, write, stdin=reader.stdout) as writer:
        if reader.stdout:
            reader.stdout.close()  # the writer has it
    seconds = perf_counter() - begun
    if reader.returncode or writer.returncode or _count(both) != rows:
        raise Unfinished(f"psql | psql ended with {reader.returncode} and {writer.returncode}")
    return seconds


def governed(both: Fronts, rows: int, *, reread: bool) -> Governed:
    """A full load by the platform's own engine. Its seconds do not hold the start of the interpreter: a worker is there already."""
    both.clear()
    told = {"source": both.source.conninfo, "target": both.recipient.conninfo, "reread": reread}
    done = subprocess.run(
        [sys.executable, "-m", "bench.loading"],
        input=json.dumps(told),
        env=_worker_environment(both.home),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unfinished(f"the loading process ended with {done.returncode}")
    load = Governed(**json.loads(done.stdout))
    if load.rows != rows or load.source_digest != load.target_digest or _count(both) != rows:
        raise Unfinished(f"{load.rows} rows delivered of {rows}")
    return load


def _psql(front: Front, statement: str, **pipes: Any) -> "subprocess.Popen[bytes]":
    """psql as the same account; the password goes through the environment, not the process list."""
    parts = conninfo_to_dict(front.conninfo)
    environment = {**os.environ, "PGPASSWORD": str(parts.pop("password"))}
    command = [_find_psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", make_conninfo(**parts), "-c", statement]  # type: ignore[arg-type]
    return subprocess.Popen(command, env=environment, **pipes)


def _find_psql() -> str:
    beside = Path(programs.find().path("psql"))
    found = str(beside) if beside.exists() else shutil.which("psql")
    if found is None:
        raise Unfinished("psql is not here: install the postgresql-client package")
    return found


def _worker_environment(home: Path) -> dict[str, str]:
    """The platform's settings as a worker has them; its own database is not touched by a load."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "DJANGO_SETTINGS_MODULE": "govshare.project.settings",
        "GOVSHARE_MODE": "demo",
        "GOVSHARE_HOME": str(home),
        "GOVSHARE_DATABASE_URL": "postgresql://unused@/unused",
    }


def _count(both: Fronts) -> int:
    row = both.recipient.admin.execute(f"SELECT count(*) FROM {LANDING}.{register.TABLE}").fetchone()  # noqa: S608 - our own names
    return int(row[0]) if row else 0


def _where(load: Governed) -> str:
    """Where the time went: until a phase begins, the one before it lasts."""
    begun = [*sorted(load.phases.items(), key=lambda phase: phase[1]), ("", load.seconds)]
    phases = ", ".join(f"{name} {until - since:.2f}" for (name, since), (_, until) in pairwise(begun))
    return f"{phases}; own CPU {load.cpu:.2f}"


def _measures(kept: Mapping[bool, Sequence[tuple[Pair, Governed]]], rows: int) -> list[Measure]:
    """The headline is the load as it is by default, read back from the recipient; beside it the same without."""
    loads = [load for some in kept.values() for _, load in some]
    size = f"{rows:,} rows, {loads[0].bytes / 2**20:,.0f} MiB in {loads[0].chunks} chunks"
    idle = median(load.idle_mb for load in loads)
    return [
        ratio("transfer.pg_pg_full", [pair for pair, _ in kept[True]], f"{size}, the recipient read back and compared"),
        ratio("transfer.pg_pg_full_as_sent", [pair for pair, _ in kept[False]], f"{size}, digested while sent, not read back"),
        Measure(
            "transfer.worker_mb",
            round(max(load.peak_mb for load in loads), 1),
            "MiB",
            MOST_MB,
            f"peak of the loading process, the largest of {len(loads)}; {idle:.1f} before the load began",
        ),
    ]
