"""A full disk: recording is refused in words, nothing acknowledged is lost, and it goes on when there is room again.

The disk is full for the process under test by its own limit on the size of a file, which any account may lower: a file that reaches
it cannot be extended, as on a disk without a free block.
"""

import resource
from contextlib import contextmanager

import psycopg
import pytest

from govshare.audit import queries, services, verifier
from govshare.audit.models import Unplaced
from tests.audit.actors import LAW, NOW, person
from tests.audit.recorders import recorders, until

MEGABYTE = 2**20
NOISE = 20_000  # characters of each entry, so that the limit is soon met


@contextmanager
def no_file_above(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.article("CD2016-26", "PC-101")
def test_when_the_databases_disk_is_full_recording_is_refused_and_nothing_acknowledged_is_lost(platform):
    cluster, environment = platform
    cluster.stop()
    with no_file_above(20 * MEGABYTE):  # which the server inherits; a segment of its write-ahead log is smaller
        cluster.start()
    [writing] = recorders(1, environment, noise=NOISE)

    until(lambda: "refused" in writing.answers)
    before = len(writing.acknowledged())
    cluster.stop()
    cluster.start()
    until(lambda: len(writing.acknowledged()) > before + 50)
    writing.kill()

    promised = writing.acknowledged()
    with psycopg.connect(cluster.url("app")) as app:
        kept = dict(app.execute("SELECT 'HZ-' || batch || '-' || ordinal, encode(leaf_hash, 'hex') FROM audit_entry").fetchall())
        whole = app.execute("SELECT bool_and(leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8'))) FROM audit_entry").fetchone()
    assert before > 100
    assert promised.items() <= kept.items()
    assert whole == (True,)


@pytest.mark.article("CD2016-26", "PC-60")
@pytest.mark.parametrize("room", [0, 100, 3000, 8191], ids=lambda size: f"{size} bytes")
def test_when_the_disk_of_the_evidence_directory_is_full_placing_waits_and_goes_on_later(own_database, evidence, room):
    promises = record(300)
    services.place(now=NOW)
    signed = (evidence / "checkpoint").read_text()

    promises += record(300)
    with no_file_above(room), pytest.raises(OSError, match="too large"):
        services.place(now=NOW)
    meanwhile = (evidence / "checkpoint").read_text()
    promises += record(1)
    first = services.place(now=NOW)

    assert meanwhile == signed
    assert first == 301
    assert not Unplaced.objects.exists()
    assert services.fsck().findings == ()
    key = verifier.parse_key(queries.verification_key())
    proofs = [verifier.verify(queries.receipt(promise.number), key) for promise in promises[::50]]
    assert [proof.index for proof in proofs] == list(range(0, 601, 50))


def record(count):
    written = [services.entry(action="gateway:person:query", basis=LAW, by=person(), now=NOW, about=f"A-{n}") for n in range(count)]
    return services.record_many(written)
