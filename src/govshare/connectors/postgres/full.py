"""A full load: one named snapshot of the source, every row of it once, equal on both sides, or nothing delivered (CD2016-24).

Both sides do only what raw COPY does: rows pass as bytes, by ranges of the source table's own file, each range one
transaction at the recipient together with its ledger line. The key is built when the rows are in.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from psycopg import errors

from govshare.connectors.digest import Digest, Row, digest
from govshare.connectors.errors import SOURCE, TARGET, DuplicateKey, Reshaped, Shrunken, TransferFailed, Unequal, at
from govshare.connectors.postgres.landing import Landing
from govshare.connectors.postgres.ledger import Line
from govshare.connectors.postgres.reconcile import Buckets, only, places, worthwhile
from govshare.connectors.postgres.render import Blocks
from govshare.connectors.postgres.shape import Field
from govshare.connectors.postgres.source import CHUNK, Snapshot, Source
from govshare.connectors.values import Selection
from govshare.kernel.errors import Fault

_SWAPS: Final = 20  # attempts to take the delivered table's place, 3 s each


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to move, from where to where. Connection strings and key stay out of its text.

    ``least``: fewer rows than this stop before delivery. ``formerly``: the fields as last delivered; a type changed since stops.
    """

    transfer: UUID
    run: UUID
    token: int
    selection: Selection
    source: str = field(repr=False)
    target: str = field(repr=False)
    schema: str
    table: str
    hash_key: bytes = field(default=b"", repr=False)
    least: int = 0
    formerly: tuple[Field, ...] = ()
    reread: bool = True
    chunk: int = CHUNK


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a load stands: ``phase`` is resume, compare, load, verify or deliver; ``share`` of the source's blocks, 0 to 1.

    ``line``: a chunk that has just been committed, or (resume) was by an earlier attempt.
    """

    phase: str
    snapshot: str
    rows: int
    size: int  # bytes
    expected_rows: int
    share: float = 0.0
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered: the snapshot's name, both sides' digests, the last link of the chain of chunks."""

    snapshot: str
    source: Digest
    target: Digest
    size: int  # bytes
    chunks: int
    chain: bytes
    reread: bool = True
    fields: tuple[Field, ...] = ()


Watch = Callable[[Progress], None]


def full_load(load: Load, watch: Watch) -> Delivery:
    """Run ``load`` to its delivery, from wherever an earlier attempt of the same run left it.

    ``watch`` is called some thousand times a second (about every 32 KiB); what it raises stops the load there, with nothing
    of the chunk in hand kept. Raises ``TransferFailed``.
    """
    with at(TARGET):
        landing = Landing(load.target, schema=load.schema, table=load.table, transfer=load.transfer, run=load.run, token=load.token)
    with at(TARGET), landing:
        landing.claim()
        lines = landing.ledger.lines()
        for line in lines:
            watch(Progress("resume", line.snapshot, 0, 0, 0, 0.0, line))
        return _delivered(lines) or _Full(load, landing, watch, lines[-1] if lines else None).run()


def abandon(target: str, *, schema: str, table: str, transfer: UUID, run: UUID, token: int) -> Delivery | None:
    """Drop what a run has loaded and not delivered. If it was delivered all the same, nothing is dropped and the delivery returned."""
    with at(TARGET), Landing(target, schema=schema, table=table, transfer=transfer, run=run, token=token) as landing:
        landing.claim()
        delivery = _delivered(landing.ledger.lines())
        if delivery is None:
            landing.discard()
        return delivery


def _delivered(lines: list[Line]) -> Delivery | None:
    """The delivery these lines end with: it was made, and the worker died before it could say so."""
    last = lines[-1] if lines else None
    if last is None or last.kind != "deliver":
        return None
    return Delivery(last.snapshot, last.digest, last.digest, last.size, last.chunk - 1, last.chain)


