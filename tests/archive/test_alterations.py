"""Every alteration of the sealed archive is found when it is read back, and the finding names the entry or the file.

The archive below is real: two segments, sealed through the services. It is altered as one with the store in hand could, as the
database's superuser could, and as an insider could who has the log's key as well.
"""

import hashlib
import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from django.test import override_settings
from psycopg.conninfo import conninfo_to_dict

from govshare.archive import layout, parquet
from govshare.archive import services as archive
from govshare.audit import merkle, statements, verifier
from govshare.audit.log import open_log
from tests.archive.sealed import sealed
from tests.audit.actors import NOW
from tests.databases import cloned

pytestmark = [pytest.mark.article("CD2016-26"), pytest.mark.usefixtures("store")]

FIRST, SECOND = layout.segment_name(0, 256), layout.segment_name(256, 512)
FILES = tuple(f"{segment}/{name}" for segment in (FIRST, SECOND) for name in (*layout.FILES, layout.MANIFEST))


class Built(NamedTuple):
    evidence: Path
    archive: Path
    settings: dict


@pytest.fixture(scope="module")
def built(cluster, template, django_db_setup, django_db_blocker, tmp_path_factory):
    """A log of 600 entries, of which 512 are sealed in two segments."""
    before = dict(connection.settings_dict)
    home = tmp_path_factory.mktemp("archive")
    places = {"GOVSHARE_EVIDENCE": home / "evidence", "GOVSHARE_ARCHIVE": str(home / "archive"), "GOVSHARE_SEALING": home / "sealing"}
    with django_db_blocker.unblock():
        with cloned(cluster, template), override_settings(**places):
            sealed(600, largest=256, subject="510104")
            connection.close()
            yield Built(home / "evidence", home / "archive", dict(connection.settings_dict))
        connection.settings_dict.update(before)


@pytest.fixture
def store(built, settings, tmp_path, cluster, django_db_blocker):
    """The archive's folder, a copy of the test's own; the session is a superuser's, what it does is rolled back."""
    admin, program = conninfo_to_dict(cluster), dict(connection.settings_dict)
    shutil.copytree(built.archive, tmp_path / "archive")
    shutil.copytree(built.evidence, settings.GOVSHARE_EVIDENCE)
    connection.settings_dict.update(USER=admin["user"], PASSWORD=admin.get("password", ""))
    with django_db_blocker.unblock(), transaction.atomic():
        yield tmp_path / "archive"
        transaction.set_rollback(True)
    connection.close()
    connection.settings_dict.update(program)


def findings():
    return archive.verify(now=NOW)


def named(name):
    """Whether what is found names the file."""
    return name in {one.place for one in findings()}


def test_an_archive_that_nobody_touched_holds(store):
    assert findings() == []
    assert tuple(sorted(FILES)) == tuple(sorted(path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()))


def flip(store, name, place, mask):
    path = store / name
    data = path.read_bytes()
    path.write_bytes(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])
    found = named(name)
    path.write_bytes(data)
    return found


