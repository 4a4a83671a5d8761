"""Every way to tamper, as the database's superuser or with the files in hand, is found and located."""

import shutil

import pytest

from govshare.audit import services
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from govshare.audit.rules import leaf_hash
from tests.audit.tampered import built, log

__all__ = ["built", "log"]  # fixtures


def test_a_log_that_nobody_touched_is_sound(log):
    report = services.fsck()

    assert (report.entries, report.checkpoints, report.findings) == (350, 3, ())


def found(report):
    return {(one.kind, one.part, one.index, one.batch, one.ordinal) for one in report.findings}


@pytest.mark.article("CD2016-26")
def test_an_altered_entry_is_found_by_its_receipt_number(log):
    log("UPDATE audit_entry SET body = BODY WHERE batch = {1} AND ordinal = 7")

    report = services.fsck()

    assert found(report) == {("altered", "database", 10, log.batches[1], 7)}
    assert report.findings[0].place == f"HZ-{log.batches[1]}-7"


def test_an_entry_altered_together_with_its_leaf_hash_is_found(log):
    log(
        "UPDATE audit_entry SET body = BODY WHERE batch = {2} AND ordinal = 0",
        "UPDATE audit_entry SET leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE batch = {2}",
    )

    assert found(services.fsck()) == {("altered", "database", 303, log.batches[2], 0)}


def test_an_altered_leaf_hash_is_found(log):
    log("UPDATE audit_entry SET leaf_hash = sha256('x') WHERE batch = {4} AND ordinal = 39")

    assert found(services.fsck()) == {("altered", "database", 349, log.batches[4], 39)}


@pytest.mark.parametrize(
    "change", ["parties = '[]'", "about = 'other'", "actor = ''", "at = now()", "subject = 'x'", "grant_id = 'x'", "outcome = 'refused'"]
)
def test_an_entry_hidden_from_search_is_found(log, change):
    log(f"UPDATE audit_entry SET {change} WHERE batch = {{1}} AND ordinal = 7")

    assert found(services.fsck()) == {("altered", "database", 10, log.batches[1], 7)}


def test_an_entry_that_is_no_entry_any_more_is_found(log):
    log("UPDATE audit_entry SET body = 'x' WHERE batch = {1} AND ordinal = 7")

    assert found(services.fsck()) == {("altered", "database", 10, log.batches[1], 7)}


def test_an_altered_entry_that_still_waits_for_its_place_is_found(log):
    log("UPDATE audit_entry SET body = BODY WHERE batch = {5}")

    assert found(services.fsck()) == {("altered", "database", -1, log.batches[5], 0)}


def test_a_missing_entry_is_found(log):
    log("DELETE FROM audit_entry WHERE batch = {1} AND ordinal = 100")

    report = services.fsck()

    assert ("missing", "database", 103, log.batches[1], 100) in found(report)
    assert {(one.kind, one.batch, one.ordinal) for one in report.findings} == {("missing", log.batches[1], 100)}


def test_a_batch_that_vanished_from_every_table_is_found(log):
    log(
        "DELETE FROM audit_entry WHERE batch = {2}",
        "DELETE FROM audit_batch WHERE batch = {2}",
        "DELETE FROM audit_placement WHERE batch = {2}",
    )

    missing = {one.index for one in services.fsck().findings if one.kind == "missing"}

    assert missing >= {303, 304, 305, 306, 307}
    assert {one.kind for one in services.fsck().findings} == {"missing"}


def test_a_vanished_batch_whose_gap_was_closed_is_found(log):
    log(
        "DELETE FROM audit_entry WHERE batch = {2}",
        "DELETE FROM audit_batch WHERE batch = {2}",
        "DELETE FROM audit_placement WHERE batch = {2}",
        "UPDATE audit_placement SET first_index = first_index - 5 WHERE first_index > 303",
    )

    report = services.fsck()

    assert {(one.kind, one.index) for one in report.findings} == {("missing", index) for index in range(303, 308)}


def test_a_batch_that_vanished_while_it_waited_is_found(log):
    log("DELETE FROM audit_batch WHERE batch = {5}")

    assert ("missing", "database", -1, log.batches[5], -1) in found(services.fsck())


def test_a_batch_taken_off_the_waiting_list_is_found(log):
    log("DELETE FROM audit_unplaced WHERE batch = {5}")

    assert found(services.fsck()) == {("missing", "database", -1, log.batches[5], -1)}


def test_an_entry_added_to_an_old_batch_is_found(log):
    log("INSERT INTO audit_entry SELECT batch, 3, leaf_hash, body, COLUMNS FROM audit_entry WHERE batch = {0} LIMIT 1")

    report = services.fsck()

    assert ("inserted", log.batches[0], 3) in {(one.kind, one.batch, one.ordinal) for one in report.findings}
    assert {one.kind for one in report.findings} == {"inserted"}


