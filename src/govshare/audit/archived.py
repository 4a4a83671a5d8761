"""What stands behind the hot log: entries and leaves that were sealed and left the database.

The archive's room lies above this one, so it puts its reader here when the platform starts; until then there is nothing behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Archived:
    """An entry as it was sealed."""

    index: int
    batch: int
    ordinal: int
    recorded_at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf hash as it was sealed, and whose it is."""

    index: int
    batch: int
    ordinal: int
    leaf: bytes


class Reader(Protocol):
    def entry(self, batch: int, ordinal: int) -> Archived | None:
        """The entry of a receipt number."""

    def at(self, index: int) -> Archived | None:
        """The entry at a place in the log."""

    def leaves(self, tile: int) -> bytes | None:
        """The 256 leaf hashes of a level-0 tile."""

    def dropped(self, first: int, end: int) -> Iterable[Leaf]:
        """Leaves ``first`` .. ``end`` - 1, as far as they are of batches that left the database, in the order of the log."""


class _Nothing:
    def entry(self, batch: int, ordinal: int) -> Archived | None:  # noqa: ARG002 - there is nothing
        return None

    def at(self, index: int) -> Archived | None:  # noqa: ARG002
        return None

    def leaves(self, tile: int) -> bytes | None:  # noqa: ARG002
        return None

    def dropped(self, first: int, end: int) -> Iterable[Leaf]:  # noqa: ARG002
        return ()


_reader: Reader = _Nothing()


def stand_behind(reader: Reader) -> None:
    """From now on ``reader`` is asked for what is not in the database."""
    global _reader  # noqa: PLW0603 - one per process, set once at start
    _reader = reader


def entry(batch: int, ordinal: int) -> Archived | None:
    return _reader.entry(batch, ordinal)


def at(index: int) -> Archived | None:
    return _reader.at(index)


def leaves(tile: int) -> bytes | None:
    return _reader.leaves(tile)


def dropped(first: int, end: int) -> Iterable[Leaf]:
    return _reader.dropped(first, end)
