r"""The canonical text of rows between engines, and its digest ``line1``.

A row is one line in UTF-8: the fields in their order, a tab between two, a line feed at the end. NULL is ``\N``. In a field's text
a backslash, a tab, a line feed and a carriage return are written ``\\``, ``\t``, ``\n``, ``\r``; every other character stands
for itself. Each engine writes this line in its own SELECT and takes it in by its own bulk loader (COPY, LOAD DATA). What a field's
text is, by kind:

=========  ======================================================================================================
integer    decimal digits, no leading zeros, ``-`` before negative ones
decimal    the declared number of decimals, no leading zeros but the one before the point
double     ``NaN``, ``Infinity``, ``-Infinity``, ``0``, ``-0``, or the fewest digits that mean this value and no other, as a whole
           number without trailing zeros, then ``e`` and the exponent: ``15e-1`` is 1.5
text       the characters, without the spaces that only fill a ``char(n)``
bytes      ``\x`` and two lower-case hexadecimal digits each
bits       ``0`` and ``1``
date       ``2016-06-25``
time       ``08:00:00``, then the fraction without trailing zeros
moment     ``2016-06-25 08:00:00``, then the fraction without trailing zeros
instant    the same in UTC, then ``+00``
=========  ======================================================================================================
"""

import re
from typing import Final

from govshare.connectors.digest import Row

_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_PLAIN: Final = {b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def canonical(lines: list[Row]) -> list[Row]:
    """Lines of PostgreSQL's COPY text with the three escapes that others do not know undone; they are rare, and looked for first."""
    text = b"".join(lines)
    if b"\\b" in text or b"\\f" in text or b"\\v" in text:
        return [_ESCAPED.sub(lambda found: _PLAIN.get(found.group(1), found.group(0)), bytes(line)) for line in lines]
    return lines
