"""Which rows the recipient holds, in bounded memory: twelve bytes a slot, by the first eight bytes of each row's hash.

Two tables are compared in one reading of each: the recipient's rows are noted, the source's are looked up; what is not found is
new or changed there, what is never looked up is changed or gone. A larger table is compared in several parts, told apart by another
byte of the hash. Eight bytes do not prove that rows are equal: the whole tables' digests do, at the end.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from govshare.connectors.digest import Digest, Form, Row

MOST: Final = 2_600_000  # rows of one part
_MATCHED: Final = (1 << 32) - 1
_HEADS: Final = 4  # eight-byte words of a hash


@dataclass(slots=True)
class Stale:
    """Rows that the source does not have as they are: which of the recipient's they are in its order, and how their hashes begin."""

    ordinals: "array[int]" = field(default_factory=lambda: array("I"))
    heads: "array[int]" = field(default_factory=lambda: array("Q"))


class Known:
    """The recipient's rows of one part."""

    def __init__(self, rows: int, *, part: int = 0, parts: int = 1, form: Form = Form.BINARY) -> None:
        slots = 1 << max((rows // parts * 8 // 5).bit_length(), 10)
        self._heads, self._ordinals = array("Q", bytes(8 * slots)), array("I", bytes(4 * slots))
        self._mask, self._part, self._parts, self._form = slots - 1, part, parts, form
        self.held, self.read = Digest(form=form), Digest(form=form)  # everything that was noted, everything that was looked up

    def note(self, batch: list[Row]) -> None:
        """Rows of the recipient."""
        hashes = [sha256(row).digest() for row in batch]
        heads, ordinals, mask = self._heads, self._ordinals, self._mask
        for ordinal, head in enumerate(_words(hashes), self.held.rows):
            if self._parts > 1 and not self._mine(head):
                continue
            at = head & mask
            while heads[at]:
                at = (at + 1) & mask
            heads[at], ordinals[at] = head, ordinal
        self.held += _summed(hashes, self._form)

    def fresh(self, batch: list[Row]) -> list[Row]:
        """Those rows of the source that the recipient does not have."""
        hashes = [sha256(row).digest() for row in batch]
        heads, ordinals, mask = self._heads, self._ordinals, self._mask
        found = []
        for row, head in zip(batch, _words(hashes), strict=True):
            if self._parts > 1 and not self._mine(head):
                continue
            at = head & mask
            while (seen := heads[at]) and seen != head:
                at = (at + 1) & mask
            if seen and ordinals[at] != _MATCHED:
                ordinals[at] = _MATCHED
            else:
                found.append(row)
        self.read += _summed(hashes, self._form)
        return found

    def stale(self) -> Iterator[tuple[int, int]]:
        """Ordinal and head of every row that was never looked up."""
        for head, ordinal in zip(self._heads, self._ordinals, strict=True):
            if head and ordinal != _MATCHED:
                yield ordinal, head

    def _mine(self, head: int) -> bool:
        return (head >> 40) % self._parts == self._part


def parts_of(rows: int) -> int:
    return max(-(-rows // MOST), 1)


def head_text(head: int) -> str:
    """The first sixteen hexadecimal digits of the hash."""
    return head.to_bytes(8).hex()


def _words(hashes: list[bytes]) -> "array[int]":
    """The first eight bytes of each hash as a number. (One that is 0 stays unseen, once in 2^64; the digests would tell.)"""
    words = array("Q", b"".join(hashes))[::_HEADS]
    if _LITTLE:
        words.byteswap()
    return words


def _summed(hashes: list[bytes], form: Form) -> Digest:
    return Digest(form=form) + Digest(len(hashes), sum(map(int.from_bytes, hashes)), form)


_LITTLE: Final = array("H", [1]).tobytes()[0] == 1
