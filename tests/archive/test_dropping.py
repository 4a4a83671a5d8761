"""A dropped partition is not missed: the archive stands in for it, everywhere."""

import psycopg
import pytest
from django.db import connection

from govshare.archive import layout
from govshare.archive import services as archive
from govshare.archive.models import Segment
from govshare.archive.search.criteria import Criteria
from govshare.archive.store import open_store
from govshare.audit import queries as audit_queries
from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Batch, Dropped, Entry, Placement
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from tests.archive.sealed import NEXT_MONTH, record
from tests.audit.actors import AUDITOR, HOUSING, NOW, TAX

pytestmark = pytest.mark.article("CD2016-26", "PC-111")


@pytest.fixture
def two_months(owner):
    """700 entries of one month, of which the last come under a tile with those of the next; the new month has its own partition."""
    first = record(700, about="first")
    assert owner(archive.prepare, now=NEXT_MONTH) == 1
    second = record(400, about="second")
    archive.seal(now=NOW, everything=True, largest=512)
    return first, second


def test_a_new_month_is_written_into_a_new_partition(owner, two_months):
    first, second = two_months

    assert {promise.batch >> 24 for promise in first} == {0}
    assert {promise.batch >> 24 for promise in second} == {1}
    assert owner(archive.prepare, now=utc_now()) == 1


def test_what_was_sealed_and_dropped_is_found_proved_and_checked_as_before(owner, two_months):
    first, second = two_months
    key = verifier.parse_key(audit_queries.verification_key())
    before = {promise.number: audit_queries.receipt(promise.number) for promise in (*first[::97], *second[::97])}

    (dropped,) = owner(archive.drop, now=NOW)

    assert (dropped.number, dropped.entries, dropped.first_index, dropped.end_index) == (0, 700, 0, 700)
    assert not Batch.objects.filter(batch__lt=1 << 24).exists()
    assert not open_log().tiles.path(0, 0).exists()
    assert open_log().tiles.path(0, 2).exists()
    for number, file in before.items():
        proved, again = verifier.verify(file, key), verifier.verify(audit_queries.receipt(number), key)
        assert (again.index, again.leaf, again.entry) == (proved.index, proved.leaf, proved.entry)
        assert audit_queries.at_index(proved.index).body == audit_queries.find(number).body
    assert audit_queries.find(first[1].number, for_organization=HOUSING).about == "first-1"
    with pytest.raises(NotFound):
        audit_queries.find(first[1].number, for_organization=TAX)
    assert audit.place(now=NOW) > 0
    report = audit.fsck()
    assert (report.findings, report.entries) == ((), audit_queries.placed())
    assert archive.verify(now=NOW) == []


def found(**words):
    """Receipt numbers of a whole search, page by page."""
    numbers, start = [], ""
    while True:
        answer = archive.search(criteria=Criteria(**words), by=AUDITOR, now=NOW, start=start)
        numbers += [row.number for row in answer.rows]
        start = answer.next
        if not start:
            return numbers


@pytest.mark.parametrize("words", [{"about": "first-7"}, {"action": "catalog:"}])
def test_a_search_finds_the_same_before_and_after(owner, two_months, words):
    before = found(**words)

    owner(archive.drop, now=NOW)

    assert len(before) == {"about": 1, "action": 1100}[next(iter(words))]
    assert found(**words) == before


def test_a_bucket_stands_in_as_a_folder_does(bucket, owner, two_months):
    first, _ = two_months
    key = verifier.parse_key(audit_queries.verification_key())

    owner(archive.drop, now=NOW)

    assert not Batch.objects.filter(batch__lt=1 << 24).exists()
    assert [verifier.verify(audit_queries.receipt(promise.number), key).index for promise in first[::300]] == [0, 300, 600]
    assert len(found(about="first-7")) == 1
    assert audit.fsck().sound


def test_the_log_goes_on_when_everything_was_dropped(owner):
    record(512, batches_of=256)
    archive.seal(now=NOW, everything=True)
    record(255, batches_of=255)
    assert owner(archive.prepare, now=NEXT_MONTH) == 1
    archive.seal(now=NOW, everything=True)
    assert Segment.objects.count() == 2

    (dropped,) = owner(archive.drop, now=NOW)
    size = dropped.end_index

    assert not Placement.objects.filter(batch__lt=1 << 24).exists()
    assert audit_queries.placed() == size
    (promise,) = record(1)
    assert verifier.verify(audit_queries.receipt(promise.number), verifier.parse_key(audit_queries.verification_key())).index > size
    assert audit.fsck().sound


def test_what_is_not_wholly_sealed_stays(owner):
    record(300)
    archive.seal(now=NOW, everything=True)
    owner(archive.prepare, now=NEXT_MONTH)

    assert owner(archive.drop, now=NOW) == []
    assert Entry.objects.filter(batch__lt=1 << 24).count() >= 300


@pytest.mark.parametrize("damage", ["altered file", "missing file", "another batch", "a batch unsealed"])
def test_nothing_is_dropped_that_the_archive_does_not_hold(owner, own_database, two_months, damage):
    store = open_store()
    name = f"{Segment.objects.earliest('first_index').name}/{layout.ENTRIES}"
    if damage == "altered file":
        path = store.directory / name
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif damage == "missing file":
        (store.directory / name).unlink()
    else:
        connection.close()
        with psycopg.connect(own_database("admin"), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            if damage == "another batch":
                admin.execute("UPDATE audit_batch SET recorded_at = recorded_at + interval '1 second' WHERE batch = 2")
            else:
                admin.execute("DELETE FROM audit_placement WHERE batch = 2")

    if damage == "a batch unsealed":
        assert owner(archive.drop, now=NOW) == []
    else:
        with pytest.raises(LogRewound):
            owner(archive.drop, now=NOW)

    assert not Dropped.objects.exists()
    assert Batch.objects.filter(batch__lt=1 << 24).count() == 14


def test_a_deleted_entry_is_not_taken_for_a_dropped_one(owner, own_database, two_months):
    owner(archive.drop, now=NOW)
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM audit_entry WHERE batch = 1 << 24 AND ordinal = 3")

    findings = audit.fsck().findings

    assert {(one.kind, one.batch, one.ordinal) for one in findings} == {("missing", 1 << 24, 3)}


def test_the_program_can_neither_make_nor_move_nor_drop_partitions(own_database, two_months):
    connection.close()
    with psycopg.connect(own_database("app"), autocommit=True) as app:
        for statement in (
            "SELECT audit_make_partition(99)",
            "SELECT audit_roll()",
            "SELECT setval('audit_batch_batch_seq', 1)",
            "DROP TABLE audit_batch_p0000",
            "INSERT INTO audit_dropped VALUES (0, 1, 1, 1, 1, 0, 700, now(), 'x')",
            "SELECT * FROM audit_batch_p0000",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
