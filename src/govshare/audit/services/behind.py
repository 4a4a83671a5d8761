"""The beginning of the log, which left the database: the check takes its leaves from the archive.

That archived entries lead to these leaves is the archive's own check; here they must lead to the signed roots.
"""

from collections.abc import Callable, Iterator
from typing import Any

from govshare.audit import archived
from govshare.audit.models import Dropped, Placement
from govshare.audit.tiles import WIDTH, TileAltered, Tiles, width_at


def agreeing(tiles: Tiles, size: int, rows: Callable[[int, int], list[bytes]]) -> Iterator[list[bytes]]:
    """Leaves of the log's beginning in which anything was dropped, some whole tiles at a time; ends where something does not agree.

    ``rows`` gives the leaves of a range as database and archive have them together: for where dropped batches lie among others.
    """
    whole, mixed = _extent(size)
    for tile in range(whole // WIDTH):
        try:
            yield tiles.read(0, tile, WIDTH)
        except TileAltered:
            return
    for first in range(whole, mixed, WIDTH):
        width = width_at(size, 0, first // WIDTH)
        try:
            leaves = tiles.read(0, first // WIDTH, width)
        except TileAltered:
            return
        if rows(first, first + width) != leaves:
            return
        yield leaves


def _extent(size: int) -> tuple[int, int]:
    """Up to where everything was dropped, and up to where something was; whole tiles."""
    dropped = Dropped.objects.order_by("-end_index").first()
    if dropped is None:
        return 0, 0
    hot = Placement.objects.order_by("first_index").first()
    whole = min(dropped.end_index, hot.first_index if hot else dropped.end_index)
    return whole // WIDTH * WIDTH, min(-(-dropped.end_index // WIDTH) * WIDTH, size)


def with_dropped(rows: list[tuple[Any, ...]], first: int, end: int) -> list[tuple[Any, ...]]:
    """Rows of the database, and beside them (index, batch, ordinal, nothing, leaf) of what was dropped, in the order of the log."""
    dropped = [(sealed.index, sealed.batch, sealed.ordinal, None, sealed.leaf) for sealed in archived.dropped(first, end)]
    return sorted([*rows, *dropped], key=lambda row: row[0])
