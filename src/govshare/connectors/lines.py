r"""The canonical text of rows between engines, and its digest ``line1``.

A row is one line in UTF-8: the fields in their order, a tab between two, a line feed at the end. NULL is ``\N``. In a field's text
a backslash, a tab, a line feed and a carriage return are written ``\\``, ``\t``, ``\n``, ``\r``; every other character stands
for itself. Each engine writes this line in its own SELECT and takes it in by its own bulk loader (COPY, LOAD DATA). What a field's
text is, by kind:

=========  ======================================================================================================
integer    decimal digits, no leading zeros, ``-`` before negative ones
decimal    the declared number of decimals, no leading zeros but the one before the point
double     ``NaN``, ``Infinity``, ``-Infinity``, ``0`` (of either sign), or the fewest digits that are read as this value, as a whole
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
from collections.abc import Sequence
from typing import Final

from govshare.connectors.digest import Row

_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_PLAIN: Final = {b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def canonical(lines: list[Row], doubles: Sequence[int] = ()) -> list[Row]:
    """Lines of PostgreSQL's COPY text made canonical.

    The three escapes that others do not know are undone; they are rare, and looked for first. The fields numbered in ``doubles``
    are spelled anew: PostgreSQL writes two digits more than it takes where a value's shortest spelling lies half-way to the next.
    """
    text = b"".join(lines)
    if b"\\b" in text or b"\\f" in text or b"\\v" in text:
        lines = [_ESCAPED.sub(lambda found: _PLAIN.get(found.group(1), found.group(0)), bytes(line)) for line in lines]
    return [_respelled(line, doubles) for line in lines] if doubles else lines


def _respelled(line: Row, doubles: Sequence[int]) -> bytes:
    fields = bytes(line)[:-1].split(b"\t")
    for at in doubles:
        fields[at] = _double(fields[at])
    return b"\t".join(fields) + b"\n"


def _double(text: bytes) -> bytes:
    """The canonical spelling of a float, from any that means it."""
    if not text[-1:].isdigit():
        return text  # NULL, not a number, infinite
    mantissa, _, exponent = repr(abs(float(text))).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).rstrip("0")
    if not digits:
        return b"0"
    power = int(exponent or 0) - len(fraction) + len(whole + fraction) - len(digits)
    sign = "-" if text.startswith(b"-") else ""
    return f"{sign}{digits.lstrip('0')}e{power}".encode()
