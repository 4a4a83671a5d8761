"""The way from an entry to the signed root, step by step, as a proof file gives it. Pure."""

import base64
from dataclasses import dataclass

from govshare.audit import verifier
from govshare.audit.merkle import split
from govshare.audit.verifier import Tree, Verified


@dataclass(frozen=True, slots=True)
class Step:
    """``sibling`` stands to the ``side`` (left or right); both hashed give ``result``, the root of the leaves ``low`` … ``high`` - 1.

    The sibling itself is the root of ``beside_low`` … ``beside_high`` - 1. All hashes in hexadecimal.
    """

    number: int
    side: str
    sibling: str
    result: str
    low: int
    high: int
    beside_low: int
    beside_high: int


@dataclass(frozen=True, slots=True)
class Path:
    """What a proof shows, drawn out. ``holds``: the last result is the signed root."""

    index: int
    size: int
    leaf: str
    steps: tuple[Step, ...]
    root: str
    holds: bool
    tree: str
    body: str


def spans(index: int, size: int) -> list[tuple[str, int, int]]:
    """Side, first and end of each sibling on the way up, the leaf's own first (RFC 6962, 2.1.1)."""
    found, low, high = [], 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append(("right", middle, high))
            high = middle
        else:
            found.append(("left", low, middle))
            low = middle
    return found[::-1]


def drawn(file: bytes, verified: Verified, tree: Tree) -> Path:
    """The path of a stage-two receipt that was verified; every hash is computed here again."""
    lines = file.decode().partition("\n\n")[0].split("\n")[3:]
    siblings = [base64.b64decode(line) for line in lines]
    hashed, low, high, steps = verified.leaf, verified.index, verified.index + 1, []
    for number, (sibling, (side, first, end)) in enumerate(zip(siblings, spans(verified.index, verified.size), strict=True), 1):
        hashed = tree.node(sibling, hashed) if side == "left" else tree.node(hashed, sibling)
        low, high = min(low, first), max(high, end)
        steps.append(Step(number, side, sibling.hex(), hashed.hex(), low, high, first, end))
    root = verified.checkpoint.root if verified.checkpoint else b""
    return Path(
        verified.index, verified.size, verified.leaf.hex(), tuple(steps), root.hex(), hashed == root, tree.name, verified.body.decode()
    )


def parts(note: str) -> tuple[str, int, str]:
    """Origin, size and root (Base64) of a checkpoint, to be shown as they stand in it."""
    origin, size, root, *_rest = verifier.split_note(note)[0].split("\n")
    return origin, int(size), root
