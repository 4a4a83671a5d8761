"""What an engine is to a transfer: a source that is read under one snapshot, a landing place that rows and their record enter together.

Two engines are told apart by nothing else. ``full_load`` and the other modes know only this module; ``engines.py`` says which
engine a connection string belongs to. How to add one: docs/how-to/connectors.md.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self
from uuid import UUID

from govshare.connectors.applied import Applied
from govshare.connectors.digest import Form, Row
from govshare.connectors.kinds import Kind, Sort
from govshare.connectors.known import Stale
from govshare.connectors.ledger import Line
from govshare.connectors.values import Probe, Selection, Table


@dataclass(frozen=True, slots=True)
class Field:
    """One column as the recipient gets it; ``type`` is the spelling of the recipient's engine, safe to stand in a statement."""

    target: str
    type: str
    key: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A selection resolved against its source, and later fitted to its recipient (``Landing.fit``).

    ``kinds`` say what each field is, whatever the engine, in the order of ``fields``. ``key`` holds the key's names at the
    recipient, empty when the source's key does not arrive whole. ``resumable``: rows come in an order that a new snapshot
    repeats, so that a load can go on after a crash; without it a load starts again. ``required``: the fields that the source itself
    keeps from being null.
    """

    engine: str
    fields: tuple[Field, ...]
    kinds: tuple[Kind, ...]
    key: tuple[str, ...]
    resumable: bool
    form: Form = Form.BINARY
    required: frozenset[str] = frozenset()

    @property
    def doubles(self) -> list[int]:
        """Which fields are floats."""
        return [at for at, kind in enumerate(self.kinds) if kind.sort == Sort.DOUBLE]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``name`` is what the receipt says. Positions in the source run from 0 to about ``length``; what they count is the engine's affair."""

    name: str
    length: int
    expected_rows: int
    expected_bytes: int


@dataclass(slots=True)
class Piece:
    """A part of the source that becomes one chunk. Read to the end of its ``rows``, everything before ``position`` is in."""

    rows: Iterator[list[Row]]
    position: int


class Source(Protocol):
    """A reading session of one selection. As a context: leaving it ends the snapshot and releases the table."""

    shape: Shape

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def expected(self) -> tuple[int, int]:
        """Rows and bytes the source's planner expects."""

    def open(self) -> Snapshot:
        """Take a snapshot that holds the table's rows; raises ``Restless`` when the table is emptied again and again meanwhile."""

    def pieces(self, shape: Shape, snapshot: Snapshot, *, start: int, size: int) -> Iterator[Piece]:
        """Every row from position ``start`` on, exactly once, in pieces of about ``size`` bytes of the source, one after the other."""

    def before(self, shape: Shape, position: int) -> Iterator[list[Row]]:
        """The rows before ``position`` under the snapshot now open; only of a resumable shape."""


class Place(Protocol):
    """The delivered table as it stands at the recipient, to which staged rows are applied by its key."""

    def keeps(self, shape: Shape) -> bool:
        """Whether it was delivered by this transfer and still has this shape and its key."""

    def last(self) -> Applied | None:
        """What the last delivery of this transfer confirmed."""

    def peak(self, field: str) -> str:
        """The greatest value of this field among the staged rows, in the server's own spelling; ``""`` when there is none."""

    def applying(self) -> AbstractContextManager[bool]:
        """One transaction, by the only worker that may; True when nobody else can write the table meanwhile. Raises ``Busy``."""

    def rows(self, shape: Shape) -> Iterator[list[Row]]:
        """Its rows, in an order that repeats until something is changed; inside ``applying``, as the following."""

    def count(self) -> int: ...

    def stale(self, shape: Shape, which: Stale) -> Iterator[list[Row]]:
        """The rows that ``which`` names."""

    def strike(self, shape: Shape, which: Stale) -> int:
        """Delete those of them whose key is not staged; before ``merge``. Tells how many."""

    def merge(self, shape: Shape) -> tuple[int, int]:
        """Bring the staged rows in by their key; what is equal is not written. Tells how many were new, and how many differed."""

    def touched(self, shape: Shape) -> Iterator[list[Row]]:
        """The rows that now stand under the staged keys."""

    def note(self, applied: Applied) -> None:
        """Keep what the delivery confirms."""

    def tidy(self) -> None:
        """Drop the staging table, after the transaction."""


class Landing(Protocol):
    """A writing session of one run at the recipient. ``Fenced`` from any method that writes means: another worker has taken over."""

    name: str

    @property
    def place(self) -> Place: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def require_schema(self) -> None:
        """Raise ``Drift`` unless the account may build in the landing schema."""

    def claim(self) -> None:
        """Take the transfer over, ending what earlier workers still have open on it, and settle a delivery they were killed in."""

    def fit(self, shape: Shape) -> Shape:
        """The shape as it arrives here: types of this engine, and the form both speak. Raises ``Drift`` naming what has no place here."""

    def check(self, shape: Shape) -> None:
        """Raise ``Drift`` naming what stands in the way of putting a table of this shape here."""

    def lines(self) -> list[Line]:
        """What this run has committed so far, in order."""

    def holds(self, shape: Shape) -> bool:
        """Whether the staging table stands and has this shape."""

    def begin(self, shape: Shape) -> None:
        """An empty staging table of this shape, and this run's lines forgotten."""

    def chunk(self) -> AbstractContextManager[object]:
        """One transaction in which rows and ledger line are written, by the only worker that may."""

    def store(self, shape: Shape, batches: Iterable[list[Row]]) -> None:
        """Append rows to the staging table; inside ``chunk``. Raises ``DuplicateKey`` if it can tell so early."""

    def remove(self, shape: Shape, buckets: frozenset[int]) -> None:
        """Take the rows of these hash buckets (``reconcile``) out of the staging table; inside ``chunk``."""

    def write(self, line: Line) -> None:
        """Write a ledger line; inside ``chunk``."""

    def reading(self, shape: Shape) -> AbstractContextManager[Iterator[list[Row]]]:
        """The staged rows as they now stand, read back."""

    def unkey(self) -> None:
        """Drop the key of an earlier attempt where that makes loading faster."""

    def building_key(self, shape: Shape) -> AbstractContextManager[None]:
        """Build the key, if there is one, while the body runs; the body's failure ends the building. Raises ``DuplicateKey``."""

    def deliver(self, line: Line, shape: Shape, applied: Applied | None = None) -> None:
        """Put the staging table in the delivered table's place, with its readers' rights, together with the last ledger line and what
        the delivery confirms.

        Whoever looks sees the old table or the new one; killed anywhere inside, ``claim`` finds out which it is. Raises ``Busy``
        after a few seconds of waiting for readers of the old table, so as not to hold up new ones.
        """

    def discard(self) -> None:
        """Drop what was loaded and not delivered."""


class OpensSource(Protocol):
    def __call__(self, conninfo: str, selection: Selection, *, hash_key: bytes = b"", name: str = "govshare") -> Source: ...


class OpensLanding(Protocol):
    def __call__(self, conninfo: str, *, schema: str, table: str, transfer: UUID, run: UUID, token: int) -> Landing: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: how to read it, write it, and look at it. ``one``: whether there is a row, read as every sharing will.

    ``probe``, ``describe`` and ``one`` wait at most 15 s for an answer and raise the driver's own errors.
    """

    name: str
    source: OpensSource
    landing: OpensLanding
    probe: Callable[[str], Probe]
    one: Callable[[str, Selection], bool]
    describe: Callable[[str, str], tuple[Table, ...]]
