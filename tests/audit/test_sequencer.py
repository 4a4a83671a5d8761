import shutil
import threading

import psycopg
import pytest
from django.db import connection

from govshare.audit import queries, services, verifier, writing
from govshare.audit.models import Checkpoint, Placement, Unplaced
from govshare.audit.tasks import sequencer_loop
from tests.audit.actors import LAW, NOW, person
from tests.steps import dying


def record(about="A-1", n=1):
    written = [services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=f"{about}/{k}") for k in range(n)]
    return services.record_many(written)


def proved(promises):
    """The indexes at which these entries stand, by receipts that verify."""
    key = verifier.parse_key(queries.verification_key())
    proofs = [verifier.verify(queries.receipt(promise.number), key) for promise in promises]
    assert [proof.leaf for proof in proofs] == [promise.leaf_hash for promise in promises]
    return [proof.index for proof in proofs]


@pytest.mark.django_db
@pytest.mark.article("CD2016-26", "PC-60")
def test_a_receipt_is_a_promise_until_the_entry_is_placed_and_a_proof_after():
    promise = record()[0]
    key = verifier.parse_key(queries.verification_key())

    before = queries.receipt(promise.number)
    placed = services.place(now=NOW)
    after = queries.receipt(promise.number)

    assert placed == 1
    assert before == promise.text.encode()
    assert verifier.verify(before, key).number == promise.number
    proof = verifier.verify(after, key)
    assert (proof.stage, proof.index, proof.leaf) == (2, 0, promise.leaf_hash)


@pytest.mark.django_db
def test_every_entry_of_a_growing_log_has_a_proof():
    promises = []
    for n in (1, 2, 255, 1, 300, 7, 256):
        promises += record(n=n)
        assert services.place(now=NOW) == n

    indexes = proved(promises)

    assert indexes == list(range(len(promises)))
    assert services.fsck().sound
    assert services.place(now=NOW) == 0
    assert Checkpoint.objects.count() == 7


def test_a_batch_that_commits_late_is_placed_after_younger_ones(own_database):
    with psycopg.connect(own_database("app")) as slow:
        leaf = record_elsewhere(slow)
        younger = record()
        services.place(now=NOW)
        slow.commit()

    services.place(now=NOW)

    late = Placement.objects.get(first_index=1)
    assert late.batch < younger[0].batch
    assert proved(younger) == [0]
    key = verifier.parse_key(queries.verification_key())
    proof = verifier.verify(queries.receipt(f"HZ-{late.batch}-0"), key)
    assert (proof.index, proof.leaf) == (1, leaf)
    assert services.fsck().sound


def record_elsewhere(other):
    """One entry through another connection, not yet committed."""
    written = services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about="late")
    body = written.canonical()
    leaf = verifier.leaf_hash(body)
    writing.write(other.cursor(), [body], [leaf])
    return leaf


def test_two_sequencers_at_once_leave_one_log(own_database):
    for n in range(40):
        record(about=f"A-{n}", n=3)
    entered, problems = [], []

    def sequence():
        try:
            entered.append(services.place(now=NOW))
        except Exception as problem:  # noqa: BLE001 - shown by the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=sequence) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert sum(entered) == 120
    assert queries.placed() == 120
    assert services.fsck().sound


def test_the_check_runs_beside_the_sequencer(own_database):
    stop = threading.Event()
    loop = threading.Thread(target=sequencer_loop, args=[stop])
    loop.start()

    reports = []
    for n in range(25):
        record(about=f"A-{n}", n=20)
        reports.append(services.fsck())
    stop.set()
    loop.join(timeout=30)
    services.place(now=NOW)

    assert [report.findings for report in reports if not report.sound] == []
    assert services.fsck().entries == 500


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize(("n", "steps"), [(3, 16), (256, 32)], ids=["within a tile", "across a tile"])
def test_a_sequencer_killed_at_any_step_is_taken_up_without_gap_or_loss(own_database, evidence, n, steps):
    database = own_database("app")
    promises = record(n=3)
    services.place(now=NOW)
    outcomes = []

    with dying("tests.audit.crash_sequencer", database) as run_until:
        for step in range(1, 200):
            promises += record(about=f"step {step}", n=n)
            outcomes.append(run_until(step))
            services.place(now=NOW)
            if outcomes[-1] != "killed":
                break

    assert outcomes[-1] == "finished 0"
    assert outcomes.count("killed") >= steps
    assert proved(promises[::17]) == list(range(0, len(promises), 17))
    assert not Unplaced.objects.exists()
    report = services.fsck()
    assert (report.entries, report.findings) == (len(promises), ())


