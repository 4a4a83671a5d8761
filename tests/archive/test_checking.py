"""Whatever is done to a sealed segment's files is found, and named by entry or file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import override_settings

from govshare.archive import checking, layout
from govshare.archive import services as archive
from govshare.archive.models import Check, Segment
from govshare.archive.store import Folder
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from tests.archive.sealed import sealed
from tests.audit.actors import NOW
from tests.databases import cloned

pytestmark = pytest.mark.article("CD2016-26")


@pytest.fixture(scope="module")
def built(cluster, template, django_db_setup, django_db_blocker, tmp_path_factory):
    """A log with two sealed segments; what is done to it is done to a copy of the archive."""
    before = dict(connection.settings_dict)
    home = tmp_path_factory.mktemp("archive")
    places = {"GOVSHARE_EVIDENCE": home / "evidence", "GOVSHARE_ARCHIVE": str(home / "archive"), "GOVSHARE_SEALING": home / "sealing"}
    with django_db_blocker.unblock():
        with cloned(cluster, template), override_settings(**places):
            _, segments = sealed(1100, largest=512, subject="51010419900307123")
            connection.close()
            yield home, segments
        connection.settings_dict.update(before)


@pytest.fixture
def segment(built, tmp_path, settings):
    """The second segment's folder in a copy of the archive, and a function that checks it."""
    home, segments = built
    settings.GOVSHARE_EVIDENCE = home / "evidence"
    shutil.copytree(home / "archive", tmp_path / "archive")
    one = segments[1]

    class Copy:
        folder = tmp_path / "archive" / one.name
        other = tmp_path / "archive" / segments[0].name

        def check(self):
            found = checking.check(open_log(), Folder(tmp_path / "archive"), one.name, one.manifest).findings
            return {(finding.kind, finding.place.removeprefix(f"{one.name}/"), finding.index) for finding in found}

    return Copy()


def test_a_segment_that_nobody_touched_is_sound(segment):
    assert segment.check() == set()


