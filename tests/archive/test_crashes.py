"""A sealer that dies at any step leaves nothing half-sealed, and the next one takes up where it was."""

import errno
import os

import pyarrow as pa
import pytest

from govshare.archive import parquet, queries
from govshare.archive import services as archive
from govshare.archive.models import Check, Segment
from govshare.archive.store import Folder, StoreUnavailable
from govshare.audit.models import Entry
from tests.archive.sealed import record
from tests.audit.actors import NOW
from tests.steps import dying

pytestmark = pytest.mark.article("CD2016-26")


@pytest.mark.parametrize("stride", [pytest.param(9, id="some steps"), pytest.param(1, id="every step", marks=pytest.mark.long)])
def test_a_sealer_killed_at_any_step_is_taken_up_without_gap_or_loss(own_database, settings, stride):
    outcomes = []

    with dying("tests.archive.crash_sealer", own_database("app")) as run_until:
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