def test_an_entry_added_with_room_made_for_it_is_found(log):
    log(
        "INSERT INTO audit_entry SELECT batch, 3, sha256('\\x00'::bytea || convert_to(BODY, 'UTF8')), BODY, COLUMNS "
        "FROM audit_entry WHERE batch = {0} AND ordinal = 0",
        "UPDATE audit_batch SET n = 4 WHERE batch = {0}",
        "UPDATE audit_placement SET first_index = first_index + 1 WHERE first_index > 0",
        "UPDATE audit_placement SET n = 4 WHERE batch = {0}",
    )

    report = services.fsck()

    assert ("inserted", "database", 3, log.batches[0], 3) in found(report)
    assert [one for one in report.findings if one.index not in {3, 349}] == []


def test_two_bodies_that_changed_places_are_found(log):
    log(
        "CREATE TEMP TABLE held AS SELECT ordinal, leaf_hash, body FROM audit_entry WHERE batch = {1} AND ordinal IN (5, 9)",
        "UPDATE audit_entry e SET body = held.body, leaf_hash = held.leaf_hash FROM held "
        "WHERE e.batch = {1} AND e.ordinal IN (5, 9) AND held.ordinal = 14 - e.ordinal",
    )

    report = services.fsck()

    assert {one.kind for one in report.findings} == {"reordered"}
    assert {(one.batch, one.ordinal) for one in report.findings} <= {(log.batches[1], 5), (log.batches[1], 9)}
    assert report.findings != ()


def test_two_batches_that_changed_places_are_found(log):
    log(
        "UPDATE audit_placement SET first_index = 999 WHERE batch = {2}",
        "UPDATE audit_placement SET first_index = 303 WHERE batch = {3}",
        "UPDATE audit_placement SET first_index = 305 WHERE batch = {2}",
    )

    report = services.fsck()

    assert {one.kind for one in report.findings} == {"reordered"}
    assert {one.batch for one in report.findings} <= {log.batches[2], log.batches[3]}
    assert report.findings != ()


def test_a_batch_whose_count_was_changed_is_found(log):
    log("UPDATE audit_batch SET n = 6 WHERE batch = {2}")

    assert {("altered", "database", -1, log.batches[2], -1), ("missing", "database", -1, log.batches[2], 5)} == found(services.fsck())


def test_a_gap_in_the_places_is_found(log):
    log("UPDATE audit_placement SET first_index = first_index + 1 WHERE batch = {4}")

    assert ("missing", "database", -1, log.batches[4], -1) in found(services.fsck())


@pytest.mark.parametrize(
    ("name", "index"), [("tile/0/000", 255), ("tile/0/001.p/94", 349), ("tile/1/000.p/1", 0)], ids=["full", "partial", "upper"]
)
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_an_altered_tile_is_found_and_named(log, evidence, name, index, damage):
    tile = evidence / name
    data = tile.read_bytes()
    if damage == "remove":
        tile.unlink()
    else:
        tile.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage == "flip" else data[:-5])

    report = services.fsck()

    named = [one for one in report.findings if one.place == name]
    assert named
    assert {one.part for one in report.findings} == {"tile"}
    assert {one.kind for one in named} <= {"altered", "missing"}
    assert damage != "flip" or index in {one.index for one in named}


def test_database_and_tiles_altered_alike_do_not_lead_to_the_signed_roots(log, evidence):
    log(
        "UPDATE audit_entry SET body = BODY WHERE batch = {0} AND ordinal = 1",
        "UPDATE audit_entry SET leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE batch = {0}",
    )
    forged = leaf_hash(Entry.objects.get(batch=log.batches[0], ordinal=1).body.encode())
    data = (evidence / "tile/0/000").read_bytes()
    (evidence / "tile/0/000").write_bytes(data[:32] + forged + data[64:])

    report = services.fsck()

    assert ("altered", "checkpoint", 3) in {(one.kind, one.part, one.index) for one in report.findings}


def test_an_altered_or_missing_checkpoint_file_is_found(log, evidence):
    path = evidence / "checkpoint"
    note = path.read_text()

    path.write_text(note.replace("350", "351"))
    altered = services.fsck()
    path.unlink()
    missing = services.fsck()

    assert [(one.kind, one.part, one.place) for one in altered.findings] == [("altered", "checkpoint", str(path))]
    assert [(one.kind, one.part, one.place) for one in missing.findings] == [("missing", "checkpoint", str(path))]


def test_altered_history_is_found(log):
    log("UPDATE audit_checkpoint SET root = sha256('x') WHERE size = 3", "UPDATE audit_checkpoint SET note = replace(note, '308', '309')")

    report = services.fsck()

    assert {one.place for one in report.findings} == {"audit_checkpoint size=3", "audit_checkpoint size=308"}
    assert {one.kind for one in report.findings} == {"altered"}


def test_a_fork_signed_with_the_logs_own_key_is_found(log):
    fork = open_log().sign(308, bytes(32))
    log(f"UPDATE audit_checkpoint SET root = '\\x{fork.root.hex()}', note = '{fork.note}' WHERE size = 308")

    report = services.fsck()

    assert ("altered", "checkpoint", 308) in {(one.kind, one.part, one.index) for one in report.findings}


def test_a_lost_evidence_directory_is_found(log, evidence):
    shutil.rmtree(evidence)

    report = services.fsck()

    assert ("missing", "checkpoint") in {(one.kind, one.part) for one in report.findings}
    assert ("missing", "tile") in {(one.kind, one.part) for one in report.findings}
