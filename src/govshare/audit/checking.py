"""Hashing entries anew, fast: rows as PostgreSQL's binary COPY gives them, by the ten thousands, in a process of its own if wanted.

``python -m govshare.audit.checking TREE`` reads frames on stdin and answers each on stdout; ``check`` is the same within a process.
It judges nothing: rows whose columns do not plainly repeat their body, or whose body is not plainly an entry, are named as suspects,
and whoever asked looks at those one by one.
"""

import re
import struct
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO

from govshare.audit.merkle import perfect_root
from govshare.audit.verifier import SHA256, SM3, Tree

HASH, WIDTH = 32, 256
SEPARATOR = b"\x1f"  # between the columns; a body's own would be an escape
_COLUMNS = 5  # index, at, leaf hash, body, the other columns joined by the separator
_FIXED = struct.Struct(">hiqiqi")  # how many columns; length and value of the first two; length of the third
_LENGTH = struct.Struct(">i")
_REQUEST = struct.Struct(">qq")  # first index, bytes that follow
_ANSWER = struct.Struct(">qqqq")  # 1 when every row was in its place, leaves, full tiles, suspects
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
_MICROSECOND = 10**6


def _entry(characters: bytes) -> re.Pattern[bytes]:
    """An entry in canonical form, version 1 or 2, with such ``characters`` in its texts; groups are what the columns hold, in its order."""
    text, held = b'"' + characters + b'"', b'"(' + characters + b')"'
    texts = rb'\{(?:[^"}]++|' + text + rb")*+\}"
    parties = rb'(\[(?:[^"\]]++|' + text + rb")*+\])"
    moment = rb'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6})Z"'
    actor = (
        rb'\{"certificate":%(text)b,"id":%(held)b,"kind":%(text)b,"name":%(text)b,"organization":%(held)b,'
        rb'"organization_name":%(text)b,"standing_in_for":%(text)b\}'
    )
    form = (
        rb'\{"about":%(held)b,"action":%(held)b,"actor":' + actor + rb',"at":%(moment)b,"basis":%(text)b,"case":%(text)b,'
        rb'"counts":%(texts)b,"detail":%(texts)b,"digests":%(texts)b,"grant":%(held)b,(?:"identifier":%(text)b,)?"outcome":%(held)b,'
        rb'"parties":%(parties)b,"purpose":%(text)b,"reason":%(text)b,"request_id":%(text)b,"resource":%(held)b,'
        rb'"rule_set":%(text)b,"subject":%(held)b,"v":%(text)b\}'
    )
    parts = {b"text": text, b"held": held, b"texts": texts, b"parties": parties, b"moment": moment}
    return re.compile(form % parts, re.DOTALL)


_ENTRY = _entry(rb'(?:[^"\\\x00-\x1f]++|\\.)*+')
_PLAIN = _entry(b'[^"]*+')  # the same, and twice as fast, where the next do not occur
_NOT_PLAIN = bytes(range(0x20)) + b"\\"


@dataclass(frozen=True, slots=True)
class Checked:
    """Leaf hashes of the rows' bodies, as one string, as far as the rows stood at consecutive indexes; and who is suspect.

    ``units`` are the roots of each full 256 leaves.
    """

    leaves: bytes
    units: tuple[bytes, ...]
    suspects: tuple[int, ...]
    consecutive: bool


def check(rows: bytes, first: int, tree: Tree) -> Checked:
    """Hash the bodies of ``rows``, which should be those of ``first``, ``first`` + 1, ...; signature and trailer are cut off."""
    leaves: list[bytes] = []
    suspects: list[int] = []
    at, due, end = 0, first, len(rows)
    while at < end:
        columns, _, index, _, moment, length = _FIXED.unpack_from(rows, at)
        if columns != _COLUMNS or index != due:
            break
        at += _FIXED.size
        stored, at = rows[at : at + length], at + length
        (length,) = _LENGTH.unpack_from(rows, at)
        body, at = rows[at + 4 : at + 4 + length], at + 4 + length
        (length,) = _LENGTH.unpack_from(rows, at)
        others, at = rows[at + 4 : at + 4 + length], at + 4 + length
        leaf = tree.leaf(body)
        if stored != leaf or not _repeats(body, moment, others):
            suspects.append(index)
        leaves.append(leaf)
        due += 1
    units = (perfect_root(leaves[low : low + WIDTH], tree) for low in range(0, len(leaves) - WIDTH + 1, WIDTH))
    return Checked(b"".join(leaves), tuple(units), tuple(suspects), at >= end)


def _repeats(body: bytes, moment: int, others: bytes) -> bool:
    """Whether the columns plainly say what the body says. Escaped or clipped texts do not do so plainly."""
    plain = len(body.translate(None, _NOT_PLAIN)) == len(body)
    entry = (_PLAIN if plain else _ENTRY).fullmatch(body)
    if entry is None:
        return False
    about, action, actor, organization, at, grant, outcome, parties, resource, subject = entry.groups()
    said = (about, action, actor, organization, grant, outcome, parties.replace(b'","', b'", "'), resource, subject)
    return SEPARATOR.join(said) == others and _microseconds(at) == moment


def _microseconds(at: bytes) -> int:
    return _minute(at[:16]) + int(at[17:19]) * _MICROSECOND + int(at[20:])


@lru_cache(maxsize=4096)
def _minute(at: bytes) -> int:
    """Microseconds since 2000 of a minute; of what is none, a number no row has."""
    try:
        since = datetime.fromisoformat(f"{at.decode()}+00:00") - _EPOCH
    except ValueError:
        return -(2**64)
    return (since.days * 86_400 + since.seconds) * _MICROSECOND


def ask(channel: BinaryIO, rows: bytes, first: int) -> None:
    channel.write(_REQUEST.pack(first, len(rows)))
    channel.write(rows)
    channel.flush()


def answer(channel: BinaryIO) -> Checked:
    consecutive, leaves, units, suspects = _ANSWER.unpack(_exactly(channel, _ANSWER.size))
    hashes, roots = _exactly(channel, leaves * HASH), _exactly(channel, units * HASH)
    named = struct.unpack(f">{suspects}q", _exactly(channel, suspects * 8))
    return Checked(hashes, tuple(roots[low : low + HASH] for low in range(0, len(roots), HASH)), named, bool(consecutive))


def _exactly(channel: BinaryIO, size: int) -> bytes:
    data = channel.read(size)
    if len(data) != size:
        raise EOFError("the checking process ended")
    return data


def serve(requests: BinaryIO, answers: BinaryIO, tree: Tree) -> None:
    """Answer until there is nothing more."""
    while head := requests.read(_REQUEST.size):
        first, size = _REQUEST.unpack(head)
        checked = check(_exactly(requests, size), first, tree)
        counts = (len(checked.leaves) // HASH, len(checked.units), len(checked.suspects))
        answers.write(_ANSWER.pack(checked.consecutive, *counts))
        answers.write(checked.leaves + b"".join(checked.units))
        answers.write(struct.pack(f">{len(checked.suspects)}q", *checked.suspects))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, {tree.name: tree for tree in (SHA256, SM3)}[sys.argv[1]])
