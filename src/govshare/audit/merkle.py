"""The Merkle tree of RFC 6962 / RFC 9162 (SHA-256): roots and proofs from the hashes of perfect subtrees. Pure.

``Subtree(level, index)`` gives the hash of the perfect subtree over leaves ``index * 2**level`` .. ``(index + 1) * 2**level - 1``;
tiles can answer it for every subtree inside a signed size.
"""

import hashlib
from collections.abc import Callable, Iterable

from govshare.audit.verifier import node_hash

Subtree = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def perfect_root(hashes: list[bytes]) -> bytes:
    """Root of ``2**k`` hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]


def split(n: int) -> int:
    """The largest power of two below ``n`` (n > 1)."""
    return 1 << (n - 1).bit_length() - 1


def tree_hash(low: int, high: int, subtree: Subtree) -> bytes:
    """MTH(D[low:high]), where ``low`` is a multiple of the span's largest power of two."""
    if low == high:
        return EMPTY
    if (high - low) & (high - low - 1) == 0:
        level = (high - low).bit_length() - 1
        return subtree(level, low >> level)
    middle = low + split(high - low)
    return node_hash(tree_hash(low, middle, subtree), tree_hash(middle, high, subtree))


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the first ``size`` leaves."""
    return tree_hash(0, size, subtree)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, 2.1.1: from the leaf's sibling up to the root's child."""
    proof, low, high = [], 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            proof.append(tree_hash(middle, high, subtree))
            high = middle
        else:
            proof.append(tree_hash(low, middle, subtree))
            low = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, 2.1.2; nothing when the old tree is empty or the whole."""
    if old in {0, new}:
        return []
    proof, low, high = [], 0, new
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            proof.append(tree_hash(middle, high, subtree))
            high = middle
        else:
            proof.append(tree_hash(low, middle, subtree))
            low = middle
    if low:
        proof.append(tree_hash(low, high, subtree))
    return proof[::-1]


class RunningRoot:
    """The root of a growing list of leaves, in logarithmic space."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # roots of the perfect subtrees, largest first

    def append(self, leaf: bytes) -> None:
        size, hashed = self.size, leaf
        while size & 1:
            hashed = node_hash(self._edge.pop(), hashed)
            size >>= 1
        self._edge.append(hashed)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        if not self._edge:
            return EMPTY
        *left, hashed = self._edge
        for subtree in reversed(left):
            hashed = node_hash(subtree, hashed)
        return hashed
