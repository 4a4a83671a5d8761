"""A sealer that dies at any step leaves nothing half-sealed, and the next one takes up where it was."""

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from psycopg.conninfo import conninfo_to_dict

from govshare.archive import parquet, queries
from govshare.archive import services as archive
from govshare.archive.models import Check, Segment
from govshare.archive.store import Folder, StoreUnavailable
from govshare.audit.models import Entry
from tests.archive.sealed import record
from tests.audit.actors import NOW

pytestmark = pytest.mark.article("CD2016-26")
SOURCES = Path(__file__).parent.parent.parent / "src"


@contextmanager
def crashing_sealer(own_database, settings):
    """A callable that seals in a process which is killed at the given step; tells whether it came to that."""
    parts = conninfo_to_dict(own_database("app"))
    environment = {
        **os.environ,
        "GOVSHARE_DATABASE_URL": "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**parts),
        **{name: str(getattr(settings, name)) for name in ("GOVSHARE_EVIDENCE", "GOVSHARE_KEYS", "GOVSHARE_ARCHIVE", "GOVSHARE_SEALING")},
        "PYTHONPATH": str(SOURCES),
        "DJANGO_SETTINGS_MODULE": "govshare.project.settings",
    }
    script = Path(__file__).with_name("crash_sealer.py")
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def run(step):
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield run


@pytest.mark.parametrize("stride", [pytest.param(9, id="some steps"), pytest.param(1, id="every step", marks=pytest.mark.long)])
def test_a_sealer_killed_at_any_step_is_taken_up_without_gap_or_loss(own_database, settings, stride):
    outcomes = []

    with crashing_sealer(own_database, settings) as run_until:
        for step in range(1, 400, stride):
            record(256, about=f"step {step}", batches_of=256)
            end = queries.sealed_end()
            outcomes.append(run_until(step))
            assert not [state for state in queries.states() if state.check is None], "sealed without having been read back"
            archive.seal(now=NOW, everything=True, largest=256)
            assert queries.sealed_end() > end
            if outcomes[-1] != "killed":
                break

    assert outcomes[-1] == "finished 0"
    assert len(outcomes) > 80 / stride
    segments = list(Segment.objects.order_by("first_index"))
    assert [segment.first_index for segment in segments] == list(range(0, queries.sealed_end(), 256))
    assert Check.objects.count() == len(segments) == Entry.objects.filter(action="archive:segment:seal").count()
    assert archive.verify(now=NOW) == []


@pytest.mark.parametrize("when", ["writing", "putting", "reading back"])
def test_a_full_disk_seals_nothing_and_is_made_good_later(own_database, monkeypatch, when):
    record(600)

    def full(*_args, **_words):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched, pytest.raises((StoreUnavailable, OSError, pa.ArrowException)):
        patched.setattr(*{"writing": (parquet, "write_parquet"), "putting": (os, "fsync"), "reading back": (Folder, "get")}[when], full)
        archive.seal(now=NOW, everything=True)

    assert not Segment.objects.exists()
    assert [segment.end_index for segment in archive.seal(now=NOW, everything=True)] == [512]
    assert archive.verify(now=NOW) == []
