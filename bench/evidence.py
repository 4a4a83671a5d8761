"""Evidence: how fast entries are durable, what that costs beside a plain COPY, how fast everything is checked and one entry proved.

Measured on a platform made for the run, with a private database whose commits are on the disk. The platform's settings are those of a
process of its own, so this module is run once more as ``python -m bench.evidence``, which answers in JSON.
"""

import gc
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import psycopg

from bench import archive, search
from bench import cpu as processor
from bench.entries import entries
from bench.measure import Measure, Pair

if TYPE_CHECKING:
    from govshare.audit.rules import Entry

ROWS: Final = 300_000
PAIRS: Final = 5
GROUP: Final = 500
AT_LOW_LOAD: Final = 300  # entries, one every 20 ms
PROOFS: Final = 300
_TYPES: Final = ("int8", "int4", "bytea", "text", "timestamptz", *["text"] * 8, "jsonb")
_COLUMNS: Final = "batch, ordinal, leaf_hash, body, at, action, outcome, actor, organization, about, resource, grant_id, subject, parties"


def run(talk: Callable[[str], object], *, rows: int | None = None, pairs: int | None = None) -> list[Measure]:
    """All measures of evidence; ``rows`` entries in the log, ``pairs`` of plain and recorded."""
    with _home() as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GOVSHARE_")}
        environment |= {"GOVSHARE_HOME": str(home), "GOVSHARE_MODE": "demo", "DJANGO_SETTINGS_MODULE": "govshare.project.settings"}
        talk("evidence: making a platform with a private database")
        command = [sys.executable, "-m", "bench.evidence", str(rows or ROWS), str(pairs or PAIRS)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
        return [Measure(**each) for each in json.loads(done.stdout)]


@contextmanager
def _home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="govshare-bench-"))
    home.chmod(0o711)  # as root, the server is another account
    try:
        yield home
    finally:
        shutil.rmtree(home)


@dataclass(frozen=True, slots=True)
class Bench:
    """The platform under measurement: ``admin`` is the operator of its database, ``server`` its process; the log shall hold ``rows``."""

    admin: psycopg.Connection[Any]
    server: int
    rows: int
    pairs: int

    def say(self, words: str) -> None:
        print(f"evidence: {words}", file=sys.stderr, flush=True)


# --- writing ---------------------------------------------------------------------------------------------------------------


def writing(bench: Bench) -> list[Measure]:
    """Pairs of the same rows by plain COPY and by group commit; also by COPY into a table without any index."""
    plain_tables(bench.admin)
    each = bench.rows // bench.pairs
    indexed, bare, rates, plain_cpu, cpu = [], [], [], [], []
    for pair in range(bench.pairs):
        made = list(entries(each, seed=pair))
        rows = plain_rows(made)
        without = copied(bench.admin, "plain_bare", rows)
        started = processor.seconds(bench.server)
        with_indexes = copied(bench.admin, "plain_indexed", rows)
        between = processor.seconds(bench.server)
        recorded = grouped(bench.admin, made)
        plain_cpu.append((between - started) / each * 1e6)
        cpu.append((processor.seconds(bench.server) - between) / each * 1e6)
        indexed.append(Pair(with_indexes, recorded))
        bare.append(Pair(without, recorded))
        rates.append(each / recorded)
        bench.say(f"{each / recorded:,.0f} entries/s; plain COPY {each / with_indexes:,.0f}, without indexes {each / without:,.0f}")
    share, least, most = _shares(indexed)
    bare_share = _shares(bare)[0]
    note = f"higher is better; median of {bench.pairs} pairs, {least:.2f} to {most:.2f}; of a bare table without indexes {bare_share:.2f}; "
    note += f"processor time {median(plain_cpu):.0f} µs plain, {median(cpu):.0f} µs recorded, client and server"
    spread = f"higher is better; durable, groups of {GROUP}, one process; {min(rates):,.0f} to {max(rates):,.0f}"
    return [
        Measure("evidence.group500_per_s", round(median(rates)), "entries/s", 20_000, spread),
        Measure("evidence.vs_plain_copy", round(share, 3), "× plain", 0.5, note),
    ]


