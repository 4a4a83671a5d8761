"""After a crash: make the rows already staged equal to a new snapshot, moving only what differs.

A crash ends the snapshot. Going on in a new one would keep rows deleted since and lose rows added since. So everything
staged is compared with what the new snapshot has before the same block: each row falls into one of 65,536 buckets by the
first bytes of its own hash, and a bucket whose count and sum are equal on both sides holds the same rows. The rows of the
other buckets are taken out and fetched again. It needs no key and compares no values.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from govshare.connectors.digest import Digest, Row

_BUCKETS: Final = 1 << 16
_TOO_MANY: Final = 4  # more than a quarter of the buckets in use differ: loading again is cheaper
_PLACE: Final = 10  # bytes of a ctid in binary COPY: its length (4), block (4), offset (2)


@dataclass(slots=True)
class Buckets:
    """Count and sum of row hashes per bucket."""

    counts: list[int] = field(default_factory=lambda: [0] * _BUCKETS)
    sums: list[int] = field(default_factory=lambda: [0] * _BUCKETS)

    def add(self, batch: list[Row]) -> None:
        counts, sums = self.counts, self.sums
        for row in batch:
            value = sha256(row).digest()
            bucket = value[0] << 8 | value[1]
            counts[bucket] += 1
            sums[bucket] += int.from_bytes(value)

    def differing(self, other: "Buckets") -> frozenset[int]:
        mine, theirs = zip(self.counts, self.sums, strict=True), zip(other.counts, other.sums, strict=True)
        return frozenset(bucket for bucket, (one, two) in enumerate(zip(mine, theirs, strict=True)) if one != two)

    @property
    def digest(self) -> Digest:
        return Digest() + Digest(sum(self.counts), sum(self.sums))


def worthwhile(differing: frozenset[int], ours: Buckets) -> bool:
    """Whether putting right is cheaper than loading again."""
    return len(differing) * _TOO_MANY <= sum(map(bool, ours.counts))


def _bucket(row: Row) -> int:
    value = sha256(row).digest()
    return value[0] << 8 | value[1]


def only(differing: frozenset[int], batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The rows that fall into these buckets."""
    for batch in batches:
        yield [row for row in batch if _bucket(row) in differing]


def places(differing: frozenset[int], batches: Iterable[list[Row]]) -> Iterator[list[str]]:
    """Where the rows of these buckets lie; each row comes with its place (``ctid``) as first column."""
    for batch in batches:
        yield [_place(row) for row in batch if _bucket(_placeless(row)) in differing]


def _placeless(row: Row) -> bytes:
    count = int.from_bytes(row[:2]) - 1
    return count.to_bytes(2) + bytes(row[2 + _PLACE :])


def _place(row: Row) -> str:
    return f"({int.from_bytes(row[6:10])},{int.from_bytes(row[10:12])})"
