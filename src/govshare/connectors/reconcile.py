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

from govshare.connectors.digest import Digest, Form, Row

_BUCKETS: Final = 1 << 16
_TOO_MANY: Final = 4  # more than a quarter of the buckets in use differ: loading again is cheaper


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

    def digest(self, form: Form) -> Digest:
        return Digest(form=form) + Digest(sum(self.counts), sum(self.sums), form)


def worthwhile(differing: frozenset[int], ours: Buckets) -> bool:
    """Whether putting right is cheaper than loading again."""
    return len(differing) * _TOO_MANY <= sum(map(bool, ours.counts))


def bucket_of(row: Row) -> int:
    """By the first two bytes of the row's hash."""
    value = sha256(row).digest()
    return value[0] << 8 | value[1]


def only(differing: frozenset[int], batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The rows that fall into these buckets."""
    for batch in batches:
        yield [row for row in batch if bucket_of(row) in differing]
