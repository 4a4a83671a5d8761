"""Search by subject over sealed entries: ``python -m bench.search [ENTRIES [DIRECTORY]]`` alone, and as a part of ``bench.evidence``.

The segments are drawn by DuckDB straight into the archive's own columns and files, so that tens of millions take minutes; what is read
back and how is the platform's own search. Every subject was looked up ten times on average, in any of the segments.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Final

from bench.measure import Measure, machine

if TYPE_CHECKING:
    from govshare.archive.search.cold import Segment

ENTRIES: Final = 4_000_000
SEGMENT: Final = 16 * 2**20  # as PC-110 has it
ASKED: Final = 200
BATCH: Final = 20  # entries of one commit
DAY: Final = 10_000_000  # entries
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
LOOKUPS: Final = 10  # of one subject, on average

_ROWS: Final = """
    SELECT n AS index, TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_microseconds(CAST(n * 8640 AS BIGINT)) AS "at",
           'govshare/entry@v2+sha256' AS v, 'gateway:person:query' AS action, 'CD2016-24' AS basis, 'CD2016/1' AS rule_set,
           CASE WHEN a % 50 = 0 THEN 'refused' ELSE 'allowed' END AS outcome, '' AS reason, 'system' AS actor_kind,
           '0198c000-0000-7000-8000-' || lpad(CAST(a % 3000 AS VARCHAR), 12, '0') AS actor_id, '业务系统' || a % 3000 AS actor_name,
           '0198c000-0000-7000-9000-' || lpad(CAST(a % 60 AS VARCHAR), 12, '0') AS actor_organization,
           '市第' || a % 60 || '局' AS actor_organization_name, sha256('c' || a % 3000) AS actor_certificate,
           '' AS actor_standing_in_for, '' AS about, lpad(CAST(b % 60 AS VARCHAR), 2, '0') || '/' || b % 180 AS resource,
           'SQ-2026-' || lpad(CAST(b % 400 AS VARCHAR), 6, '0') AS grant_id, '公租房资格审核' AS purpose,
           '住保〔2026〕' || b % 50000 || '号' AS case_number, 'hmac-sha256:' || sha256('s' || s) AS subject,
           'aes-siv:2026-01:' || to_base64(unhex(substr(sha256('i' || s), 1, 48))) AS identifier, '' AS request_id,
           b % 1000 AS request_lag, CAST(a % 4096 AS INTEGER) AS request_a, CAST(hash(n * 31) // 2 AS BIGINT) AS request_b,
           ['0198c000-0000-7000-9000-' || lpad(CAST(a % 60 AS VARCHAR), 12, '0'),
            '0198c000-0000-7000-9000-' || lpad(CAST(b % 60 AS VARCHAR), 12, '0')] AS parties,
           '{{"rows":' || b % 3 || '}}' AS counts, '{{"answer":"sha256:' || sha256('d' || n) || '"}}' AS digests,
           '{{"mode":"query"}}' AS detail, NULL AS body
    FROM (SELECT n, hash(n) // 2 AS a, hash(n * 7 + 3) // 2 AS b, hash(n * 11 + 5) % {people} AS s FROM range({first}, {end}) t(n))
"""

_BATCHES: Final = """
    SELECT range AS first_index, range // {n} + 1 AS batch, {n} AS n, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS recorded_at
    FROM range({first}, {end}, {n})
"""


def fill(directory: Path, entries: int, say: Callable[[str], object]) -> list["Segment"]:
    """Segments with ``entries`` entries below ``directory``, in the archive's own files; those that are there already are taken."""
    from govshare.archive import layout
    from govshare.archive.search.cold import Segment

    made = []
    for first in range(0, entries, SEGMENT):
        end = min(first + SEGMENT, entries)
        place = directory / layout.segment_name(first, end)
        if not (place / layout.BATCHES).exists():  # the last file of a segment
            _draw(place, first, end, people=max(entries // LOOKUPS, 1))
        since, until = (START + timedelta(days=n / DAY) for n in (first, end))
        made.append(Segment(first, end, since, until, str(place / layout.ENTRIES), str(place / layout.BATCHES)))
        say(f"search: {end:,} entries in the archive")
    return made


def _draw(place: Path, first: int, end: int, *, people: int) -> None:
    from govshare.archive import layout, parquet

    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as work, parquet.engine(Path(work)) as database:
        database.execute(f"CREATE VIEW entries AS {_ROWS.format(people=people, first=first, end=end)}")
        database.execute(f"CREATE VIEW batches AS {_BATCHES.format(n=BATCH, first=first, end=end)}")
        parquet.write_parquet(database, place / layout.ENTRIES, "entries", 'subject, "at", "index"', layout.ENTRY_SCHEMA)
        parquet.write_parquet(database, place / layout.BATCHES, "batches", "first_index", layout.BATCH_SCHEMA)


def measure(directory: Path, entries: int, say: Callable[[str], object]) -> Measure:
    """How long a page of one subject's entries takes: found, read whole, rebuilt, numbered."""
    from django.conf import settings

    from govshare.archive.search import cold
    from govshare.archive.search.criteria import PAGE, Criteria, Placed

    settings.GOVSHARE_ARCHIVE = str(directory)
    segments = fill(directory, entries, say)
    people = max(entries // LOOKUPS, 1)
    subjects = [f"hmac-sha256:{hashlib.sha256(f's{n * 7919 % people}'.encode()).hexdigest()}" for n in range(ASKED)]
    times, hits = [], 0
    for subject in subjects:
        begun = perf_counter()
        hits += len(cold.placed(Criteria(subject=subject), segments, start=Placed(entries), limit=PAGE))
        times.append((perf_counter() - begun) * 1000)
    note = (
        f"p50 of {ASKED} subjects among {entries:,} sealed entries, {hits / ASKED:.1f} hits each; p95 {quantiles(times, n=20)[-1]:.0f} ms"
    )
    say(f"search: {note}; {machine()}")
    return Measure("evidence.subject_search_ms", round(median(times), 1), "ms", 150, note)


def main(arguments: Sequence[str]) -> None:
    """``ENTRIES``: 50000000 for the published number; it takes some 15 GB of disk for that time. In ``DIRECTORY`` they stay, 4.5 GB."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
    import django

    django.setup()
    entries = int(arguments[0]) if arguments else ENTRIES
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as passing:
        directory = Path(arguments[1]).absolute() if arguments[1:] else Path(passing)
        measured = measure(directory, entries, lambda said: print(said, file=sys.stderr))
    json.dump(asdict(measured), sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