def rewind(own_database, batch):
    """The database as it was before ``batch``: what restoring an older backup does."""
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM audit_checkpoint WHERE size > (SELECT first_index FROM audit_placement WHERE batch = %s)", [batch])
        for table in ("audit_placement", "audit_entry", "audit_batch"):
            admin.execute(f"DELETE FROM {table} WHERE batch >= %s", [batch])


@pytest.mark.article("CD2016-26", "PC-64")
def test_nothing_is_signed_on_a_database_from_an_older_backup(own_database, evidence):
    record(n=3)
    services.place(now=NOW)
    lost = record(n=2)
    services.place(now=NOW)
    signed = (evidence / "checkpoint").read_text()
    connection.close()
    rewind(own_database, lost[0].batch)
    record(n=9)

    with pytest.raises(services.LogRewound, match="更早的备份"):
        services.place(now=NOW)

    assert (evidence / "checkpoint").read_text() == signed
    assert queries.placed() == 3
    assert Unplaced.objects.count() == 1


@pytest.mark.article("PC-64")
def test_nothing_is_signed_when_the_evidence_directory_is_lost(own_database, evidence):
    record()
    services.place(now=NOW)
    shutil.rmtree(evidence)
    record()

    with pytest.raises(services.LogRewound, match="从备份恢复证据目录"):
        services.place(now=NOW)

    assert not (evidence / "checkpoint").exists()


def test_an_evidence_directory_from_a_backup_catches_up(own_database, evidence, tmp_path):
    promises = record(n=300)
    services.place(now=NOW)
    shutil.copytree(evidence, tmp_path / "backup")
    promises += record(n=400)
    services.place(now=NOW)
    signed = (evidence / "checkpoint").read_text()
    shutil.rmtree(evidence)
    (tmp_path / "backup").rename(evidence)

    services.place(now=NOW)

    assert (evidence / "checkpoint").read_text() == signed
    assert proved(promises) == list(range(700))
    assert services.fsck().sound


@pytest.mark.article("PC-64")
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_nothing_is_signed_on_altered_tiles(own_database, evidence, damage):
    record(n=300)
    services.place(now=NOW)
    tile = evidence / "tile/0/001.p/44"
    data = tile.read_bytes()
    if damage == "remove":
        tile.unlink()
    else:
        tile.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage == "flip" else data[:-32])
    record()

    with pytest.raises(services.LogRewound, match="瓦片"):
        services.place(now=NOW)

    tile.write_bytes(data)
    assert services.place(now=NOW) == 1


@pytest.mark.article("PC-64")
def test_nothing_is_signed_when_the_last_signed_entries_were_altered(own_database):
    promise = record(n=3)[1]
    services.place(now=NOW)
    connection.close()
    with psycopg.connect(own_database("admin")) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_is_its_bodys")
        admin.execute("UPDATE audit_entry SET leaf_hash = sha256('x') WHERE batch = %s AND ordinal = 1", [promise.batch])
    record()

    with pytest.raises(services.LogRewound, match="数据库被改动"):
        services.place(now=NOW)


@pytest.mark.article("PC-64")
def test_nothing_is_signed_over_a_checkpoint_that_is_not_the_logs_own(own_database, evidence):
    record()
    services.place(now=NOW)
    note = (evidence / "checkpoint").read_text()
    (evidence / "checkpoint").write_text(note.replace("\n1\n", "\n2\n"))
    record()

    with pytest.raises(services.LogRewound, match="不是本日志所签"):
        services.place(now=NOW)


@pytest.mark.article("PC-64")
def test_a_log_rewritten_with_its_own_tiles_still_does_not_continue_what_was_signed(own_database, evidence):
    record(n=4)
    services.place(now=NOW)
    signed = (evidence / "checkpoint").read_bytes()
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_is_its_bodys")
        admin.execute("UPDATE audit_entry SET leaf_hash = sha256('x') WHERE ordinal = 0")
    leaves = queries.leaf_hashes(0, 4)
    (evidence / "tile/0/000.p/4").write_bytes(b"".join(leaves))
    record()

    with pytest.raises(services.LogRewound, match="根与已签出的检查点"):
        services.place(now=NOW)

    assert (evidence / "checkpoint").read_bytes() == signed


def test_a_receipt_that_would_not_verify_is_not_handed_out(own_database, evidence):
    promise = record(n=4)[0]
    services.place(now=NOW)
    tile = evidence / "tile/0/000.p/4"
    tile.write_bytes(tile.read_bytes()[:-1] + b"\x00" if tile.read_bytes()[-1] else tile.read_bytes()[:-1] + b"\x01")

    with pytest.raises(services.LogRewound, match="证明不成立"):
        queries.receipt(promise.number)
