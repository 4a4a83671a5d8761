"""Where a row lies in its table (``ctid``), cut off from the row it was read before."""

from typing import Final

from govshare.connectors.digest import Row

_PLACE: Final = 10  # bytes of a ctid in binary COPY: its length (4), block (4), offset (2)


def from_tuple(row: Row) -> tuple[str, bytes]:
    """Place and row of a tuple in binary."""
    count = int.from_bytes(row[:2]) - 1
    place = f"({int.from_bytes(row[6:10])},{int.from_bytes(row[10:12])})"
    return place, count.to_bytes(2) + bytes(row[2 + _PLACE :])


def from_line(row: Row) -> tuple[str, bytes]:
    """Place and row of a line of text."""
    place, _, rest = bytes(row).partition(b"\t")
    return place.decode(), rest
