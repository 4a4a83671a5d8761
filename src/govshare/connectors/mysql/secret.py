"""Giving a source's session the hash key without writing it down there.

A keyed hash needs its key inside the source, and this family has no way to send one but in a statement, which the server's
general log, its process list and audit plugins may keep. So the server draws 64 random bytes first and tells us; we send the
key's inner pad added to them (exclusive or), and the session undoes it. What is written down over there are the function that
drew the bytes, and a block that is itself random to whoever does not have them: a one-time pad. Whoever administers the source
could still read the key from the session's memory; they hold the plain values anyway.
"""

from typing import Final

import pymysql

from govshare.connectors.errors import Drift
from govshare.connectors.mysql.render import INNER, OUTER
from govshare.connectors.mysql.session import Connection
from govshare.connectors.pads import pads
from govshare.kernel.errors import Fault

_WORD: Final = 8  # bytes that the server adds at a time
_BETWEEN_PADS: Final = int.from_bytes(bytes([0x36 ^ 0x5C]) * _WORD)  # from the inner pad to the outer one


def hand_over(connection: Connection, key: bytes) -> None:
    """Set the session's two pads; raises ``Drift`` where the server cannot draw random bytes."""
    inner, _ = pads(key)
    try:
        connection.rows("SET @govshare_hash_drawn = RANDOM_BYTES(64)")
    except pymysql.MySQLError:
        raise Drift([Fault("摘要", "该库没有 RANDOM_BYTES 函数（MariaDB 10.10、MySQL 5.7 起），不能安全地计算带密钥的摘要")]) from None
    row = connection.row("SELECT HEX(@govshare_hash_drawn)")
    drawn = bytes.fromhex(row[0]) if row else b""
    sent = bytes(a ^ b for a, b in zip(inner, drawn, strict=True))
    words = [_word("@govshare_hash_drawn", at, int.from_bytes(sent[at : at + _WORD])) for at in range(0, len(sent), _WORD)]
    connection.rows(f"SET {INNER} = CONCAT({', '.join(words)})")
    others = [_word(INNER, at, _BETWEEN_PADS) for at in range(0, len(sent), _WORD)]
    connection.rows(f"SET {OUTER} = CONCAT({', '.join(others)}), @govshare_hash_drawn = NULL")


def _word(variable: str, at: int, other: int) -> str:
    drawn = f"CAST(CONV(HEX(SUBSTRING({variable}, {at + 1}, {_WORD})), 16, 10) AS UNSIGNED)"
    return f"UNHEX(LPAD(HEX({drawn} ^ {other}), {2 * _WORD}, '0'))"
