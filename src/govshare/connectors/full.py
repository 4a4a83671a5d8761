"""A full load: one named snapshot of the source, every row of it once, equal on both sides, or nothing delivered (CD2016-24).

Rows pass as bytes, piece by piece, each piece one transaction at the recipient together with its ledger line. What the engines
on both sides are is nothing to this module (``engine.py``).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar
from uuid import UUID

from govshare.connectors import engines
from govshare.connectors.applied import Applied
from govshare.connectors.digest import Digest, Row, digest
from govshare.connectors.engine import Field, Landing, Piece, Snapshot, Source
from govshare.connectors.errors import SOURCE, TARGET, Busy, Reshaped, Shrunken, TransferFailed, Unequal, at
from govshare.connectors.ledger import Line
from govshare.connectors.reconcile import Buckets, only, worthwhile
from govshare.connectors.values import Selection
from govshare.kernel.errors import Fault

CHUNK: Final = 16 << 20  # bytes of the source in one chunk
_SWAPS: Final = 20  # attempts to take the delivered table's place, 3 s each


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to move, from where to where. Connection strings and key stay out of its text.

    ``least``: fewer rows than this stop before delivery. ``formerly``: the fields as last delivered; a type changed since stops.
    ``watermark``: the source column of an increment; ``overlap`` how far it looks back, ``usual_overlap`` minutes when that is None.
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
    watermark: str = ""
    overlap: int | None = None
    usual_overlap: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a load stands: ``phase`` is resume, compare, load, verify or deliver; ``share`` of the source, 0 to 1.

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
    """What was delivered: the snapshot's name, both sides' digests, the last link of the chain of chunks.

    ``applied``: how rows were applied in place; the digests of an increment are of the rows it brought.
    """

    snapshot: str
    source: Digest
    target: Digest
    size: int  # bytes
    chunks: int
    chain: bytes
    reread: bool = True
    fields: tuple[Field, ...] = ()
    applied: Applied | None = None


Watch = Callable[[Progress], None]
T = TypeVar("T")


def full_load(load: Load, watch: Watch) -> Delivery:
    """Run ``load`` to its delivery, from wherever an earlier attempt of the same run left it.

    ``watch`` is called some thousand times a second (about every 32 KiB); what it raises stops the load there, with nothing
    of the chunk in hand kept. Raises ``TransferFailed``.
    """
    return carried(load, watch, FullLoad)


def carried(load: Load, watch: Watch, way: "type[FullLoad]") -> Delivery:
    """One attempt in the way of a mode, unless an earlier one made the delivery and died before it could say so."""
    place = {"schema": load.schema, "table": load.table, "transfer": load.transfer, "run": load.run, "token": load.token}
    with at(TARGET), engines.landing(load.target, **place) as landing:
        landing.claim()
        lines = landing.lines()
        for line in lines:
            watch(Progress("resume", line.snapshot, 0, 0, 0, 0.0, line))
        made = _delivered(lines)
        if made:
            landing.place.tidy()
            return replace(made, applied=landing.place.last())
        return way(load, landing, watch, lines[-1] if lines else None).run()


def abandon(target: str, *, schema: str, table: str, transfer: UUID, run: UUID, token: int) -> Delivery | None:
    """Drop what a run has loaded and not delivered. If it was delivered all the same, nothing is dropped and the delivery returned."""
    with at(TARGET), engines.landing(target, schema=schema, table=table, transfer=transfer, run=run, token=token) as landing:
        landing.claim()
        delivery = _delivered(landing.lines())
        if delivery is None:
            landing.discard()
        return delivery


def _delivered(lines: list[Line]) -> Delivery | None:
    """The delivery these lines end with: it was made, and the worker died before it could say so."""
    last = lines[-1] if lines else None
    if last is None or last.kind != "deliver":
        return None
    return Delivery(last.snapshot, last.digest, last.digest, last.size, last.chunk - 1, last.chain)


class FullLoad:
    """One attempt; ``line`` is where an earlier one got to."""

    def __init__(self, load: Load, landing: Landing, watch: Watch, line: Line | None) -> None:
        self.load, self.landing, self.place, self.watch = load, landing, landing.place, watch
        self.total, self.size = Digest(), 0
        self.line = line

    def run(self) -> Delivery:
        return self.whole()

    def whole(self) -> Delivery:
        """The table as a whole, in place of the one before."""
        with self.reading(self.load.selection) as source:
            with at(TARGET):
                self.landing.check(self.shape)
            self.stage(source)
        if self.total.rows < self.load.least:
            raise Shrunken(self.total.rows, self.load.least)
        return self._deliver(self._finish(), self.confirmed())

    def confirmed(self) -> Applied | None:
        """What the delivery of the whole table confirms besides."""
        return None

    @contextmanager
    def reading(self, selection: Selection) -> Iterator[Source]:
        """The source, resolved and fitted to the recipient; no snapshot yet."""
        load = self.load
        with at(SOURCE), engines.source(load.source, selection, hash_key=load.hash_key, name=self.landing.name) as source:
            with at(TARGET):
                self.shape = self.landing.fit(source.shape)
            self.total, self.size = Digest(form=self.shape.form), 0
            self._check_types()
            yield source

    def stage(self, source: Source) -> None:
        """Under a new snapshot, every row into the staging table, piece by piece."""
        with at(SOURCE):
            self.snapshot: Snapshot = source.open()
        with at(TARGET):
            start = self._reconcile(source)
            for piece in source.pieces(self.shape, self.snapshot, start=start, size=self.load.chunk):
                self._load(piece)

    def _reconcile(self, source: Source) -> int:
        """Bring what an earlier attempt staged to this snapshot; return the position to go on from."""
        if not self._worth_keeping():
            return self._begin()
        self.landing.unkey()
        position = self.line.position if self.line else 0
        theirs, ours = Buckets(), Buckets()
        with at(SOURCE):
            self._gather(theirs, source.before(self.shape, position))
        with self.landing.reading(self.shape) as staged:
            self._gather(ours, staged)
        differing = theirs.differing(ours)
        if not worthwhile(differing, ours):
            return self._begin()
        whole = theirs.digest(self.shape.form)
        line = self._next("reconcile", position, whole, 0)
        with self.landing.chunk():
            if differing:
                self.landing.remove(self.shape, differing)
                self.landing.store(self.shape, only(differing, source.before(self.shape, position)))
            self._tell("compare")
            self.landing.write(line)
        self.line, self.total = line, whole
        self._tell("compare", committed=line)
        return position

    def _worth_keeping(self) -> bool:
        line, shape = self.line, self.shape
        kept = line is not None and line.position > 0 and line.digest.form == shape.form
        return kept and shape.resumable and self.landing.holds(shape)

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

    def _load(self, piece: Piece) -> None:
        """One chunk: its rows and its ledger line, or neither."""
        before, size = self.total, self.size
        with self.landing.chunk():
            self.landing.store(self.shape, self._counted(piece.rows))
            line = self._next("load", piece.position, self.total - before, self.size - size)
            self.landing.write(line)
        self.line = line
        self._tell("load", committed=line)

    def _counted(self, batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
        form = self.shape.form
        for batch in batches:
            self.total += digest(batch, form)
            self.size += sum(map(len, batch))
            self._tell("load")
            yield batch

    def _finish(self) -> Digest:
        """Build the key and read everything back, side by side; return what was found."""
        with self.landing.building_key(self.shape):
            found = self._read_back() if self.load.reread else self.total
        if found != self.total:
            raise Unequal(f"回读结果与所发不一致：发送 {self.total.rows} 行，回读 {found.rows} 行，未交付")
        return found

    def _read_back(self) -> Digest:
        with self.landing.reading(self.shape) as staged:
            return self.read("verify", staged)

    def read(self, phase: str, batches: Iterable[list[Row]]) -> Digest:
        found = Digest(form=self.shape.form)
        for batch in batches:
            found += digest(batch, found.form)
            self._tell(phase)
        return found

    def _deliver(self, found: Digest, applied: Applied | None) -> Delivery:
        self._tell("deliver")
        last = self._next("deliver", self.snapshot.length, self.total, self.size)
        patiently(lambda: self.landing.deliver(last, self.shape, applied))
        return self.delivery(last, found, applied)

    def delivery(self, last: Line, found: Digest, applied: Applied | None) -> Delivery:
        fields, reread = self.shape.fields, self.load.reread
        return Delivery(self.snapshot.name, self.total, found, self.size, last.chunk - 1, last.chain, reread, fields, applied)

    def _tell(self, phase: str, committed: Line | None = None) -> None:
        snapshot, position = self.snapshot, self.line.position if self.line else 0
        share = min(position / snapshot.length, 1.0) if snapshot.length else 1.0
        self.watch(Progress(phase, snapshot.name, self.total.rows, self.size, snapshot.expected_rows, share, committed))


def patiently(work: Callable[[], T]) -> T:
    """Try again while others hold the delivered table, each time after letting those who queued behind us through."""
    for _ in range(_SWAPS - 1):
        with suppress(Busy):
            return work()
        time.sleep(0.2)
    try:
        return work()
    except Busy:
        raise TransferFailed("目标表被其他会话长时间占用，无法替换；请结束占用后重试") from None
