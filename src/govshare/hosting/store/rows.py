"""Single rows of a hosted table: looked through leaf by leaf, found by any text in them, written one at a time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from govshare.hosting.rules.columns import HostedColumn, keys
from govshare.hosting.store.link import Link


@dataclass(frozen=True, slots=True)
class HostedRow:
    """``key``: values of the key in the key's order, as history has them; ``values``: text by column, None where there is none."""

    key: list[Any]
    values: dict[str, str | None]

    @property
    def stamp(self) -> str:
        """Tells whether somebody changed the row since it was looked at."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rows:
    """One hosted table, for looking and for writing single rows."""

    schema: str
    table: str
    columns: tuple[HostedColumn, ...]

    @property
    def name(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.table)

    @property
    def key(self) -> tuple[HostedColumn, ...]:
        return keys(self.columns)

    def count(self, link: Link, search: str) -> int:
        found = link.execute(sql.SQL("SELECT count(*) FROM {} WHERE {}").format(self.name, self._found(search))).fetchone()
        return int(found[0]) if found else 0

    def leaf(self, link: Link, search: str, *, offset: int, limit: int) -> list[HostedRow]:
        """In the order of the key; ``search`` stands anywhere in any column's text."""
        statement = sql.SQL("SELECT {}, {} FROM {} WHERE {} ORDER BY {} OFFSET {} LIMIT {}")
        order = sql.SQL(", ").join(sql.Identifier(column.column) for column in self.key)
        found = link.execute(
            statement.format(self._key_of(), self._texts(), self.name, self._found(search), order, sql.Literal(offset), sql.Literal(limit))
        )
        return [self._row(line) for line in found]

    def one(self, link: Link, key: Sequence[Any], *, lock: bool = False) -> HostedRow | None:
        tail = sql.SQL(" FOR UPDATE" if lock else "")
        statement = sql.SQL("SELECT {}, {} FROM {} WHERE {}{}").format(self._key_of(), self._texts(), self.name, self._same(), tail)
        try:
            with link.transaction():
                line = link.execute(statement, [str(part) for part in key]).fetchone()
        except psycopg.errors.DataError:  # what was asked for is no key at all
            return None
        return self._row(line) if line else None

    def add(self, link: Link, values: Mapping[str, str | None]) -> bool:
        """Whether it was added; False when the key stands there already."""
        names = [column.column for column in self.columns]
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
            self.name,
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(self._given(column) for column in self.columns),
        )
        return link.execute(statement, [values[name] for name in names]).rowcount == 1

    def change(self, link: Link, key: Sequence[Any], values: Mapping[str, str | None]) -> None:
        """The columns outside the key; another key is another row."""
        others = [column for column in self.columns if not column.key]
        if not others:
            return
        changes = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(column.column), self._given(column)) for column in others)
        statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(self.name, changes, self._same())
        link.execute(statement, [*(values[column.column] for column in others), *(str(part) for part in key)])

    def delete(self, link: Link, key: Sequence[Any]) -> None:
        link.execute(sql.SQL("DELETE FROM {} WHERE {}").format(self.name, self._same()), [str(part) for part in key])

    def _row(self, line: tuple[Any, ...]) -> HostedRow:
        return HostedRow(line[0], {column.column: text for column, text in zip(self.columns, line[1:], strict=True)})

    def _texts(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column.column)) for column in self.columns)

    def _key_of(self) -> sql.Composed:
        """The same JSON as ``govshare.key_of`` makes for history."""
        parts = sql.SQL(", ").join(sql.Identifier(column.column) for column in self.key)
        return sql.SQL("jsonb_build_array({})").format(parts)

    def _same(self) -> sql.Composed:
        return sql.SQL(" AND ").join(sql.SQL("{} = {}").format(sql.Identifier(column.column), self._given(column)) for column in self.key)

    def _given(self, column: HostedColumn) -> sql.Composed:
        return sql.SQL("%s::{}").format(sql.SQL(column.sql_type))

    def _found(self, search: str) -> sql.Composable:
        if not search:
            return sql.SQL("true")
        anywhere = sql.SQL(" || chr(10) || ").join(
            sql.SQL("coalesce({}::text, '')").format(sql.Identifier(column.column)) for column in self.columns
        )
        return sql.SQL("strpos(lower({}), lower({})) > 0").format(anywhere, sql.Literal(search))
