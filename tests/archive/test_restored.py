"""A database, an evidence directory or an archive from an older backup: nothing false is signed or sealed, nothing sealed is lost."""

import secrets
import shutil
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from govshare.archive import queries
from govshare.archive import services as archive
from govshare.archive.models import Segment
from govshare.audit import queries as log
from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.log import open_log
from govshare.kernel.actor import PLATFORM
from tests.archive.sealed import record
from tests.audit.actors import NOW

pytestmark = pytest.mark.article("CD2016-26")


@contextmanager
def backup(cluster):
    """A copy of the database as it is now. Yields a function that puts the copy in its place, and the present one aside."""
    name, copy = connection.settings_dict["NAME"], f"gs_{secrets.token_hex(6)}"
    connection.close()
    statement(cluster, "CREATE DATABASE {} TEMPLATE {}", copy, name)

    def exchange():
        connection.close()
        aside = f"gs_{secrets.token_hex(6)}"
        for old, new in ((name, aside), (copy, name), (aside, copy)):
            statement(cluster, "ALTER DATABASE {} RENAME TO {}", old, new)

    try:
        yield exchange
    finally:
        connection.close()
        statement(cluster, "DROP DATABASE {}", copy)


def statement(cluster, text, *names):
    with psycopg.connect(cluster, autocommit=True) as admin:
        admin.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


def proved(promises):
    key = verifier.parse_key(log.verification_key())
    return [verifier.verify(log.receipt(promise.number), key).index for promise in promises]


@pytest.mark.article("PC-64")
def test_the_signer_refuses_a_database_from_an_older_backup_and_goes_on_with_the_newer_one(own_database, cluster, evidence):
    promises = record(300, about="before")
    with backup(cluster) as exchange:
        promises += record(400, about="after")
        signed = (evidence / "checkpoint").read_bytes()
        exchange()
        audit.record_many([audit.entry(action="catalog:entry:publish", basis="CD2016-26", by=PLATFORM, now=NOW, about="on the old one")])

        with pytest.raises(audit.LogRewound, match="更早的备份"):
            audit.place(now=NOW)
        refused = audit.fsck()
        exchange()

        assert (evidence / "checkpoint").read_bytes() == signed
        assert {one.kind for one in refused.findings} == {"missing"}
        assert {one.index for one in refused.findings if one.part == "database"} >= set(range(300, 700))
        promises += record(20, about="later")
        assert proved(promises[::31]) == list(range(0, len(promises), 31))
        assert audit.fsck().sound


@pytest.mark.article("PC-64")
def test_on_a_database_from_an_older_backup_nothing_is_sealed_and_nothing_sealed_is_removed(own_database, cluster, tmp_path):
    record(300)
    with backup(cluster) as exchange:
        record(400)
        archive.seal(now=NOW, everything=True)
        files = {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
        exchange()

        with pytest.raises(audit.LogRewound, match="更早的备份"):
            archive.seal(now=NOW, everything=True)
        exchange()

        assert files
        assert {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()} == files
        assert archive.verify(now=NOW) == []


def test_a_database_from_before_the_sealing_takes_the_sealed_segment_as_it_is(own_database, cluster, tmp_path):
    record(700)
    with backup(cluster) as exchange:
        (sealed,) = archive.seal(now=NOW, everything=True)
        files = {path: path.stat().st_ino for path in (tmp_path / "archive").rglob("*") if path.is_file()}
        exchange()
        assert not Segment.objects.exists()

        (again,) = archive.seal(now=NOW, everything=True)

        assert again.manifest == sealed.manifest
        assert {path: path.stat().st_ino for path in (tmp_path / "archive").rglob("*") if path.is_file()} == files
        assert archive.verify(now=NOW) == []


def test_sealing_by_another_length_takes_what_was_left_whole_and_goes_on_behind_it(own_database, cluster):
    record(700)
    with backup(cluster) as exchange:
        archive.seal(now=NOW, everything=True, largest=256)
        exchange()

        archive.seal(now=NOW, everything=True)

        assert [(one.first_index, one.end_index) for one in Segment.objects.order_by("first_index")] == [(0, 256), (256, 512)]
        assert archive.verify(now=NOW) == []


def test_an_archive_from_an_older_backup_is_told(own_database, tmp_path):
    record(300)
    archive.seal(now=NOW, everything=True)
    shutil.copytree(tmp_path / "archive", tmp_path / "older")
    record(300)
    archive.seal(now=NOW, everything=True)
    shutil.rmtree(tmp_path / "archive")
    (tmp_path / "older").rename(tmp_path / "archive")

    found = archive.verify(now=NOW)

    late = Segment.objects.order_by("-first_index").first()
    assert {one.kind for one in found} == {"missing"}
    assert all(one.place.startswith(late.name) for one in found)


@pytest.mark.article("PC-64")
def test_an_evidence_directory_from_an_older_backup_is_caught_up_with_before_anything_more_is_sealed(own_database, evidence, tmp_path):
    promises = record(300)
    shutil.copytree(evidence, tmp_path / "backup")
    promises += record(400)
    archive.seal(now=NOW, everything=True)
    signed = (evidence / "checkpoint").read_bytes()
    shutil.rmtree(evidence)
    (tmp_path / "backup").rename(evidence)

    found = {one.kind for one in archive.verify(now=NOW)}
    audit.place(now=NOW)
    promises += record(200)
    archive.seal(now=NOW, everything=True)

    assert "missing" in found
    assert verifier.is_consistent(head(signed), log.last_checkpoint(open_log()).checkpoint, proof_from(head(signed).size), open_log().tree)
    assert queries.sealed_end() == 768
    assert archive.verify(now=NOW) == []
    assert proved(promises[::37]) == sorted(proved(promises[::37]))
    assert audit.fsck().sound


def head(note):
    return open_log().read(note.decode(), where="before").checkpoint


def proof_from(size):
    own = open_log()
    return own.tiles.consistency_proof(size, own.head().size)
