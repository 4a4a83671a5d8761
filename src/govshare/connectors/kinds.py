"""What a value is, whatever engine holds it: the kinds by which a column of one engine becomes a column of another.

Each kind has one canonical spelling (``lines.py``), which every engine can write and read. A column that is of no kind says
why; between two databases of one engine it goes all the same, as it is.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sort(StrEnum):
    """The closed list of what can go from one engine to another."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "text"
    BYTES = "bytes"
    BITS = "bits"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    INSTANT = "instant"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Kind:
    """``size``: bits of an integer, digits of a decimal, characters of a text, bits of a bit string; 0: without limit.

    ``scale``: decimals of a decimal, digits of a second's fraction. ``note``, for people: why it is ``NONE``; otherwise what the
    recipient's column says of itself.
    """

    sort: Sort
    size: int = 0
    scale: int = 0
    note: str = ""

    def __str__(self) -> str:
        return f"{self.sort.value}({self.size},{self.scale})"


TEXT: Final = Kind(Sort.TEXT)
HEX_HASH: Final = Kind(Sort.TEXT, 64)

_NUMBERS: Final = re.compile(r"\((\d+)(?:,(-?\d+))?\)")


def sizes(spelling: str) -> tuple[int, int]:
    """The numbers in parentheses of a type's spelling; 0 for each that is not there."""
    found = _NUMBERS.search(spelling)
    return (int(found.group(1)), int(found.group(2) or 0)) if found else (0, 0)
