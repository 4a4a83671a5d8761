"""Sealing: what goes into a segment is read back before it counts; what does not hold is not sealed."""

import json

import psycopg
import pytest
from django.db import connection

from govshare.archive import layout, parquet, queries
from govshare.archive import services as archive
from govshare.archive.models import Check, Segment
from govshare.archive.store import open_store
from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Entry
from govshare.kernel.clock import utc_now
from tests.archive.sealed import NEXT_MONTH, record, sealed
from tests.audit.actors import NOW

pytestmark = pytest.mark.article("CD2016-26")


@pytest.mark.article("PC-110")
def test_what_was_recorded_before_this_month_is_sealed_in_whole_tiles(own_database):
    record(700)

    this_month = archive.seal(now=utc_now())
    later = archive.seal(now=NEXT_MONTH)

    assert this_month == []
    assert [(segment.first_index, segment.end_index) for segment in later] == [(0, 512)]
    assert archive.seal(now=NEXT_MONTH) == []
    assert queries.sealed_end() == 512


@pytest.mark.article("PC-110")
def test_so_many_entries_are_sealed_before_the_month_ends(own_database):
    record(700)

    found = archive.seal(now=utc_now(), largest=256)

    assert [(segment.first_index, segment.end_index) for segment in found] == [(0, 256), (256, 512)]


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_segment_holds_every_entry_and_hangs_in_the_signed_tree(own_database, request, place):
    if place == "bucket":
        request.getfixturevalue("bucket")
    record(600)
    bodies = [entry.body.encode() for entry in Entry.objects.order_by("batch", "ordinal")]

    first, second = archive.seal(now=NOW, everything=True, largest=256)

    log, store = open_log(), open_store()
    files = [store.url(f"{segment.name}/{layout.ENTRIES}") for segment in (first, second)]
    with parquet.engine() as database:
        if filesystem := store.filesystem():
            database.register_filesystem(filesystem)
        kept = database.sql(f"SELECT index, {layout.BODY} FROM read_parquet({layout.listed(files)}) ORDER BY index").fetchall()
    assert [(index, body.encode()) for index, body in kept] == list(enumerate(bodies[:512]))
    manifest = verifier.open_manifest(store.read(f"{second.name}/manifest"), log.trust())
    running = verifier.Growing(log.tree, manifest.first, manifest.edge)
    leaves = store.read(f"{second.name}/leaves.bin")
    for leaf in (leaves[n : n + 32] for n in range(0, len(leaves), 32)):
        running.append(leaf)
    checkpoint = verifier.open_checkpoint(store.read(f"{second.name}/checkpoint").decode(), log.trust())
    end = verifier.Checkpoint(checkpoint.origin, manifest.end, running.root())
    assert running.root() == manifest.root
    assert verifier.is_consistent(end, checkpoint, list(manifest.consistency), log.tree)
    assert set(store.sizes(second.name)) == {f"{second.name}/{file}" for file in (*layout.FILES, "manifest")}


def test_sealing_is_itself_recorded_with_the_digests_of_the_files(own_database):
    _, segments = sealed(300)

    recorded = [json.loads(entry.body) for entry in Entry.objects.filter(action="archive:segment:seal")]

    (segment,) = segments
    manifest = verifier.open_manifest(segment.manifest.encode(), open_log().trust())
    assert [entry["about"] for entry in recorded] == [segment.name]
    assert recorded[0]["digests"] == {name: f"sha256:{digest.hex()}" for name, digest in manifest.files.items()}
    assert Check.objects.get().problems == ""


def as_admin(own_database, *statements):
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE audit_entry DROP CONSTRAINT IF EXISTS audit_entry_leaf_is_its_bodys")
        for statement in statements:
            admin.execute(statement)


FIRST = "WHERE batch = (SELECT min(batch) FROM audit_entry)"
TAMPERINGS = {
    "altered": f"UPDATE audit_entry SET body = replace(body, 'allowed', 'refused') {FIRST} AND ordinal = 7",
    "missing": f"DELETE FROM audit_entry {FIRST} AND ordinal = 7",
    "reordered": f"UPDATE audit_entry SET ordinal = 49 - ordinal {FIRST}",
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_an_entry_that_is_not_what_was_signed_is_never_sealed(own_database, tampering):
    record(300)
    as_admin(own_database, "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey", tampering)

    with pytest.raises(LogRewound):
        archive.seal(now=NOW, everything=True)

    assert not Segment.objects.exists()
    assert not Entry.objects.filter(action="archive:segment:seal").exists()


def test_neither_the_program_nor_the_owner_changes_what_is_sealed(own_database):
    sealed(300)
    connection.close()
    forgeries = [
        "UPDATE archive_segment SET manifest = ''",
        "DELETE FROM archive_segment",
        "TRUNCATE archive_segment CASCADE",
        "DELETE FROM archive_check",
        "UPDATE archive_check SET problems = ''",
        "INSERT INTO archive_segment SELECT 0, 512, 'x', manifest, since, until, 1, 1, 1, sealed_at, sealed_by FROM archive_segment",
        "INSERT INTO archive_segment SELECT 512, 768, 'x', manifest, since, until, 1, 1, 1, sealed_at, sealed_by FROM archive_segment",
    ]

    for role in ("app", "owner"):
        with psycopg.connect(own_database(role), autocommit=True) as session:
            for forgery in forgeries:
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)):
                    session.execute(forgery)


def test_a_log_that_was_never_signed_has_nothing_to_seal(own_database):
    assert archive.seal(now=NOW, everything=True) == []
    audit.place(now=NOW)
    assert archive.seal(now=NOW, everything=True) == []
