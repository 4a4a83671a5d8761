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
    """``rows(count)`` are texts as COPY wants them; the same ``count`` gives the same rows, a larger one the same and more.

    ``made_by``: a query over ``serial`` from 1 to the count that the database itself makes the rows with, instead. ``pace``: rows per
    second that the department lets others read, for tables that must not be in anybody's way; the key's first column is a number.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    count: int
    rows: Callable[[int], Iterator[Row]]
    made_by: str = ""
    pace: int = 0


def create(connection: psycopg.Connection[Any], table: MadeTable, *, schema: str, rows: int | None = None) -> int:
    """Make ``table`` in ``schema``, fill it by one COPY, index its key afterwards; return the number of rows. The caller commits."""
    target = sql.Identifier(schema, table.name)
    columns = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(f.name), sql.SQL(f.sql_type)) for f in table.fields)
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(target, columns))
    written = _fill(connection, table, target, min(rows, table.count or rows) if rows else table.count)
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(target, key))
    _comment(connection, table, target)
    connection.execute(sql.SQL("ANALYZE {}").format(target))
    return written


def _fill(connection: psycopg.Connection[Any], table: MadeTable, target: sql.Identifier, count: int) -> int:
    if table.made_by:
        made = sql.SQL("INSERT INTO {} SELECT {} FROM generate_series(1, {}) AS serial")
        return connection.execute(made.format(target, sql.SQL(table.made_by), sql.Literal(count))).rowcount
    written = 0
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
        for lines in _batches(table.rows(count)):
            copy.write("\n".join(lines) + "\n")
            written += len(lines)
    return written


_PACED = """
CREATE FUNCTION {schema}.{function}(serial bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF serial % {half} = 0 THEN PERFORM pg_sleep(0.5); END IF;
    RETURN true;
END $$;
ALTER TABLE {target} ENABLE ROW LEVEL SECURITY;
CREATE POLICY unhurried ON {target} FOR SELECT TO {reader} USING ({schema}.{function}({key}));
"""


def unhurried(connection: psycopg.Connection[Any], table: MadeTable, *, schema: str, reader: str) -> None:
    """Let ``reader`` read the table no faster than its pace. The caller commits."""
    names = {
        "schema": sql.Identifier(schema),
        "function": sql.Identifier(f"unhurried_{table.name}"),
        "half": sql.Literal(table.pace // 2),
        "target": sql.Identifier(schema, table.name),
        "reader": sql.Identifier(reader),
        "key": sql.Identifier(table.key[0]),
    }
    connection.execute(sql.SQL(_PACED).format(**names))


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
    remarks = [sql.SQL("COMMENT ON TABLE {} IS {}").format(target, sql.Literal(table.title))]
    for each in table.fields:
        column = sql.SQL("{}.{}").format(target, sql.Identifier(each.name))
        remarks.append(sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(each.title)))
    connection.execute(sql.SQL("; ").join(remarks))
