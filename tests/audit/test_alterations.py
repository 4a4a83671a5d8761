"""Every alteration of the log's files and tables is found by the check, and the finding says where.

Files: any byte, cut, longer, removed, exchanged, older, one too many. Tables: every column PostgreSQL knows of, rows taken and
added. The lists are read from the directory and from the database's own catalogue, so that what is added later is tried as well.
"""

import random
import shutil

import pytest
from django.db import connection

from govshare.audit import services, verifier
from govshare.audit.log import open_log
from govshare.audit.notes import NoteKey
from govshare.kernel.keyring import Keyring
from tests.audit.tampered import built, log

__all__ = ["built", "log"]  # fixtures
pytestmark = pytest.mark.article("CD2016-26")

#: Files of the log above, as seen from the evidence directory.
FILES = ("checkpoint", "tile/0/000", "tile/0/001.p/52", "tile/0/001.p/94", "tile/1/000.p/1")

#: Columns that no signature covers (docs/reference/evidence-format.md, “What is not in the tree”): the database's own notes on when
#: and by which session it wrote. Receipts do not rest on them; a promise that was handed out is signed with its time.
UNSIGNED = {
    ("audit_batch", "recorded_at"),
    ("audit_batch", "writer"),
    ("audit_batch", "transaction"),
    ("audit_checkpoint", "at"),
}

#: An SQL expression that differs from the value, by type.
OTHER = {
    "bigint": "{} + 1000",
    "integer": "{} + 500",
    "text": "{} || 'x'",
    "bytea": "set_byte({0}, 0, get_byte({0}, 0) # 1)",
    "timestamp with time zone": "{} + interval '1 microsecond'",
    "jsonb": "{} || '[\"x\"]'",
    "xid8": "'7'::xid8",
}


#: What a superuser takes away first, where PostgreSQL itself would refuse.
FREED = (
    "ALTER TABLE audit_batch ALTER batch DROP IDENTITY IF EXISTS",
    "ALTER TABLE audit_checkpoint DROP CONSTRAINT audit_checkpoint_tree_check",
)


def files(evidence):
    return sorted(path.relative_to(evidence).as_posix() for path in evidence.rglob("*") if path.is_file() and path.name != "lock")


def entries_of(name):
    """First and last index of the entries a tile's hashes stand for; the whole log for a checkpoint."""
    if not name.startswith("tile"):
        return range(-1, 351)
    return range(256, 350) if name.startswith("tile/0/001") else range(256)


def located(findings, name, evidence):
    """Whether a finding names the file, or an entry below it."""
    return any(one.place in {name, str(evidence / name)} or one.index in entries_of(name) for one in findings)


def test_the_files_tried_below_are_all_there_are(log, evidence):
    assert tuple(files(evidence)) == FILES
    assert services.fsck().findings == ()


def flip(evidence, name, place, mask):
    """Flip bits of one byte, check, put it back; whether that was found and located."""
    path = evidence / name
    data = path.read_bytes()
    path.write_bytes(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])
    findings = services.fsck().findings
    path.write_bytes(data)
    return located(findings, name, evidence)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_found(log, evidence, name):
    drawn = random.Random(name)  # noqa: S311 - a draw that can be repeated
    size = (evidence / name).stat().st_size
    tried = [(place, 1 << drawn.randrange(8)) for place in {0, size - 1, *(drawn.randrange(size) for _ in range(4))}]

    assert [where for where in tried if not flip(evidence, name, *where)] == []


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_flipped_bytes_everywhere_are_found(log, evidence, name):
    """Every byte of the checkpoint, four bytes of every hash."""
    drawn = random.Random(name)  # noqa: S311 - a draw that can be repeated
    size = (evidence / name).stat().st_size
    places = range(size) if name == "checkpoint" else [low + byte for low in range(0, size, 32) for byte in drawn.sample(range(32), 4)]

    unnoticed = [place for place in places if not flip(evidence, name, place, drawn.randrange(1, 256))]

    assert unnoticed == []


def lengths(evidence, name):
    data = (evidence / name).read_bytes()
    cut = [data[:length] for length in {0, 1, 31, 32, len(data) // 2, len(data) - 32, len(data) - 1} if 0 <= length < len(data)]
    return [*cut, data + b"\n", data + bytes(32), data + data, data[32:], data[32:] + data[:32]] + (
        [None] if name != "tile/0/001.p/52" else []
    )


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_longer_shifted_or_removed_is_found(log, evidence, name):
    path = evidence / name
    whole = path.read_bytes()
    unnoticed = []
    for content in lengths(evidence, name):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        if content != whole and not located(services.fsck().findings, name, evidence):
            unnoticed.append(content)
        path.write_bytes(whole)

    assert unnoticed == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_the_place_of_another_is_found(log, evidence, name):
    whole = (evidence / name).read_bytes()
    unnoticed = []
    for other in FILES:
        if other != name:
            shutil.copyfile(evidence / other, evidence / name)
            if not located(services.fsck().findings, name, evidence):
                unnoticed.append(other)
    (evidence / name).write_bytes(whole)

    assert unnoticed == []


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/002",
        "tile/0/000.p/3",
        "tile/0/001",
        "tile/0/001.p/95",
        "tile/0/1",
        "tile/00/000",
        "tile/1/000.p/2",
        "tile/7/000",
        "x",
        "tile/x",
    ],
)
def test_a_file_too_many_is_found(log, evidence, name):
    path = evidence / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((evidence / "tile/0/000").read_bytes())

    found = {(one.kind, one.place) for one in services.fsck().findings}

    assert found in ({("inserted", name)}, {("altered", name)})