class _Full:
    """One attempt; ``line`` is where an earlier one got to."""

    def __init__(self, load: Load, landing: Landing, watch: Watch, line: Line | None) -> None:
        self.load, self.landing, self.watch = load, landing, watch
        self.total, self.size = Digest(), 0
        self.line = line

    def run(self) -> Delivery:
        with at(SOURCE), Source(self.load.source, self.load.selection, hash_key=self.load.hash_key, name=self.landing.name) as source:
            self.shape = source.shape
            with at(TARGET):
                self.landing.check(self.shape)
            self._check_types()
            self.snapshot = source.open()
            with at(TARGET):
                start = self._reconcile(source)
                for within in source.chunks(self.snapshot, start=start, size=self.load.chunk):
                    self._load(source, within)
        if self.total.rows < self.load.least:
            raise Shrunken(self.total.rows, self.load.least)
        found = self._finish()
        return self._deliver(found)

    def _reconcile(self, source: Source) -> int:
        """Bring what an earlier attempt staged to this snapshot; return the block to go on from."""
        if self.line is None or self.line.position == 0 or not self.shape.blocks or not self.landing.holds(self.shape):
            return self._begin()
        self.landing.unkey()
        before = Blocks(0, self.line.position)
        theirs, ours = Buckets(), Buckets()
        with at(SOURCE):
            self._gather(theirs, source.rows(before))
        with self.landing.reading() as staged:
            self._gather(ours, staged)
        differing = theirs.differing(ours)
        if not worthwhile(differing, ours):
            return self._begin()
        line = self._next("reconcile", self.line.position, theirs.digest, 0)
        with self.landing.chunk():
            if differing:
                with self.landing.reading(places=True) as staged:
                    for batch in places(differing, staged):
                        self.landing.remove(batch)
                self.landing.store(only(differing, source.rows(before)))
            self._tell("compare")
            self.landing.ledger.write(line)
        self.line, self.total = line, theirs.digest
        self._tell("compare", committed=line)
        return line.position

    def _check_types(self) -> None:
        formerly = {field.target: field.type for field in self.load.formerly}
        changed = [field for field in self.shape.fields if formerly.get(field.target, field.type) != field.type]
        if changed:
            raise Reshaped([Fault(field.target, f"类型由 {formerly[field.target]} 变为 {field.type}") for field in changed])

    def _next(self, kind: str, position: int, digest: Digest, size: int) -> Line:
        return Line.after(
            self.line, kind=kind, snapshot=self.snapshot.name, position=position, digest=digest, size=size, token=self.load.token
        )

    def _begin(self) -> int:
        self.landing.begin(self.shape)
        self.line = None
        return 0

    def _gather(self, buckets: Buckets, batches: Iterable[list[Row]]) -> None:
        for batch in batches:
            buckets.add(batch)
            self._tell("compare")

    def _load(self, source: Source, within: Blocks | None) -> None:
        """One chunk: its rows and its ledger line, or neither."""
        before, size = self.total, self.size
        position = 0 if within is None else within.last or max(self.snapshot.blocks, within.first + 1)
        with self.landing.chunk():
            self.landing.store(self._counted(source.rows(within)))
            chunk = Digest(self.total.rows - before.rows, (self.total.total - before.total) % (1 << 256))
            line = self._next("load", position, chunk, self.size - size)
            self.landing.ledger.write(line)
        self.line = line
        self._tell("load", committed=line)

    def _counted(self, batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
        for batch in batches:
            self.total += digest(batch)
            self.size += sum(map(len, batch))
            self._tell("load")
            yield batch

    def _finish(self) -> Digest:
        """Build the key and read everything back, side by side; return what was found."""
        try:
            with self.landing.building_key(self.shape):
                found = self._read_back() if self.load.reread else self.total
        except errors.UniqueViolation:
            raise DuplicateKey("来源中有重复的键，请提供部门更正，或在目录中登记另外的键") from None
        if found != self.total:
            raise Unequal(f"回读结果与所发不一致：发送 {self.total.rows} 行，回读 {found.rows} 行，未交付")
        return found

    def _read_back(self) -> Digest:
        found = Digest()
        with self.landing.reading() as staged:
            for batch in staged:
                found += digest(batch)
                self._tell("verify")
        return found

    def _deliver(self, found: Digest) -> Delivery:
        self._tell("deliver")
        last = self._next("deliver", self.snapshot.blocks, self.total, self.size)
        for attempt in range(_SWAPS):
            try:
                self.landing.deliver(last, self.shape)
                break
            except errors.LockNotAvailable:
                if attempt == _SWAPS - 1:
                    raise TransferFailed("目标表被其他会话长时间占用，无法替换；请结束占用后重试") from None
                time.sleep(0.2)  # let those who queued behind us through
        fields = self.shape.fields
        return Delivery(self.snapshot.name, self.total, found, self.size, last.chunk - 1, last.chain, self.load.reread, fields)

    def _tell(self, phase: str, committed: Line | None = None) -> None:
        snapshot: Snapshot = self.snapshot
        position = self.line.position if self.line else 0
        share = min(position / snapshot.blocks, 1.0) if snapshot.blocks else 1.0
        self.watch(Progress(phase, snapshot.name, self.total.rows, self.size, snapshot.expected_rows, share, committed))
