"""Where two sequences of leaves part: altered, missing, inserted, reordered. Pure.

``signed`` is what the tree was built from, ``kept`` is what there is now. A window that slides over both keeps memory bounded,
so an insertion in the middle does not make everything after it look altered.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice

WINDOW = 4096
MOST = 10_000  # differences listed; where a whole table is gone, a count says more


@dataclass(frozen=True, slots=True)
class Kept:
    """A leaf as re-derived from what is there, and where that stands."""

    leaf: bytes
    batch: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str  # altered, missing, inserted, reordered
    index: int  # in the signed log; for what was inserted, the index it stands before
    signed: bytes = b""
    kept: Kept | None = None


def differences(signed: Iterable[bytes], kept: Iterable[Kept], *, start: int = 0, window: int = WINDOW) -> tuple[list[Difference], int]:
    """The first differences in the order of the signed log, which begin at index ``start``, and how many more there are.

    Both sides are read to their ends.
    """
    steps = _differences(iter(signed), iter(kept), start, window)
    found = list(islice(steps, MOST))
    return _reordered(found), sum(1 for _ in steps)


def _differences(signed: Iterator[bytes], kept: Iterator[Kept], index: int, window: int) -> Iterator[Difference]:
    old: list[bytes] = []
    new: list[Kept] = []
    while True:
        old += islice(signed, window - len(old))
        new += islice(kept, window - len(new))
        if not old and not new:
            return
        last = len(old) < window or len(new) < window
        done_old, done_new = yield from _compare(index, old, new, last=last)
        index += done_old
        del old[:done_old], new[:done_new]


def _compare(index: int, old: list[bytes], new: list[Kept], *, last: bool) -> Generator[Difference, None, tuple[int, int]]:
    """Yield the differences of one window; return how much of each side is dealt with."""
    if len(old) == len(new) and all(leaf == row.leaf for leaf, row in zip(old, new, strict=True)):
        return len(old), len(new)
    steps = SequenceMatcher(None, old, [row.leaf for row in new], autojunk=False).get_opcodes()
    if not last and steps[-1][0] != "equal" and len(steps) > 1:
        steps.pop()  # the two may meet again in the next window
    for step, low, high, new_low, new_high in steps:
        if step != "equal":
            yield from _step(index + low, old[low:high], new[new_low:new_high])
    return steps[-1][2], steps[-1][4]


def _step(index: int, old: list[bytes], new: list[Kept]) -> Iterator[Difference]:
    for offset in range(max(len(old), len(new))):
        if offset >= len(new):
            yield Difference("missing", index + offset, signed=old[offset])
        elif offset >= len(old):
            yield Difference("inserted", index + len(old), kept=new[offset])
        else:
            yield Difference("altered", index + offset, signed=old[offset], kept=new[offset])


def _reordered(found: list[Difference]) -> list[Difference]:
    """What vanished in one place and turned up in another was moved; report it where it stands now."""
    moved = {one.signed for one in found if one.signed} & {one.kept.leaf for one in found if one.kept}
    result = []
    for one in found:
        came, went = one.kept is not None and one.kept.leaf in moved, one.signed in moved
        if came:
            result.append(replace(one, kind="reordered"))
            if one.signed and not went:
                result.append(replace(one, kind="missing", kept=None))
        elif not went:
            result.append(one)
        elif one.kept:
            result.append(replace(one, kind="inserted", signed=b""))
    return result
