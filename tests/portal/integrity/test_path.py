"""The drawn way from leaf to root is the proof itself, whatever index and size."""

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from govshare.audit import merkle, verifier
from govshare.audit.verifier import SHA256, SM3, Checkpoint, Tree, Verified
from govshare.portal.integrity import path


def leaves(size: int, tree: Tree) -> list[bytes]:
    return [tree.leaf(str(n).encode()) for n in range(size)]


def subtrees(over: list[bytes], tree: Tree) -> merkle.Subtrees:
    return merkle.Subtrees(lambda level, index: merkle.perfect_root(over[index << level : (index + 1) << level], tree), tree)


@given(data=st.data(), size=st.integers(1, 200), tree=st.sampled_from([SHA256, SM3]))
def test_every_step_is_the_root_of_the_leaves_it_says(data, size, tree):
    index = data.draw(st.integers(0, size - 1))
    all_leaves = leaves(size, tree)
    subtree = subtrees(all_leaves, tree)
    proof, root = merkle.inclusion_proof(index, size, subtree), merkle.root(size, subtree)
    file = "\n".join(["c2sp.org/tlog-proof@v1", "extra x", f"index {index}", *(_b64(each) for each in proof)]) + "\n\nnote"
    verified = Verified(2, {}, all_leaves[index], b"", index=index, size=size, checkpoint=Checkpoint("log", size, root))

    drawn = path.drawn(file.encode(), verified, tree)

    assert drawn.holds and drawn.root == root.hex()
    for step in drawn.steps:
        assert step.result == merkle.root(step.high - step.low, subtrees(all_leaves[step.low : step.high], tree)).hex()
        assert step.low <= index < step.high
    assert (drawn.steps[-1].low, drawn.steps[-1].high) == (0, size) if drawn.steps else size == 1


def test_a_proof_that_does_not_lead_to_the_root_is_shown_as_such():
    all_leaves = leaves(5, SHA256)
    subtree = subtrees(all_leaves, SHA256)
    proof = merkle.inclusion_proof(2, 5, subtree)
    file = "\n".join(["c2sp.org/tlog-proof@v1", "extra x", "index 2", *(_b64(each) for each in proof)]) + "\n\nnote"
    other = hashlib.sha256(b"another root").digest()

    drawn = path.drawn(file.encode(), Verified(2, {}, all_leaves[2], b"", index=2, size=5, checkpoint=Checkpoint("log", 5, other)), SHA256)

    assert not drawn.holds
    assert verifier.root_of_inclusion(all_leaves[2], 2, 5, proof).hex() == drawn.steps[-1].result


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