def edited(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def put(table: pa.Table, column: str, row: int, value: object) -> pa.Table:
    values = table.column(column).to_pylist()
    values[row] = value
    return table.set_column(table.column_names.index(column), table.schema.field(column), pa.array(values, table.schema.field(column).type))


VALUES = {
    "at": NOW,
    "outcome": "refused",
    "reason": "没有理由",
    "actor_id": "another",
    "actor_name": "李四",
    "actor_certificate": "00",
    "about": "elsewhere",
    "grant_id": "0198c000",
    "subject": "",
    "identifier": "",
    "request_id": "0",
    "request_lag": 1,
    "request_b": -1,
    "parties": [],
    "counts": '{"rows":1000}',
    "digests": '{"answer":"x"}',
    "detail": '{"a":"b"}',
    "body": "{}",
    "v": "govshare/entry@v1+sha256",
}


@pytest.mark.parametrize("row", [300, 340])
@pytest.mark.parametrize("column", VALUES)
def test_an_edited_value_is_found_at_its_entry(segment, column, row):
    before = pq.read_table(segment.folder / layout.ENTRIES)
    index = before.column("index")[row].as_py()

    edited(segment.folder / layout.ENTRIES, lambda table: put(table, column, row, VALUES[column]))

    assert segment.check() == {("altered", layout.ENTRIES, -1), ("altered", layout.ENTRIES, index)}


def test_a_row_that_was_taken_out_is_missing_at_its_index(segment):
    index = pq.read_table(segment.folder / layout.ENTRIES).column("index")[77].as_py()

    edited(segment.folder / layout.ENTRIES, lambda table: pa.concat_tables([table.slice(0, 77), table.slice(78)]))

    assert ("missing", layout.ENTRIES, index) in segment.check()


def test_a_row_put_in_twice_or_from_elsewhere_is_inserted(segment):
    there = pq.read_table(segment.folder / layout.ENTRIES)
    stranger = pq.read_table(segment.other / layout.ENTRIES).slice(5, 1)
    indexes = there.column("index")[9].as_py(), stranger.column("index")[0].as_py()

    edited(segment.folder / layout.ENTRIES, lambda table: pa.concat_tables([table, table.slice(9, 1), stranger]))

    assert {("inserted", layout.ENTRIES, index) for index in indexes} < segment.check()


def test_two_entries_that_changed_places_are_both_named(segment):
    table = pq.read_table(segment.folder / layout.ENTRIES)
    one, other = table.column("index")[3].as_py(), table.column("index")[400].as_py()
    swapped = pc.replace_with_mask(
        table.column("index").combine_chunks(), pa.array([row in {3, 400} for row in range(len(table))]), pa.array([other, one], pa.int64())
    )

    edited(segment.folder / layout.ENTRIES, lambda _: table.set_column(0, table.schema.field("index"), swapped))

    assert {("altered", layout.ENTRIES, one), ("altered", layout.ENTRIES, other)} < segment.check()


@pytest.mark.parametrize("file", layout.FILES)
@pytest.mark.parametrize("damage", ["flip", "truncate", "append", "remove", "empty", "swap"])
def test_any_file_that_is_not_what_was_sealed_is_named(segment, file, damage):
    path = segment.folder / file
    data = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        flipped = bytes([data[len(data) // 2] ^ 1])
        path.write_bytes(
            {
                "flip": data[: len(data) // 2] + flipped + data[len(data) // 2 + 1 :],
                "truncate": data[:-7],
                "append": data + b"x",
                "empty": b"",
                "swap": (segment.other / file).read_bytes() if file != layout.CHECKPOINT else b"another\n",
            }[damage]
        )

    found = segment.check()

    assert {place for _, place, _ in found} == {file} if damage != "swap" or file != layout.ENTRIES else file in {p for _, p, _ in found}
    assert ("missing" if damage == "remove" else "altered", file, -1) in found


def test_an_altered_leaf_is_told_from_an_altered_entry(segment):
    path = segment.folder / layout.LEAVES
    data = bytearray(path.read_bytes())
    data[300 * 32] ^= 1
    path.write_bytes(data)

    assert segment.check() == {("altered", layout.LEAVES, -1), ("altered", layout.LEAVES, 512 + 300)}


def test_every_bit_of_the_manifest_counts(segment):
    path = segment.folder / layout.MANIFEST
    data = path.read_bytes()

    for place in range(0, len(data), 97):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert segment.check() == {("altered", layout.MANIFEST, -1)}


def test_a_file_too_many_is_named(segment):
    (segment.folder / "notes.txt").write_text("?")

    assert segment.check() == {("inserted", "notes.txt", -1)}


def test_an_older_segment_in_the_place_of_a_newer_is_named(segment):
    shutil.rmtree(segment.folder)
    shutil.copytree(segment.other, segment.folder)

    found = segment.check()

    assert {("altered", file, -1) for file in (layout.MANIFEST, layout.ENTRIES, layout.LEAVES, layout.BATCHES)} < found


def test_the_whole_archive_is_checked_and_the_outcome_kept(own_database, settings):
    sealed(600, largest=256)

    sound = archive.verify(now=NOW)
    folder = Path(settings.GOVSHARE_ARCHIVE)
    (folder / "segments/stranger").mkdir()
    (folder / "segments/stranger/entries.parquet").write_bytes(b"")
    last = Segment.objects.order_by("first_index").last()
    (folder / last.name / layout.BATCHES).unlink()
    found = archive.verify(now=NOW)

    assert sound == []
    assert {(one.kind, one.place) for one in found} == {
        ("inserted", "segments/stranger/entries.parquet"),
        ("missing", f"{last.name}/{layout.BATCHES}"),
    }
    assert [bool(check.problems) for check in Check.objects.order_by("id")] == [False] * 5 + [True]
    assert Entry.objects.filter(action="archive:log:check").count() == 2
