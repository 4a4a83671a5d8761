"""The delivered table in PostgreSQL, to which staged rows are applied by its key in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import errors, sql

from govshare.connectors.applied import Applied
from govshare.connectors.digest import Form, Row
from govshare.connectors.engine import Shape
from govshare.connectors.errors import Busy, DuplicateKey
from govshare.connectors.known import Stale
from govshare.connectors.postgres.ledger import Ledger
from govshare.connectors.postgres.stream import copy_out

Connection = psycopg.Connection[tuple[Any, ...]]

_KEY: Final = """
    SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int[]) AS k (attnum) JOIN pg_attribute a ON a.attrelid = i.indrelid
                 AND a.attnum = k.attnum)
    FROM pg_index i WHERE i.indrelid = %s AND i.indisprimary AND i.indisvalid
"""
_COLUMNS: Final = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""
_OID: Final = """
    SELECT c.oid::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s AND c.relkind = 'r'
"""


class Place:
    """``staging`` and ``table`` stand in the landing schema; ``key_name`` is what the staging table's key is called."""

    def __init__(self, connection: Connection, ledger: Ledger, *, schema: str, table: str, staging: str, key_name: str) -> None:
        self._connection, self._ledger = connection, ledger
        self._schema, self._name, self._key_name = schema, table, key_name
        self.table, self.staging = sql.Identifier(schema, table), sql.Identifier(schema, staging)
        self._places: list[str] = []

    def keeps(self, shape: Shape) -> bool:
        oid = self._row(_OID, [self._schema, self._name])
        if oid is None or self._ledger.mine() != oid[0]:
            return False
        columns = self._connection.execute(_COLUMNS, [oid[0]]).fetchall()
        key = self._row(_KEY, [oid[0]])
        return columns == [(each.target, each.type) for each in shape.fields] and key is not None and set(key[0]) == set(shape.key)

    def last(self) -> Applied | None:
        return self._ledger.last()

    def note(self, applied: Applied) -> None:
        self._ledger.note(applied)

    def peak(self, field: str) -> str:
        row = self._row(sql.SQL("SELECT max({})::text FROM {}").format(sql.Identifier(field), self.staging))
        return str(row[0]) if row and row[0] is not None else ""

    @contextmanager
    def applying(self) -> Iterator[bool]:
        """Readers go on reading the table as it was; whoever would write it waits."""
        with self._connection.transaction():
            self._connection.execute("SET LOCAL synchronous_commit = on")
            self._ledger.hold()
            self._connection.execute("SET LOCAL lock_timeout = 3000")
            try:
                self._connection.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(self.table))
            except errors.LockNotAvailable:
                raise Busy(f"目标表 {self._schema}.{self._name} 正被其他会话占用") from None
            self._connection.execute("SET LOCAL lock_timeout = 30000")
            yield True

    def rows(self, shape: Shape) -> Iterator[list[Row]]:
        return self._read(shape, sql.SQL("TRUE"))

    def count(self) -> int:
        row = self._row(sql.SQL("SELECT count(*) FROM {}").format(self.table))
        return int(row[0]) if row else 0

    def stale(self, shape: Shape, which: Stale) -> Iterator[list[Row]]:
        self._places = self._find(sorted(which.ordinals))
        return self._read(shape, self._named()) if self._places else iter(())

    def strike(self, shape: Shape, which: Stale) -> int:  # noqa: ARG002 - ``stale`` has found their places
        statement = sql.SQL("DELETE FROM {} AS t WHERE {} AND NOT EXISTS (SELECT FROM {} AS s WHERE {})").format(
            self.table, self._named(), self.staging, _joined(shape)
        )
        return self._connection.execute(statement).rowcount if self._places else 0

    def _find(self, ordinals: Sequence[int]) -> list[str]:
        """The places of these rows, in the order in which ``rows`` reads them."""
        found: list[str] = []
        wanted, at = iter(ordinals), 0
        next_one = next(wanted, -1)
        for batch in copy_out(self._connection, sql.SQL("(SELECT ctid FROM {})").format(self.table), Form.TEXT):
            while at <= next_one < at + len(batch):
                found.append(bytes(batch[next_one - at]).decode().strip())
                next_one = next(wanted, -1)
            at += len(batch)
        return found

    def _named(self) -> sql.Composable:
        return sql.SQL("ctid = ANY({}::tid[])").format(sql.Literal(self._places))

    def merge(self, shape: Shape) -> tuple[int, int]:
        """The comparison is of the bytes (``*<>``): some types have no other, and 1.0 is not 1.00."""
        self._index(shape)
        columns, key = _names(each.target for each in shape.fields), _names(shape.key)
        rest = [each.target for each in shape.fields if each.target not in shape.key]
        before = self._row(
            sql.SQL("SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM {} AS t WHERE {})) FROM {} AS s").format(
                self.table, _joined(shape), self.staging
            )
        )
        staged, there = before or (0, 0)
        entered = self._connection.execute(
            sql.SQL("INSERT INTO {} AS held ({}) SELECT {} FROM {} ORDER BY {} ON CONFLICT ({}) {}").format(
                self.table, columns, columns, self.staging, key, key, _update(rest)
            )
        ).rowcount
        return staged - there, entered - (staged - there)

    def _index(self, shape: Shape) -> None:
        named = sql.Identifier(self._key_name)
        try:
            with self._connection.transaction():
                self._connection.execute(sql.SQL("CREATE UNIQUE INDEX {} ON {} ({})").format(named, self.staging, _names(shape.key)))
        except errors.UniqueViolation:
            raise DuplicateKey("来源中有重复的键，请提供部门更正，或在目录中登记另外的键") from None
        self._connection.execute(sql.SQL("ANALYZE {}").format(self.staging))

    def touched(self, shape: Shape) -> Iterator[list[Row]]:
        return self._read(shape, sql.SQL("EXISTS (SELECT FROM {} AS s WHERE {})").format(self.staging, _joined(shape)))

    def tidy(self) -> None:
        with self._connection.transaction():
            self._ledger.hold()
            self._connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(self.staging))

    def _read(self, shape: Shape, where: sql.Composable) -> Iterator[list[Row]]:
        columns = _names(each.target for each in shape.fields)
        query = sql.SQL("(SELECT {} FROM {} AS t WHERE {})").format(columns, self.table, where)
        return copy_out(self._connection, query, shape.form, shape.doubles)

    def _row(self, statement: Any, parameters: list[Any] | None = None) -> tuple[Any, ...] | None:
        return self._connection.execute(statement, parameters).fetchone()


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _joined(shape: Shape) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL("t.{0} = s.{0}").format(sql.Identifier(name)) for name in shape.key)


def _update(rest: Sequence[str]) -> sql.Composable:
    if not rest:
        return sql.SQL("DO NOTHING")
    sets = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in rest)
    held, new = (sql.SQL(", ").join(sql.Identifier(row, name) for name in rest) for row in ("held", "excluded"))
    return sql.SQL("DO UPDATE SET {} WHERE ROW({})::record *<> ROW({})::record").format(sets, held, new)
