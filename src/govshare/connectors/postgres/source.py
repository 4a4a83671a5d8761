"""One snapshot of a source table, read in ranges.

A snapshot older than the department's own TRUNCATE and reload sees no rows at all: a load that succeeds and is empty. So the
table is locked against being emptied before the snapshot is taken; an account that may read only some columns may not
lock, so the file behind the table is compared instead: as the snapshot knows it, and as it is once the table is held.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, Self

import psycopg
from psycopg import sql

from govshare.connectors.digest import Row
from govshare.connectors.engine import Piece, Shape, Snapshot
from govshare.connectors.errors import SOURCE, Restless, at
from govshare.connectors.postgres.render import Blocks, select
from govshare.connectors.postgres.session import connect
from govshare.connectors.postgres.shape import resolve
from govshare.connectors.postgres.stream import copy_out
from govshare.connectors.values import Selection

_ATTEMPTS = 5  # to find the table at rest

#: Every table this transaction holds: the file behind it as its snapshot has it, and as the catalogs stand now.
_AT_REST: Final = """
    SELECT coalesce(bool_and(c.relfilenode = 0 OR c.relfilenode = pg_relation_filenode(c.oid)), true)
    FROM pg_class c JOIN pg_locks l ON l.relation = c.oid
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.oid >= 16384 AND c.relkind IN ('r', 'm')
"""

_LENGTH: Final = """
    SELECT coalesce(max(pg_relation_size(c.oid)), 0) / current_setting('block_size')::int, greatest(count(*), 1),
           current_setting('block_size')::int
    FROM pg_class c
    WHERE (c.oid = %(relation)s OR c.oid IN (SELECT relid FROM pg_partition_tree(%(relation)s))) AND c.relkind IN ('r', 'm')
"""

_SNAPSHOT: Final = """
    SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE pg_export_snapshot() END
           || ' ' || txid_snapshot_xmin(txid_current_snapshot()) || ':' || txid_snapshot_xmax(txid_current_snapshot())
           || ' ' || to_char(statement_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
"""


class Source:
    """A reading session of one selection. Use it as a context: leaving it ends the snapshot and releases the table."""

    def __init__(self, conninfo: str, selection: Selection, *, hash_key: bytes = b"", name: str = "govshare") -> None:
        self.selection = selection
        self._connection = connect(conninfo, name=name, hash_key=hash_key)
        try:
            self._connection.execute("SET default_transaction_read_only = on")
            self._resolved = resolve(self._connection, selection)
            self.shape: Shape = self._resolved.shape
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def open(self) -> Snapshot:
        """Take a snapshot that holds the table's rows; raises ``Restless`` when the table is emptied again and again meanwhile."""
        for _ in range(_ATTEMPTS):
            self._execute("ROLLBACK")
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if self._resolved.lockable:
                table = sql.Identifier(self.selection.schema, self.selection.table)
                self._execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(table))
            (name,) = self._row(_SNAPSHOT)
            rows, size = self.expected()  # planning also takes hold of whatever lies below a view or in partitions
            if self._row(_AT_REST)[0]:
                blocks, self._parts, self._block_size = self._row(_LENGTH, {"relation": self._resolved.relation})
                return Snapshot(name, blocks, rows, size)
        raise Restless("来源表在取快照期间反复被清空或重写，请在提供部门更新结束后重试")

    def pieces(self, shape: Shape, snapshot: Snapshot, *, start: int, size: int) -> Iterator[Piece]:
        """One range of the file after the other; ``position`` counts blocks of the longest of the table's files."""
        for within in self._ranges(snapshot, start, size):
            end = 0 if within is None else within.last or max(snapshot.length, within.first + 1)
            yield Piece(self._rows(shape, within), end)

    def before(self, shape: Shape, position: int) -> Iterator[list[Row]]:
        return self._rows(shape, Blocks(0, position))

    def _ranges(self, snapshot: Snapshot, start: int, size: int) -> list[Blocks] | list[None]:
        """Ranges that together hold every row from block ``start`` on exactly once; one without limits when it cannot be cut."""
        few = bool(self.selection.conditions) and snapshot.expected_bytes < size and not start  # an index may find them at once
        if few or not self._resolved.blocks:
            return [None]
        step = max(size // self._block_size // self._parts, 1)
        firsts = range(start, max(snapshot.length, start + 1), step)
        return [Blocks(first, first + step) for first in firsts[:-1]] + [Blocks(firsts[-1])]

    def _rows(self, shape: Shape, within: Blocks | None) -> Iterator[list[Row]]:
        """The rows of one range under the snapshot, in batches."""
        query = select(self.selection, casts=self._resolved.casts_for(shape, self.selection), within=within)
        with at(SOURCE):
            yield from copy_out(self._connection, sql.SQL("({})").format(query), shape.form, shape.doubles)

    def expected(self) -> tuple[int, int]:
        """Rows and bytes the planner expects."""
        text = self._row(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(select(self.selection, casts=self._resolved.casts)))[0]
        plan = (json.loads(text) if isinstance(text, str) else text)[0]["Plan"]
        return plan["Plan Rows"], plan["Plan Rows"] * plan["Plan Width"]

    def _execute(self, statement: str | sql.Composed) -> None:
        self._connection.execute(statement)

    def _row(self, statement: str | sql.Composed, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
        row = self._connection.execute(statement, parameters).fetchone()
        if row is None:
            raise psycopg.OperationalError("the server returned no row")
        return row
