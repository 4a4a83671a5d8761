"""Out of the archive and back into it, checked on the way."""

import shutil
from pathlib import Path

import pytest
from django.db import connection

from govshare.archive import layout
from govshare.archive import services as archive
from govshare.archive.models import Segment
from govshare.archive.store import open_store
from govshare.audit import verifier
from govshare.audit.log import LogRewound
from govshare.audit.models import Entry
from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import Invalid, NotFound
from tests.archive.sealed import sealed
from tests.audit.actors import NOW

pytestmark = pytest.mark.article("CD2016-26")


@pytest.fixture
def exported(own_database, tmp_path):
    sealed(600, largest=256)
    archive.take_out(segments=archive.chosen(), target=tmp_path / "out", by=PLATFORM, now=NOW)
    return tmp_path / "out"


def offline(folder: Path) -> int:
    return verifier.main([str(folder), "--key", str(folder / "log.vkey")])


def test_an_export_verifies_offline_and_not_when_altered(exported, capsys):
    assert offline(exported) == 0

    leaves = next(exported.glob(f"segments/*/{layout.LEAVES}"))
    data = leaves.read_bytes()
    leaves.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    assert offline(exported) == 1
    assert layout.LEAVES in capsys.readouterr().out


def test_an_export_is_of_whole_segments_of_a_range_or_month(exported, tmp_path):
    assert [one.first_index for one in archive.chosen(first=300, end=400)] == [256]
    assert [one.first_index for one in archive.chosen(month="2026-03")] == [0, 256]
    with pytest.raises(NotFound):
        archive.chosen(month="2019-03")
    with pytest.raises(Invalid, match="不是空目录"):
        archive.take_out(segments=archive.chosen(), target=exported, by=PLATFORM, now=NOW)
    assert Entry.objects.filter(action="archive:log:export").count() == 1


def test_a_damaged_archive_is_mended_from_an_export(exported):
    store = open_store()
    first, second = Segment.objects.order_by("first_index")
    shutil.rmtree(store.directory / first.name)
    (store.directory / second.name / layout.ENTRIES).write_bytes(b"")

    restored = archive.put_back(source=exported, by=PLATFORM, now=NOW)

    assert [one.name for one in restored] == [first.name, second.name]
    assert archive.verify(now=NOW) == []
    assert archive.put_back(source=exported, by=PLATFORM, now=NOW) == []


def test_the_archive_takes_nothing_back_that_is_not_what_was_sealed(exported):
    first, second = Segment.objects.order_by("first_index")
    (open_store().directory / first.name / layout.ENTRIES).unlink()
    shutil.copyfile(exported / second.name / layout.ENTRIES, exported / first.name / layout.ENTRIES)

    with pytest.raises(LogRewound, match="另找一份"):
        archive.put_back(source=exported, by=PLATFORM, now=NOW)


def test_segments_are_copied_into_a_table_for_work(own_database, owner):
    sealed(600, largest=256)

    count = owner(archive.into_table, segments=archive.chosen(first=256), by=PLATFORM, now=NOW)

    owner(connection.ensure_connection)
    parts = own_database("owner")
    import psycopg

    with psycopg.connect(parts) as session:
        rows = session.execute("SELECT index, batch, ordinal, body ->> 'about' FROM archive_restored ORDER BY index").fetchall()
    assert count == len(rows) == 256
    kept = {(entry.batch, entry.ordinal): entry.about for entry in Entry.objects.all()}
    assert [kept[batch, ordinal] for _, batch, ordinal, _ in rows] == [about for *_, about in rows]
    assert [index for index, *_ in rows] == list(range(256, 512))
