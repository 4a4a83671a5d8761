"""An increment: what stands at or above the last confirmed watermark, less an overlap, applied by key in one transaction (CD2016-24).

The rows are staged as those of a full load are, chunk by chunk with their ledger lines, under one named snapshot. Then they enter the
delivered table together with the last line and the new watermark: equal rows are not written, and what then stands under their
keys is read again before the transaction commits. The first run, and every one that finds no table of this shape, loads the whole.
"""

from govshare.connectors import watermark
from govshare.connectors.applied import Applied
from govshare.connectors.engine import Source
from govshare.connectors.errors import TARGET, Drift, Unequal, at
from govshare.connectors.full import Delivery, FullLoad, Load, Watch, carried, patiently
from govshare.connectors.kinds import Kind
from govshare.connectors.values import Selection
from govshare.kernel.clock import utc_now

MODE = "increment"


def increment(load: Load, watch: Watch) -> Delivery:
    """Run ``load`` from its last confirmed watermark; as ``full_load`` otherwise."""
    return carried(load, watch, _Increment)


class _Increment(FullLoad):
    def run(self) -> Delivery:
        with at(TARGET):
            last = self.place.last()
        mark = watermark.since(last.until, self.load.overlap, self.load.usual_overlap) if last and last.until else None
        if last is None or mark is None:
            return self.whole()
        plain = self.load.selection
        narrowed = Selection(
            plain.schema, plain.table, plain.columns, (*plain.conditions, watermark.condition(self.load.watermark, mark)), plain.key
        )
        with self.reading(narrowed) as source:
            with at(TARGET):
                kept = self.place.keeps(self.shape)
            if kept:
                self.stage(source)
        since = str(mark) if isinstance(mark, int) else mark.isoformat()
        return self._apply(since, last.until) if kept else self.whole()

    def stage(self, source: Source) -> None:
        faults = watermark.faults(self.load.selection, source.shape, self.load.watermark)
        if faults:
            raise Drift(faults)
        self._kind: Kind = watermark.kind_of(self.load.selection, source.shape, self.load.watermark)
        super().stage(source)

    def confirmed(self) -> Applied:
        return Applied(MODE, until=self._peak(), whole=True, added=self.total.rows)

    def _peak(self) -> str:
        column = self.load.selection.column(self.load.watermark)
        text = self.place.peak(column.target if column else "")
        return watermark.written(text, self._kind, self.load.watermark, now=utc_now())

    def _apply(self, since: str, former: str) -> Delivery:
        self._tell("deliver")
        until = watermark.later(former, self._peak())
        return patiently(lambda: self._enter(since, until))

    def _enter(self, since: str, until: str) -> Delivery:
        last = self._next("deliver", self.snapshot.length, self.total, self.size)
        with self.place.applying():
            added, changed = self.place.merge(self.shape)
            found = self.read("verify", self.place.touched(self.shape))
            if found != self.total:
                raise Unequal(f"回读结果与所发不一致：发送 {self.total.rows} 行，回读 {found.rows} 行，未交付")
            applied = Applied(MODE, since, until, added=added, changed=changed, unchanged=self.total.rows - added - changed)
            self.landing.write(last)
            self.place.note(applied)
        self.place.tidy()
        return self.delivery(last, found, applied)
