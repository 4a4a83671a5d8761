"""What the benchmarks measure is the real thing, and they say it in one form. How fast it is, no test asks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import register
from bench.fronts import LANDING, Fronts, fronts
from bench.transfer import governed, plain

ROOT = Path(__file__).parents[2]
ROWS = 2000

#: The granted columns as the recipient may see them, written without the engine.
AS_GRANTED = [
    "overlay(representative_id PLACING '********' FROM 7 FOR 8)" if name == "representative_id" else name for name in register.GRANTED
]


@pytest.fixture(scope="module")
def both():
    with fronts(ROWS) as started:
        yield started
    assert not started.home.exists()


def source_rows(both: Fronts, columns: list[str]) -> list[tuple]:
    return both.source.admin.execute(f"SELECT {', '.join(columns)} FROM register.legal_entity ORDER BY uscc").fetchall()


def landed_rows(both: Fronts) -> list[tuple]:
    return both.recipient.admin.execute(f"SELECT * FROM {LANDING}.legal_entity ORDER BY uscc").fetchall()


def key_of_landed(both: Fronts) -> list[tuple]:
    return both.recipient.admin.execute(
        "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)"
        f" WHERE indrelid = '{LANDING}.legal_entity'::regclass AND indisprimary"
    ).fetchall()


@pytest.mark.parametrize("reread", [True, False])
def test_the_governed_contender_lands_exactly_what_was_granted(both, reread):
    load = governed(both, ROWS, reread=reread)

    assert landed_rows(both) == source_rows(both, AS_GRANTED)
    assert key_of_landed(both) == [("uscc",)]
    assert load.rows == ROWS
    assert load.source_digest == load.target_digest
    assert ("verify" in load.phases) == reread


def test_the_plain_contender_lands_the_same_columns_with_the_same_key(both):
    plain(both, ROWS)

    assert landed_rows(both) == source_rows(both, list(register.GRANTED))
    assert key_of_landed(both) == [("uscc",)]


def test_the_ledger_of_the_governed_load_stands_beside_its_rows(both):
    load = governed(both, ROWS, reread=True)

    lines = both.recipient.admin.execute(f"SELECT kind, rows FROM {LANDING}.govshare_ledger ORDER BY chunk").fetchall()

    assert [kind for kind, _ in lines] == ["load"] * load.chunks + ["deliver"]
    assert sum(rows for kind, rows in lines if kind == "load") == ROWS


def test_fifteen_columns_lie_in_another_order_than_their_key(both):
    (correlation,) = both.source.admin.execute(
        "SELECT correlation FROM pg_stats WHERE schemaname = 'register' AND tablename = 'legal_entity' AND attname = 'uscc'"
    ).fetchone()

    assert len(register.COLUMNS) == 15
    assert abs(correlation) < 0.1


def test_servers_keep_what_they_committed_and_both_contenders_meet_the_same_ones(both):
    for front in (both.source, both.recipient):
        (durable,) = front.admin.execute(
            "SELECT array_agg(setting ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
        ).fetchone()
        assert durable == ["on", "on", "on"]


def test_the_command_prints_a_table_and_writes_the_list(tmp_path):
    written = tmp_path / "bench.json"

    done = subprocess.run(
        [sys.executable, "-m", "bench", "transfer", "--rows", str(ROWS), "--pairs", "1", "--out", str(written)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    measures = json.loads(written.read_text())
    assert [measure["name"] for measure in measures] == ["transfer.pg_pg_full", "transfer.pg_pg_full_as_sent", "transfer.worker_mb"]
    assert [measure["against"] for measure in measures] == [1.0, 1.0, 100.0]
    for measure in measures:
        assert list(measure) == ["name", "value", "unit", "against", "note"]
        assert measure["value"] > 0
        assert measure["name"] in done.stdout
        assert measure["note"]
