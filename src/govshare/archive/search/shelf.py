"""Where the sealed segments are."""

from govshare.archive import layout, queries
from govshare.archive.search.cold import Segment
from govshare.archive.store import open_store


def segments() -> tuple[Segment, ...]:
    """Every sealed segment whose files are kept, in the order of the log."""
    store = open_store()
    return tuple(
        Segment(
            first=kept.first_index,
            end=kept.end_index,
            since=kept.since,
            until=kept.until,
            entries=store.url(f"{kept.name}/{layout.ENTRIES}"),
            batches=store.url(f"{kept.name}/{layout.BATCHES}"),
        )
        for kept in queries.kept()
    )
