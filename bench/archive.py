"""The sealed archive: bytes per entry with everything that is kept for it, and how fast a segment is written and read back."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.entries import APART, START, entries
from bench.measure import Measure

if TYPE_CHECKING:
    import pyarrow as pa

LEAST = 1_000_000  # entries; fewer would hide what dictionaries cost
PER_BATCH = 20
_STEP = 50_000


def measures(rows: int) -> list[Measure]:
    """``rows`` made-up queries written as a segment; digests of answers are 32 bytes of chance each and measured apart."""
    bytes_each, written, read = segment(max(rows, LEAST) // 256 * 256, answers=False)
    with_answers = segment(256 * 800, answers=True)[0] - segment(256 * 800, answers=False)[0]
    note = (
        f"lower is better; tiles and batches included; a SHA-256 of each answer costs {with_answers:.0f} more; "
        f"written at {written:,.0f}, read back and hashed at {read:,.0f} entries/s"
    )
    return [Measure("evidence.archive_bytes", round(bytes_each, 1), "bytes/entry", 75, note)]


def segment(count: int, *, answers: bool) -> tuple[float, float, float]:
    """Bytes per entry; entries per second written, and read back."""
    from govshare.archive import layout, parquet
    from govshare.audit.verifier import SHA256

    with TemporaryDirectory(prefix="govshare-bench-") as directory:
        tables = list(_tables(count, answers=answers))
        started = perf_counter()
        parquet.write(Path(directory), first=0, rows=tables)
        written = perf_counter()
        hashed = sum(len(list(map(SHA256.leaf, bodies))) for _, bodies in parquet.bodies([f"{directory}/{layout.ENTRIES}"]))
        read = perf_counter()
        size = sum(path.stat().st_size for path in Path(directory).iterdir())
    above = 32 / 255 * count / 256  # the tree's upper levels, beside the nodes
    return (size + above) / count, hashed / (written - started), hashed / (read - written)


def _tables(count: int, *, answers: bool) -> Iterator["pa.Table"]:
    import pyarrow as pa

    from govshare.archive import layout

    made = enumerate(entries(count, answers=answers))
    while some := list(itertools.islice(made, _STEP)):
        columns: dict[str, list[Any]] = {
            "batch": [1 + place // PER_BATCH for place, _ in some],
            "ordinal": [place % PER_BATCH for place, _ in some],
            "n": [PER_BATCH] * len(some),
            "recorded_at": [_recorded(place // PER_BATCH) for place, _ in some],
            "body": [entry.canonical().decode() for _, entry in some],
        }
        yield pa.table(columns, schema=layout.ROW_SCHEMA)


def _recorded(batch: int) -> datetime:
    return START + batch * PER_BATCH * APART + timedelta(microseconds=3000 + batch * 7919 % 5003)
