"""A snapshot difference: the delivered table is made equal to one snapshot of the source by moving only the rows that differ (CD2016-24).

For sources that do not say when a row changed. The recipient's rows are read and noted by their hashes (``known.py``), the source's
are read under a named snapshot and looked up; what is not found is staged. All of it is one transaction at the recipient: rows the
source no longer has are deleted, staged ones brought in by key, and the digest of the whole table, as it was read and as its
changed rows are read again, equals the source's, or nothing is changed. So a crash leaves the table as it was.
"""

from collections.abc import Iterator
from typing import Final

from govshare.connectors import watermark
from govshare.connectors.applied import Applied
from govshare.connectors.digest import Digest, Row
from govshare.connectors.engine import Snapshot, Source
from govshare.connectors.errors import SOURCE, TARGET, Drift, Shrunken, Unequal, at
from govshare.connectors.full import Delivery, FullLoad, Load, Watch, carried, patiently
from govshare.connectors.known import Known, Stale, parts_of

MODE = "difference"
_TOO_MANY: Final = 8  # more than an eighth of the rows differ: the whole table is cheaper
_FEW: Final = 10_000  # rows that are never too many
_ONE_PIECE: Final = 1 << 60  # bytes


def difference(load: Load, watch: Watch) -> Delivery:
    """Run ``load`` by comparison; as ``full_load`` otherwise."""
    return carried(load, watch, _Difference)


class _Rewritten(Exception):
    """So much differs that the table is better loaded as a whole."""


class _Difference(FullLoad):
    def run(self) -> Delivery:
        with self.reading(self.load.selection) as source:
            faults = watermark.keyless(self.load.selection, source.shape)
            if faults:
                raise Drift(faults)
            try:
                with at(TARGET):
                    if self.place.keeps(self.shape):
                        self.landing.begin(self.shape)
                        self.line = None
                        return patiently(lambda: self._compare(source))
            except _Rewritten:
                pass
        return self.whole()

    def confirmed(self) -> Applied:
        return Applied(MODE, until=self._former(), whole=True, added=self.total.rows)

    def _former(self) -> str:
        """The watermark an increment confirmed before: what is read again from there is a little more than needed, and misses nothing."""
        last = self.place.last()
        return last.until if last else ""

    def _compare(self, source: Source) -> Delivery:
        with self.place.applying() as alone:
            with at(SOURCE):
                self.snapshot: Snapshot = source.open()
            held, stale, staged = self._stage_fresh(source)
            gone = self.read("verify", self.place.stale(self.shape, stale))
            removed = self.place.strike(self.shape, stale)
            self._check_rows(held.rows - removed)
            added, changed = self.place.merge(self.shape)
            found = self._found(held - gone, alone=alone)
            unchanged = staged - added - changed
            if found != self.total or unchanged or gone.rows != changed + removed:
                raise Unequal("逐行核对不一致：来源中有重复的键，或接收库的表在比对期间被他人改动；未交付，请处理后重试")
            applied = Applied(MODE, until=self._former(), added=added, changed=changed, unchanged=held.rows - gone.rows, removed=removed)
            last = self._next("deliver", self.snapshot.length, self.total, self.size)
            self._tell("deliver")
            self.landing.write(last)
            self.place.note(applied)
        self.place.tidy()
        return self.delivery(last, found, applied)

    def _stage_fresh(self, source: Source) -> tuple[Digest, Stale, int]:
        """Stage what the recipient does not have; return the digest of what it holds, which of that is stale, and how many are staged."""
        rows = self.place.count()
        parts, stale, self.staged = parts_of(rows), Stale(), 0
        self.most = max(rows // _TOO_MANY, _FEW)
        for part in range(parts):
            known = Known(rows, part=part, parts=parts, form=self.shape.form)
            for batch in self.place.rows(self.shape):
                known.note(batch)
                self._tell("compare")
            self.landing.store(self.shape, self._fresh(source, known, first=not part))
            for ordinal, head in known.stale():
                stale.ordinals.append(ordinal)
                stale.heads.append(head)
            if self.staged > self.most or len(stale.heads) > self.most:
                raise _Rewritten  # the whole load counts the source, and stops for a person if need be
        return known.held, stale, self.staged

    def _fresh(self, source: Source, known: Known, *, first: bool) -> Iterator[list[Row]]:
        """Ends early when too much differs: what a bulk loader has begun cannot be given up half-way."""
        for piece in source.pieces(self.shape, self.snapshot, start=0, size=_ONE_PIECE):
            for batch in piece.rows:
                found = known.fresh(batch)
                self.staged += len(found)
                if first:
                    self.total, self.size = known.read, self.size + sum(map(len, batch))
                self._tell("load")
                yield found
                if self.staged > self.most:
                    return

    def _check_rows(self, kept: int) -> None:
        least = min(self.total.rows, kept)
        if least < self.load.least:
            raise Shrunken(least, self.load.least)

    def _found(self, rest: Digest, *, alone: bool) -> Digest:
        """What the whole table is now: what was read of it and not changed, and the changed rows read again; or all of it."""
        if alone or not self.load.reread:
            return rest + self.read("verify", self.place.touched(self.shape))
        return self.read("verify", self.place.rows(self.shape))
