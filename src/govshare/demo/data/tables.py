"""What a made-up table is: columns that read both as DDL and as items of the catalog, and the rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Row = tuple[str, ...]

_SQL_TYPES = {"I": "integer", "D": "date", "T": "timestamptz", "L": "boolean", "M": "text"}
_LINES = 2_000  # rows sent to the server at once


@dataclass(frozen=True, slots=True)
class Field:
    """A column and the item it is in the catalog; ``type`` and ``length`` in the standard's letters, ``sensitivity`` as stored there."""

    name: str
    title: str
    type: str = "C"
    length: int | None = None
    sensitivity: str = "ordinary"

    @property
    def sql_type(self) -> str:
        if self.type == "C":
            return f"varchar({self.length})"
        return f"numeric({self.length},2)" if self.type in {"N", "Y"} else _SQL_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class MadeTable:
    """``rows(count)`` are texts as COPY wants them; the same ``count`` gives the same rows, a larger one the same and more."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    count: int
    rows: Callable[[int], Iterator[Row]]


def create(connection: psycopg.Connection[Any], table: MadeTable, *, schema: str, rows: int | None = None) -> int:
    """Make ``table`` in ``schema``, fill it by one COPY, index its key afterwards; return the number of rows. The caller commits."""
    target = sql.Identifier(schema, table.name)
    columns = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(f.name), sql.SQL(f.sql_type)) for f in table.fields)
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(target, columns))
    written = 0
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
        for lines in _batches(table.rows(rows or table.count)):
            copy.write("\n".join(lines) + "\n")
            written += len(lines)
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(target, key))
    _comment(connection, table, target)
    connection.execute(sql.SQL("ANALYZE {}").format(target))
    return written


def _batches(rows: Iterator[Row]) -> Iterator[Sequence[str]]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join(row))
        if len(lines) == _LINES:
            yield lines
            lines = []
    if lines:
        yield lines


def _comment(connection: psycopg.Connection[Any], table: MadeTable, target: sql.Identifier) -> None:
    connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(target, sql.Literal(table.title)))
    for each in table.fields:
        column = sql.SQL("{}.{}").format(target, sql.Identifier(each.name))
        connection.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(each.title)))
