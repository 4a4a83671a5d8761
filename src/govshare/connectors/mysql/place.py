"""The delivered table in the MySQL family, to which staged rows are applied by its key in one InnoDB transaction.

A table cannot be locked against its own people here without ending the transaction; so what it holds is read whole again before a
comparison is confirmed. The server hashes its own rows: which of them are meant is said by the beginnings of their hashes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import pymysql

from govshare.connectors.applied import Applied
from govshare.connectors.digest import Row
from govshare.connectors.engine import Shape
from govshare.connectors.errors import Busy
from govshare.connectors.known import Stale, head_text
from govshare.connectors.mysql.failures import LOCK_WAIT, number_of
from govshare.connectors.mysql.fitting import written
from govshare.connectors.mysql.ledger import Ledger
from govshare.connectors.mysql.render import quoted
from govshare.connectors.mysql.session import Connection
from govshare.connectors.mysql.shape import KEY

_AT_ONCE: Final = 100_000  # hashes named in one statement


class Place:
    """``marks``: what a table says it was built for, ``mark``: what one of a shape would say; ``transaction``: one as the only writer."""

    def __init__(
        self,
        connection: Connection,
        ledger: Ledger,
        *,
        schema: str,
        table: str,
        staging: str,
        marks: Callable[[str], Sequence[str]],
        mark: Callable[[Shape], str],
        transaction: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._connection, self._ledger = connection, ledger
        self._schema, self._name = schema, table
        self.table, self.staging = quoted(schema, table), quoted(schema, staging)
        self._marks, self._mark, self._transaction = marks, mark, transaction

    def keeps(self, shape: Shape) -> bool:
        words = self._marks(self._name)
        if len(words) != 3 or words[1] != self._ledger.mine(self._connection) or words[2] != self._mark(shape).split()[2]:
            return False
        key = {name for (name,) in self._connection.rows(KEY, [self._schema, self._name])}
        return key == set(shape.key)

    def last(self) -> Applied | None:
        return self._ledger.last(self._connection)

    def note(self, applied: Applied) -> None:
        self._ledger.note(self._connection, applied)

    def peak(self, field: str) -> str:
        row = self._connection.row(f"SELECT CAST(MAX({quoted(field)}) AS CHAR) FROM {self.staging}")
        return str(row[0]) if row and row[0] is not None else ""

    @contextmanager
    def applying(self) -> Iterator[bool]:
        try:
            with self._transaction():
                yield False
        except pymysql.MySQLError as error:
            if number_of(error) != LOCK_WAIT:
                raise
            raise Busy(f"目标表 {self._schema}.{self._name} 正被其他会话占用") from None

    def rows(self, shape: Shape) -> Iterator[list[Row]]:
        return self._connection.stream(f"SELECT {written(shape)} FROM {self.table}")

    def count(self) -> int:
        row: Any = self._connection.row(f"SELECT COUNT(*) FROM {self.table}")
        return int(row[0])

    def stale(self, shape: Shape, which: Stale) -> Iterator[list[Row]]:
        for named in _hashed(shape, which):
            yield from self._connection.stream(f"SELECT {written(shape)} FROM {self.table} WHERE {named}")

    def strike(self, shape: Shape, which: Stale) -> int:
        keys = _names(shape.key)
        unstaged = f"({keys}) NOT IN (SELECT {keys} FROM {self.staging})"
        return sum(self._changed(f"DELETE FROM {self.table} WHERE {named} AND {unstaged}") for named in _hashed(shape, which))

    def merge(self, shape: Shape) -> tuple[int, int]:
        """The server itself compares the row it would write with the one that stands, and writes nothing where they are equal."""
        columns, keys = _names([each.target for each in shape.fields]), _names(shape.key)
        counted = self._connection.row(f"SELECT COUNT(*) FROM {self.staging} WHERE ({keys}) IN (SELECT {keys} FROM {self.table})")
        staged = self._connection.row(f"SELECT COUNT(*) FROM {self.staging}")
        there, brought = int(counted[0] if counted else 0), int(staged[0] if staged else 0)
        rest = [each.target for each in shape.fields if each.target not in shape.key] or [shape.key[0]]
        sets = ", ".join(f"{quoted(name)} = VALUES({quoted(name)})" for name in rest)
        entered = self._changed(
            f"INSERT INTO {self.table} ({columns}) SELECT {columns} FROM {self.staging} ORDER BY {keys} ON DUPLICATE KEY UPDATE {sets}"
        )
        added = brought - there
        return added, (entered - added) // 2  # a new row counts once, a changed one twice, an equal one not

    def touched(self, shape: Shape) -> Iterator[list[Row]]:
        keys = _names(shape.key)
        return self._connection.stream(f"SELECT {written(shape)} FROM {self.table} WHERE ({keys}) IN (SELECT {keys} FROM {self.staging})")

    def tidy(self) -> None:
        self._connection.rows(f"DROP TABLE IF EXISTS {self.staging}")

    def _changed(self, statement: str) -> int:
        with self._connection.cursor() as cursor:
            return int(cursor.execute(statement))


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))


def _hashed(shape: Shape, which: Stale) -> Iterator[str]:
    """Conditions that name the rows with these hashes, so many at once."""
    for first in range(0, len(which.heads), _AT_ONCE):
        wanted = ", ".join(f"'{head_text(head)}'" for head in which.heads[first : first + _AT_ONCE])
        yield f"LEFT(SHA2({written(shape)}, 256), 16) IN ({wanted})"