def old_checkpoint(size):
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM audit_checkpoint WHERE size = %s", [size])
        return cursor.fetchone()[0]


def test_an_old_checkpoint_put_back_is_found(log, evidence):
    (evidence / "checkpoint").write_text(old_checkpoint(308))

    assert [(one.kind, one.place) for one in services.fsck().findings] == [("altered", str(evidence / "checkpoint"))]


def test_an_older_evidence_directory_put_back_is_found(log, evidence):
    (evidence / "checkpoint").write_text(old_checkpoint(308))
    (evidence / "tile/0/001.p/94").unlink()

    found = {(one.part, one.place) for one in services.fsck().findings}

    assert found == {("checkpoint", str(evidence / "checkpoint")), ("tile", "tile/0/001.p/94")}


@pytest.mark.parametrize("what", ["the same", "another root", "a longer log", "a shorter log"])
@pytest.mark.parametrize("whose", ["another key", "the log's own key"])
def test_a_checkpoint_signed_anew_is_found(log, evidence, tmp_path, what, whose):
    own = open_log()
    roots = {size: own.tiles.root(size) for size in (256, 350)}
    stated = {
        "the same": (350, roots[350]),
        "another root": (350, bytes(32)),
        "a longer log": (351, bytes(32)),
        "a shorter log": (256, roots[256]),
    }
    other = NoteKey(own.origin, Keyring(tmp_path / "other").signing_key("other.pem"))
    forger = own if whose == "the log's own key" else type(own)(evidence, other)
    note = forger.sign(*stated[what]).note
    if whose == "the log's own key" and what == "the same":
        assert note == (evidence / "checkpoint").read_text(), "signatures are deterministic: this is no forgery"
        return
    (evidence / "checkpoint").write_text(note)

    found = services.fsck().findings

    assert {one.part for one in found} & {"checkpoint"}
    assert any(one.place == str(evidence / "checkpoint") or one.index == stated[what][0] for one in found)


def tables():
    """Every table of the log, without partitions, and its columns with their types."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
            " JOIN pg_class t ON t.relname = c.table_name AND NOT t.relispartition AND t.relkind IN ('r', 'p')"
            " WHERE c.table_schema = 'public' AND c.table_name LIKE 'audit\\_%' ORDER BY 1, c.ordinal_position"
        )
        return cursor.fetchall()


def undone(change):
    """What ``change`` returns; what it did to the database is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT tried")
        try:
            return change()
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT tried")


def holds_rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
        return cursor.fetchone()[0]


def filled():
    """Tables that hold a row in the log above."""
    return [name for name in sorted({name for name, _, _ in tables()}) if holds_rows(name)]


def rows_of(table):
    """The physical places of the first, a middle and the last row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::text, ctid::text FROM {table} ORDER BY 1, ctid")
        found = cursor.fetchall()
    return [found[place] for place in sorted({0, len(found) // 2, len(found) - 1})]


def test_every_column_edited_as_superuser_is_found(log):
    unnoticed = set()
    for table, column, kind in tables():
        for oid, place in rows_of(table) if table in filled() else []:
            change = f"UPDATE {table} SET {column} = {OTHER[kind].format(column)} WHERE tableoid = {oid} AND ctid = '{place}'"
            if not undone(lambda change=change: log(*FREED, change) or services.fsck().findings):
                unnoticed.add((table, column))

    assert unnoticed == UNSIGNED


def test_every_row_taken_away_is_found(log):
    unnoticed = []
    for table in set(filled()) - {"audit_checkpoint"}:
        for oid, place in rows_of(table):
            change = f"DELETE FROM {table} WHERE tableoid = {oid} AND ctid = '{place}'"
            if not undone(lambda change=change: log(change) or services.fsck().findings):
                unnoticed.append((table, place))

    assert unnoticed == []


def test_the_history_of_checkpoints_proves_nothing_that_the_others_do_not(log, evidence):
    """A checkpoint taken out of the history is not missed: every entry under it stands under the later ones, and who has it can compare."""
    taken = old_checkpoint(308)
    own = open_log()
    old, new = own.read(taken, where="a receipt").checkpoint, own.head().checkpoint

    log("DELETE FROM audit_checkpoint WHERE size = 308")

    report = services.fsck()
    assert (report.entries, report.checkpoints, report.findings) == (350, 2, ())
    assert verifier.is_consistent(old, new, own.tiles.consistency_proof(308, 350), own.tree)
