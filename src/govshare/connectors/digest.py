"""The digest of a set of rows, the same on both sides whatever their order.

One row is its bytes in the form both sides speak: a tuple of the binary COPY format between two PostgreSQL databases, a line
of the canonical text (``lines.py``) where another engine is on one side. Its SHA-256, read as a big-endian number, is added
up modulo 2^256; beside it stands the number of rows. Both sides compute the same from what they read themselves. The sum is
a check against loss, doubling and change; what the evidence commits to is the chain of chunk digests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

_MODULUS: Final = 1 << 256

Row = bytes | memoryview


class Form(StrEnum):
    """How a row is spelled where it is hashed; kept with the digest for good."""

    BINARY = "pgcopy1-sha256-sum"
    TEXT = "line1-sha256-sum"


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows, and the sum of their hashes."""

    rows: int = 0
    total: int = 0
    form: Form = Form.BINARY

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.rows + other.rows, (self.total + other.total) % _MODULUS, self.form)

    def __sub__(self, other: "Digest") -> "Digest":
        return Digest(self.rows - other.rows, (self.total - other.total) % _MODULUS, self.form)

    @property
    def sum(self) -> bytes:
        """The 32 bytes that are stored."""
        return self.total.to_bytes(32)

    def __str__(self) -> str:
        return f"{self.form.value}:{self.rows}:{self.sum.hex()}"


def digest(rows: Iterable[Row], form: Form = Form.BINARY) -> Digest:
    """Digest ``rows``. This loop runs once per row; hence no clearer than it is."""
    hashes = [sha256(row).digest() for row in rows]
    return Digest(len(hashes), sum(map(int.from_bytes, hashes)) % _MODULUS, form)


def link(previous: bytes, snapshot: str, chunk: Digest) -> bytes:
    """The next link of the chain of chunks: it fixes the snapshot, the rows and the order of everything before it."""
    return sha256(b"govshare-chain-1\0" + previous + sha256(snapshot.encode()).digest() + chunk.rows.to_bytes(8) + chunk.sum).digest()
