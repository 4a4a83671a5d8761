import pytest

from govshare.audit import queries, services, verifier
from govshare.audit.models import Checkpoint
from tests.audit.actors import LAW, NOW, person


def record(about="A-1", n=1):
    written = [services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=f"{about}/{k}") for k in range(n)]
    return services.record_many(written)


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
    assert verifier.verify(before, key).stage == 1
    proof = verifier.verify(after, key)
    assert (proof.stage, proof.index, proof.leaf) == (2, 0, promise.leaf_hash)


@pytest.mark.django_db
def test_every_entry_of_a_growing_log_has_a_proof(evidence):
    key = verifier.parse_key(queries.verification_key())
    promises = []
    for n in (1, 2, 255, 1, 300, 7, 256, 1000):
        promises += record(n=n)
        assert services.place(now=NOW) == n

    proofs = [verifier.verify(queries.receipt(promise.number), key) for promise in promises]

    assert [proof.index for proof in proofs] == list(range(len(promises)))
    assert [proof.leaf for proof in proofs] == [promise.leaf_hash for promise in promises]
    assert services.fsck().sound
    assert services.place(now=NOW) == 0
    assert Checkpoint.objects.count() == 8
