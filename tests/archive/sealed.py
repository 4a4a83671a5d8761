"""A log with sealed segments, made through the services."""

from datetime import timedelta

from govshare.archive import services as archive
from govshare.audit import services as audit
from govshare.kernel.clock import utc_now
from govshare.kernel.context import REQUEST_ID
from govshare.kernel.ids import new_id
from tests.audit.actors import HOUSING, LAW, NOW, person

NEXT_MONTH = utc_now() + timedelta(days=40)  # the database's own clock says when a batch was recorded


def record(n, about="A", *, batches_of=50, subject=""):
    """``n`` entries in the log, under a signed checkpoint; returns their promises."""
    promises = []
    for low in range(0, n, batches_of):
        REQUEST_ID.set(str(new_id()) if low % (2 * batches_of) == 0 else "")
        written = [
            audit.entry(
                action="gateway:person:query" if subject else "catalog:entry:publish",
                basis=LAW,
                by=person(),
                now=NOW + timedelta(seconds=place),
                about=f"{about}-{place}",
                parties=[HOUSING] if place % 2 else [],
                subject=f"{subject}{place % 7}" if subject else "",
                reason="“引号”\t与\\" if place % 100 == 3 else "",
            )
            for place in range(low, min(low + batches_of, n))
        ]
        promises += audit.record_many(written)
        REQUEST_ID.set("")
    while audit.place(now=NOW):
        pass
    return promises


def sealed(n=700, *, largest=0, **words):
    """A log of ``n`` entries and what of it could be sealed; returns promises and segments."""
    promises = record(n, **words)
    return promises, archive.seal(now=NOW, everything=True, largest=largest)
