"""What a value is, whatever engine holds it: the kinds by which a column of one engine becomes a column of another.

Each kind has one canonical spelling (``lines.py``), which every engine can write and read. A column that is of no kind says
why; between two databases of one engine it goes all the same, as it is.
"""

import re
from dataclasses import dataclass
from typing import Final

from govshare.kernel.choices import TextChoices


class Sort(TextChoices):
    """The closed list of what can go from one engine to another."""

    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "定点数"
    DOUBLE = "double", "浮点数"
    TEXT = "text", "文字"
    BYTES = "bytes", "二进制"
    BITS = "bits", "位串"
    DATE = "date", "日期"
    TIME = "time", "时刻"
    MOMENT = "moment", "日期时间"
    INSTANT = "instant", "带时区的时间"
    NONE = "none", "不能跨库传输"


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
