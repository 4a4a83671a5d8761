"""The one statement that writes evidence: a batch of bodies and leaf hashes, as two binary arrays."""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_RECORD = "SELECT batch, recorded_at FROM audit_record(%s, %s)"
_HEADER = struct.Struct(">iiiii")  # dimensions, has nulls, type of the elements, how many, first subscript
_LENGTH = struct.Struct(">i")
_BYTEA, _TEXT = 17, 25  # types of PostgreSQL


class _Array:
    """One-dimensional array in PostgreSQL's binary form."""

    def __init__(self, items: Sequence[bytes]) -> None:
        self.items = items


class _Texts(_Array):
    """UTF-8 texts."""


class _Bytes(_Array):
    """Byte strings."""


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element: int

    def dump(self, obj: _Array) -> bytes:
        pack = _LENGTH.pack
        parts = [_HEADER.pack(1, 0, self.element, len(obj.items), 1)]
        for item in obj.items:
            parts += (pack(len(item)), item)
        return b"".join(parts)


class _TextsDumper(_ArrayDumper):
    oid = 1009  # text[]
    element = _TEXT


class _BytesDumper(_ArrayDumper):
    oid = 1001  # bytea[]
    element = _BYTEA


def write(cursor: psycopg.Cursor[Any], bodies: Sequence[bytes], leaves: Sequence[bytes]) -> tuple[int, datetime]:
    """Write one batch in the cursor's transaction; return its number and the moment the database recorded it."""
    cursor.adapters.register_dumper(_Texts, _TextsDumper)
    cursor.adapters.register_dumper(_Bytes, _BytesDumper)
    cursor.execute(_RECORD, [_Texts(bodies), _Bytes(leaves)])
    row = cursor.fetchone()
    if row is None:
        raise TypeError("audit_record returns one row")
    return row[0], row[1]
