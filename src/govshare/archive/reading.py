"""Single entries and leaves out of sealed segments, for receipts and proofs: what ``audit`` asks for when the database has it no more."""

from collections.abc import Iterator

from govshare.archive import layout, parquet
from govshare.archive.models import Disposal, Segment
from govshare.archive.queries import kept
from govshare.archive.search import engine
from govshare.archive.store import open_store
from govshare.audit.archived import Archived, Leaf
from govshare.audit.models import Dropped
from govshare.audit.tiles import HASH, WIDTH

_PARTITION = 24  # bits of a batch's number within its partition


class Shelf:
    """Reads the archive of the platform. What it hands out proves itself by the tree, not by coming from here."""

    def entry(self, batch: int, ordinal: int) -> Archived | None:
        for segment in kept(Segment.objects.filter(least_batch__lte=batch, most_batch__gte=batch)):
            for first, number, n, recorded in _batches(segment, f"batch = {batch:d}"):
                if ordinal < n:
                    return _entry(first + ordinal, number, ordinal, recorded)
        return None

    def at(self, index: int) -> Archived | None:
        segment = _segment_of(index)
        if segment is None:
            return None
        first, batch, _, recorded = max(_batches(segment, f"first_index <= {index:d}"))
        return _entry(index, batch, index - first, recorded)

    def leaves(self, tile: int) -> bytes | None:
        segment = Segment.objects.filter(first_index__lte=tile * WIDTH, end_index__gt=tile * WIDTH).first()
        if segment is None:
            return None
        return open_store().read(f"{segment.name}/{layout.LEAVES}", (tile * WIDTH - segment.first_index) * HASH, WIDTH * HASH)

    def dropped(self, first: int, end: int) -> Iterator[Leaf]:
        numbers = set(Dropped.objects.filter(first_index__lt=end, end_index__gt=first).values_list("number", flat=True))
        if not numbers:
            return
        disposed = set(Disposal.objects.values_list("first_index", flat=True))
        for segment in Segment.objects.filter(first_index__lt=end, end_index__gt=first).order_by("first_index"):
            low, high = max(first, segment.first_index), min(end, segment.end_index)
            data = open_store().read(f"{segment.name}/{layout.LEAVES}", (low - segment.first_index) * HASH, (high - low) * HASH)
            if segment.first_index in disposed:  # given up whole, after the database had given it up
                yield from (Leaf(index, -1, -1, data[(index - low) * HASH : (index - low + 1) * HASH]) for index in range(low, high))
                continue
            for begins, batch, n, _ in sorted(_batches(segment, f"first_index < {high:d} AND first_index + n > {low:d}")):
                if batch >> _PARTITION in numbers:
                    for index in range(max(low, begins), min(high, begins + n)):
                        yield Leaf(index, batch, index - begins, data[(index - low) * HASH : (index - low + 1) * HASH])


def _segment_of(index: int) -> Segment | None:
    found = kept(Segment.objects.filter(first_index__lte=index, end_index__gt=index))
    return found[0] if found else None


def _batches(segment: Segment, condition: str) -> list[tuple[int, int, int, int]]:
    """First index, number, length and time (microseconds) of the segment's batches; ``condition`` is ours."""
    file = layout.quoted(open_store().url(f"{segment.name}/{layout.BATCHES}"))
    with engine.cursor() as database:
        asked = f"SELECT first_index, batch, n, epoch_us(recorded_at) FROM read_parquet({file}) WHERE {condition}"
        return database.execute(asked).fetchall()


def _entry(index: int, batch: int, ordinal: int, recorded: int) -> Archived | None:
    segment = _segment_of(index)
    if segment is None:
        return None
    file = layout.quoted(open_store().url(f"{segment.name}/{layout.ENTRIES}"))
    with engine.cursor() as database:
        found = database.execute(f'SELECT {layout.BODY} FROM read_parquet({file}) WHERE "index" = {index:d}').fetchall()
    return Archived(index, batch, ordinal, parquet.moment(recorded), found[0][0]) if found else None