@pytest.mark.parametrize("name", FILES[: len(FILES) // 2])
def test_a_flipped_byte_is_found(store, name):
    drawn = random.Random(name)  # noqa: S311 - a draw that can be repeated
    size = (store / name).stat().st_size
    tried = [(place, 1 << drawn.randrange(8)) for place in {0, size - 1, drawn.randrange(size)}]

    assert [where for where in tried if not flip(store, name, *where)] == []


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_flipped_bytes_everywhere_are_found(store, name):
    """Every byte of a small file, two thousand of a large one."""
    drawn = random.Random(name)  # noqa: S311 - a draw that can be repeated
    size = (store / name).stat().st_size
    places = range(size) if size <= 2000 else sorted(drawn.sample(range(size), 2000))

    assert [place for place in places if not flip(store, name, place, drawn.randrange(1, 256))] == []


@pytest.mark.parametrize("name", FILES[len(FILES) // 2 :])
def test_a_file_cut_longer_or_removed_is_found(store, name):
    path = store / name
    whole = path.read_bytes()
    unnoticed = []
    for change, content in {"cut": whole[:-1], "halved": whole[: len(whole) // 2], "emptied": b"", "longer": whole + b"\0"}.items():
        path.write_bytes(content)
        unnoticed += [] if named(name) else [change]
    path.unlink()
    unnoticed += [] if named(name) else ["removed"]

    assert unnoticed == []


@pytest.mark.parametrize("name", (*layout.FILES, layout.MANIFEST))
def test_a_file_that_changed_places_with_another_segments_is_found(store, name):
    one, other = store / FIRST / name, store / SECOND / name
    shared = one.read_bytes() == other.read_bytes()  # the checkpoint may be the same
    one.rename(store / "held")
    other.rename(one)
    (store / "held").rename(other)

    places = {finding.place for finding in findings()}

    assert places >= {f"{FIRST}/{name}", f"{SECOND}/{name}"} or (shared and not places)


def test_two_segments_that_changed_places_are_found(store):
    (store / FIRST).rename(store / "held")
    (store / SECOND).rename(store / FIRST)
    (store / "held").rename(store / SECOND)

    places = {finding.place for finding in findings()}

    assert places >= {f"{segment}/{name}" for segment in (FIRST, SECOND) for name in (layout.ENTRIES, layout.LEAVES, layout.MANIFEST)}


def test_a_segment_that_is_gone_is_found(store):
    shutil.rmtree(store / SECOND)

    found = findings()

    assert {(one.kind, one.place) for one in found} >= {("missing", f"{SECOND}/{name}") for name in (*layout.FILES, layout.MANIFEST)}
    assert not any(one.place.startswith(FIRST) for one in found)


@pytest.mark.parametrize(
    "name", [f"{FIRST}/x", f"{FIRST}/{layout.ENTRIES}.draft", f"{layout.segment_name(512, 768)}/{layout.ENTRIES}", "segments/x"]
)
def test_a_file_too_many_is_found(store, name):
    (store / name).parent.mkdir(exist_ok=True)
    shutil.copyfile(store / FIRST / layout.ENTRIES, store / name)

    assert [(one.kind, one.place) for one in findings()] == [("inserted", name)]


def rewrite(store, table, segment=FIRST, name=layout.ENTRIES):
    """Put other rows into a Parquet file, written as properly as the sealer's."""
    pq.write_table(table, store / segment / name, compression="zstd", write_page_index=True, row_group_size=layout.ROW_GROUP)


def edited(table, column, row):
    """The table with one value changed, and the index of the entry it belongs to."""
    values = table.column(column).to_pylist()
    kind = table.schema.field(column).type
    if pa.types.is_timestamp(kind):
        values[row] += timedelta(microseconds=1)
    elif pa.types.is_list(kind):
        values[row] = [*values[row], "x"]
    elif pa.types.is_string(kind):
        values[row] = '{"x":"1"}' if column in {"counts", "digests", "detail"} else f"{values[row] or ''}x"
    else:
        values[row] = (values[row] or 0) + 1
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(column), pa.array(values, kind))


#: Where a row has no UUID of version 7, only its ``request_id`` says the request; the others are empty and stay so.
UNUSED = {"request_lag", "request_a", "request_b"}


def test_every_column_of_an_archived_entry_that_is_edited_is_found_with_its_index(store):
    whole = pq.read_table(store / FIRST / layout.ENTRIES)
    unnoticed = []
    for row, column in enumerate(name for name in whole.schema.names if name not in UNUSED):
        rewrite(store, edited(whole, column, row * 7))
        index = whole.column("index")[row * 7].as_py()
        found = findings()
        if not {f"{FIRST}/{layout.ENTRIES}"} <= {one.place for one in found} or index not in {one.index for one in found}:
            unnoticed.append(column)

    assert unnoticed == []


def test_every_column_of_an_archived_batch_that_is_edited_is_found(store):
    whole = pq.read_table(store / SECOND / layout.BATCHES)
    unnoticed = []
    for column in whole.schema.names:
        rewrite(store, edited(whole, column, 2), SECOND, layout.BATCHES)
        unnoticed += [] if named(f"{SECOND}/{layout.BATCHES}") else [column]

    assert unnoticed == []


def test_archived_entries_taken_added_or_exchanged_are_found_with_their_index(store):
    whole = pq.read_table(store / FIRST / layout.ENTRIES)
    index = whole.column("index").to_pylist()
    swapped = whole.set_column(0, whole.schema.field(0), pa.array([index[1], index[0], *index[2:]], pa.int64()))
    strange = whole.slice(5, 1).set_column(0, whole.schema.field(0), pa.array([999], pa.int64()))

    told = {}
    for what, table in {
        "taken": pa.concat_tables([whole.slice(0, 9), whole.slice(10)]),
        "doubled": pa.concat_tables([whole, whole.slice(5, 1)]),
        "added": pa.concat_tables([whole, strange]),
        "exchanged": swapped,
    }.items():
        rewrite(store, table)
        told[what] = {(one.kind, one.index) for one in findings()}

    assert ("missing", index[9]) in told["taken"]
    assert ("inserted", index[5]) in told["doubled"]
    assert ("inserted", 999) in told["added"]
    assert {("altered", index[0]), ("altered", index[1])} <= told["exchanged"]


def tampered(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'archive_segment'::regclass AND contype IN ('c', 'x')")
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE archive_segment DROP CONSTRAINT "{constraint}"')
        cursor.execute(statement, values)


def sealed_again(store, table):
    """What an insider would do who has the store, the database and the log's key: everything made anew around another entry."""
    log, folder = open_log(), store / FIRST
    rewrite(store, table)
    leaves = dict.fromkeys(range(256), b"")
    for indexes, bodies in parquet.bodies([str(folder / layout.ENTRIES)]):
        leaves.update(zip(indexes, map(verifier.leaf_hash, bodies), strict=True))
    hashes = [leaves[place] for place in range(256)]
    (folder / layout.LEAVES).write_bytes(b"".join(hashes))
    root = merkle.perfect_root(hashes)
    (folder / layout.NODES).write_bytes(root)
    (folder / layout.CHECKPOINT).write_text(log.sign(256, root).note)
    old = verifier.open_manifest((folder / layout.MANIFEST).read_bytes(), log.trust())
    note = statements.manifest(
        key=log.key,
        first=0,
        end=256,
        root=root,
        edge=[],
        consistency=[],
        files={name: hashlib.sha256((folder / name).read_bytes()).digest() for name in layout.FILES},
        earliest=NOW,
        latest=NOW + timedelta(seconds=255),
    )
    assert verifier.open_manifest(note.encode(), log.trust()).earliest == old.earliest
    (folder / layout.MANIFEST).write_text(note)
    tampered("UPDATE archive_segment SET manifest = %s WHERE first_index = 0", note)


def test_a_segment_sealed_anew_around_another_entry_with_the_logs_own_key_is_found(store):
    whole = pq.read_table(store / FIRST / layout.ENTRIES)
    changed = edited(whole, "outcome", 100)

    sealed_again(store, changed)

    found = findings()
    assert {one.kind for one in found} == {"altered"}
    assert any(one.place.startswith(FIRST) for one in found)


#: Columns that nothing signed repeats; the entry of the sealing says who sealed, and when.
UNSIGNED = {"sealed_at", "sealed_by"}
OTHER = {"bigint": "{} + 256", "text": "{} || 'x'", "timestamp with time zone": "{} + interval '1 second'"}


def test_every_column_of_the_list_of_segments_that_is_edited_is_found(store):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'archive_segment' ORDER BY ordinal_position"
        )
        columns = cursor.fetchall()
    unnoticed = set()
    for column, kind in columns:
        with transaction.atomic():
            tampered(f"UPDATE archive_segment SET {column} = {OTHER[kind].format(column)} WHERE first_index = 256")
            if not findings():
                unnoticed.add(column)
            transaction.set_rollback(True)

    assert unnoticed == UNSIGNED


@pytest.mark.parametrize("first", [0, 256])
def test_a_segment_taken_off_the_list_is_found(store, first):
    tampered("DELETE FROM archive_segment WHERE first_index = %s", first)

    assert {one.place.rpartition("/")[0] for one in findings()} >= {layout.segment_name(first, first + 256)}


def test_a_segment_taken_off_the_list_and_out_of_the_store_is_found(store):
    tampered("DELETE FROM archive_segment WHERE first_index = 0")
    shutil.rmtree(store / FIRST)

    assert ("missing", 0) in {(one.kind, one.index) for one in findings()}