def _shares(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Our rate as a part of the plain one: median, least, most."""
    shares = [1 / pair.ratio for pair in pairs]
    return median(shares), min(shares), max(shares)


def plain_tables(admin: psycopg.Connection[Any]) -> None:
    """The columns and search indexes of the log, without evidence; and the bare columns."""
    admin.execute("CREATE TABLE plain_bare (LIKE audit_entry)")
    admin.execute("CREATE TABLE plain_indexed (LIKE audit_entry INCLUDING INDEXES)")


def plain_rows(made: Sequence["Entry"]) -> list[tuple[Any, ...]]:
    """What a program without evidence would write; making it is not measured."""
    from govshare.audit.rules import leaf_hash, searchable

    rows = []
    for number, entry in enumerate(made):
        body = entry.canonical()
        text = body.decode()
        *fields, parties = searchable(text)
        rows.append((number // GROUP, number % GROUP, leaf_hash(body), text, *fields, psycopg.types.json.Jsonb(parties)))
    return rows


def copied(admin: psycopg.Connection[Any], table: str, rows: Sequence[tuple[Any, ...]]) -> float:
    """Seconds of plain binary COPY, one commit for each group."""
    admin.execute(f"TRUNCATE {table}")
    _same_start(admin)
    begun = perf_counter()
    for low in range(0, len(rows), GROUP):
        with admin.transaction(), admin.cursor() as cursor, cursor.copy(f"COPY {table} ({_COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(_TYPES)
            for row in rows[low : low + GROUP]:
                copy.write_row(row)
    return perf_counter() - begun


def _same_start(admin: psycopg.Connection[Any]) -> None:
    """Nothing left to be written by what went before, and what was made beforehand is no work for the garbage collector."""
    admin.execute("CHECKPOINT")
    gc.collect()
    gc.freeze()


def grouped(admin: psycopg.Connection[Any], made: Sequence["Entry"]) -> float:
    """Seconds until every entry was acknowledged; whoever is refused for want of room waits for what is under way."""
    from govshare.audit.services.grouping import LARGEST, GroupCommit

    group = GroupCommit(largest=GROUP, room=4 * LARGEST)
    _same_start(admin)
    begun = perf_counter()
    waiting: deque[Future[Any]] = deque()
    for entry in made:
        if len(waiting) >= 3 * LARGEST:
            waiting.popleft().result()
        waiting.append(group.submit(entry))
    for future in waiting:
        future.result()
    seconds = perf_counter() - begun
    group.close()
    return seconds


def waits(bench: Bench) -> list[Measure]:
    """What one caller waits for its record when there is hardly another, from the call to the answer after the commit."""
    from govshare.audit.services import GROUP as COMMIT

    times = []
    for entry in entries(AT_LOW_LOAD, seed=99):
        begun = perf_counter()
        COMMIT.record(entry)
        times.append((perf_counter() - begun) * 1000)
        time.sleep(0.02)
    p50, p95 = median(times), quantiles(times, n=20)[-1]
    bench.say(f"added wait {p50:.2f} ms, p95 {p95:.2f} ms")
    return [Measure("evidence.wait_ms", round(p50, 2), "ms", 5, f"p50 of {AT_LOW_LOAD} single entries, 50 a second; p95 {p95:.1f} ms")]


# --- checking --------------------------------------------------------------------------------------------------------------


def checking(bench: Bench) -> list[Measure]:
    """The whole log: every body hashed anew, every column and tile compared, every root re-derived."""
    from govshare.audit import services
    from govshare.kernel.clock import utc_now

    while services.place(now=utc_now()):
        pass
    bench.admin.execute("VACUUM (ANALYZE) audit_entry, audit_batch, audit_placement")
    times = []
    started = processor.seconds(bench.server)
    for _ in range(3):
        begun = perf_counter()
        report = services.fsck()
        times.append(perf_counter() - begun)
        if not report.sound:
            raise RuntimeError(f"the log is not sound: {report.findings[0]}")
    cpu = (processor.seconds(bench.server) - started) / 3 / report.entries * 1e6
    rate = report.entries / median(times)
    bench.say(f"checked {report.entries:,} entries at {rate:,.0f}/s")
    note = f"higher is better; median of 3 over {report.entries:,} entries, {min(times):.1f} to {max(times):.1f} s; "
    note += f"processor time {cpu:.0f} µs an entry on all cores"
    return [Measure("evidence.fsck_per_s", round(rate), "entries/s", 100_000, note)]


def proving(bench: Bench) -> list[Measure]:
    """A receipt with its inclusion proof, found by number, proved, and verified before it is handed out."""
    from govshare.audit import queries

    draw = random.Random(7)  # noqa: S311 - which entries are asked for
    places = queries.placed()
    numbers = [_number(draw.randrange(places)) for _ in range(PROOFS)]
    times = []
    for number in numbers:
        begun = perf_counter()
        queries.receipt(number)
        times.append((perf_counter() - begun) * 1000)
    note = f"p50 of {PROOFS} entries anywhere among {places:,}; p95 {quantiles(times, n=20)[-1]:.1f} ms; verified before it is handed out"
    bench.say(note)
    return [Measure("evidence.proof_ms", round(median(times), 2), "ms", 5, note)]


def _number(index: int) -> str:
    from govshare.audit import queries
    from govshare.audit.rules import receipt_number

    kept = queries.at_index(index)
    return receipt_number(kept.batch, kept.ordinal)


def searching(bench: Bench) -> list[Measure]:
    """The entries of one subject among what is sealed; ``python -m bench.search 50000000`` for the size that is published."""
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as directory:
        return [search.measure(Path(directory), search.ENTRIES, bench.say)]


def archiving(bench: Bench) -> list[Measure]:
    """A sealed segment of as many entries; at least a million."""
    bench.say("sealing a segment")
    return archive.measures(bench.rows)


#: In this order: the later ones measure what the earlier ones wrote.
PARTS: Final[tuple[Callable[[Bench], list[Measure]], ...]] = (writing, waits, checking, proving, archiving, searching)


def main(arguments: Sequence[str]) -> None:
    import django

    django.setup()
    from govshare.operations import services
    from govshare.operations.cluster import DATABASE

    cluster = services.open_database()
    if cluster is None:
        raise RuntimeError("the benchmark wants a private database")
    try:
        services.migrate(say=lambda _: None)
        with psycopg.connect(cluster.url("admin", DATABASE), autocommit=True) as admin:
            server = int((cluster.data / "postmaster.pid").read_text().split()[0])
            bench = Bench(admin, server, *map(int, arguments))
            measures = [measure for part in PARTS for measure in part(bench)]
    finally:
        services.close_database()
    json.dump([asdict(measure) for measure in measures], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
