"""The Merkle tree of RFC 6962 / RFC 9162: roots and proofs from the hashes of perfect subtrees. Pure.

``Subtree(level, index)`` gives the hash of the perfect subtree over leaves ``index * 2**level`` .. ``(index + 1) * 2**level - 1``;
tiles can answer it for every subtree inside a signed size. ``Subtrees`` is one that also knows how its tree hashes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from govshare.audit.verifier import SHA256, Growing, Tree

Subtree = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Subtrees:
    """The subtrees of a tree that hashes as ``tree`` does; a bare function is taken for SHA-256."""

    of: Subtree
    tree: Tree = SHA256

    def __call__(self, level: int, index: int) -> bytes:
        return self.of(level, index)


def tree_of(subtree: Subtree) -> Tree:
    return subtree.tree if isinstance(subtree, Subtrees) else SHA256


def perfect_root(hashes: list[bytes], tree: Tree = SHA256) -> bytes:
    """Root of ``2**k`` hashes."""
    while len(hashes) > 1:
        hashes = [tree.node(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]


def split(n: int) -> int:
    """The largest power of two below ``n`` (n > 1)."""
    return 1 << (n - 1).bit_length() - 1


def tree_hash(low: int, high: int, subtree: Subtree) -> bytes:
    """MTH(D[low:high]), where ``low`` is a multiple of the span's largest power of two."""
    if low == high:
        return tree_of(subtree).empty
    if (high - low) & (high - low - 1) == 0:
        level = (high - low).bit_length() - 1
        return subtree(level, low >> level)
    middle = low + split(high - low)
    return tree_of(subtree).node(tree_hash(low, middle, subtree), tree_hash(middle, high, subtree))


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


def edge(size: int, subtree: Subtree) -> list[bytes]:
    """Roots of the perfect subtrees that the first ``size`` leaves fall into, largest first: all that a tree needs to grow on."""
    roots, low = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            roots.append(subtree(level, low >> level))
            low += 1 << level
    return roots


class RunningRoot(Growing):
    """The root of a growing list of leaves, in logarithmic space."""

    def __init__(self, tree: Tree = SHA256) -> None:
        super().__init__(tree)

    def append_perfect(self, level: int, root: bytes) -> None:
        """Append the ``2**level`` leaves of a perfect subtree at once; the size so far is a multiple of that."""
        size, hashed = self.size >> level, root
        while size & 1:
            hashed = self.tree.node(self.edge.pop(), hashed)
            size >>= 1
        self.edge.append(hashed)
        self.size += 1 << level

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.append(leaf)
