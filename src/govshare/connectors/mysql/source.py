"""One snapshot of a MySQL-family table, read as one stream in the order of its primary key and cut into pieces.

``START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY`` under REPEATABLE READ fixes one view of the database: every row of
every later SELECT in it is as it stood at that moment. Its name is the connection that holds it, the moment, and, where the server
keeps a binary log, the log's position that the view corresponds to. The first SELECT also takes a metadata lock that keeps
the table from being emptied or altered until the end; a table altered between the two says so (error 1412), and a new view is
taken.

A position counts rows in the order of the primary key. After a crash the rows before it are compared under the new snapshot by
their hashes, and the stream goes on behind them: no key's value has to be kept anywhere.
"""

from collections.abc import Iterator
from typing import Any, Final, Self

import pymysql

from govshare.connectors.digest import Row
from govshare.connectors.engine import Piece, Shape, Snapshot
from govshare.connectors.errors import SOURCE, Restless, at
from govshare.connectors.mysql.failures import REDEFINED, number_of
from govshare.connectors.mysql.render import quoted, select
from govshare.connectors.mysql.secret import hand_over
from govshare.connectors.mysql.session import BATCH, connect
from govshare.connectors.mysql.shape import Resolved, resolve
from govshare.connectors.values import Selection, Treatment

_ATTEMPTS = 5  # to find the table at rest
_SNAPSHOT: Final = "SELECT CONNECTION_ID(), DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ')"


class Source:
    """A reading session of one selection."""

    def __init__(self, conninfo: str, selection: Selection, *, hash_key: bytes = b"", name: str = "govshare") -> None:
        self.selection = selection
        self._connection = connect(conninfo, name=name)
        try:
            self._connection.rows("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._resolved: Resolved = resolve(self._connection, selection)
            self.shape: Shape = self._resolved.shape
            if any(column.treatment == Treatment.KEYED_HASH for column in selection.delivered):
                hand_over(self._connection, hash_key)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        self._connection._force_close()  # type: ignore[attr-defined]  # ends the snapshot; never waits for rows nobody reads

    def expected(self) -> tuple[int, int]:
        return self._resolved.rows, self._resolved.bytes

    def open(self) -> Snapshot:
        for _ in range(_ATTEMPTS):
            self._connection.rows("ROLLBACK")
            self._connection.rows("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            name = self._name()
            try:
                self._connection.rows(f"SELECT 1 FROM {quoted(self.selection.schema, self.selection.table)} LIMIT 1")
            except pymysql.MySQLError as error:
                if number_of(error) != REDEFINED:
                    raise
                continue
            rows, size = self.expected()
            return Snapshot(name, rows, rows, size)
        raise Restless("来源表在取快照期间反复被清空或重写，请在提供部门更新结束后重试")

    def _name(self) -> str:
        connection, moment = self._one(_SNAPSHOT)
        log = dict(self._connection.rows("SHOW STATUS LIKE 'Binlog_snapshot_%%'"))
        place = f"{log['Binlog_snapshot_file']}:{log['Binlog_snapshot_position']} " if log.get("Binlog_snapshot_file") else ""
        return f"{connection} {place}{moment}"

    def pieces(self, shape: Shape, snapshot: Snapshot, *, start: int, size: int) -> Iterator[Piece]:  # noqa: ARG002 - one is open
        """One stream, cut at batches; ``position`` counts rows."""
        stream = self._rows(shape, start, batch_bytes=min(size, BATCH))
        position = start
        first: list[Row] | None = next(stream, [])
        while first is not None:
            cut = _Cut(stream, first, position, size)
            piece = Piece(iter(()), position)
            piece.rows = cut.into(piece)
            yield piece
            first, position = cut.left, cut.position

    def before(self, shape: Shape, position: int) -> Iterator[list[Row]]:
        return self._rows(shape, 0, position)

    def _rows(self, shape: Shape, start: int, stop: int | None = None, *, batch_bytes: int = BATCH) -> Iterator[list[Row]]:
        found = self._resolved
        statement = select(self.selection, shape.kinds, found.kinds, order=found.order, start=start, stop=stop)
        with at(SOURCE):
            yield from self._connection.stream(statement, batch_bytes=batch_bytes)

    def _one(self, statement: str) -> tuple[Any, ...]:
        row = self._connection.row(statement)
        if row is None:
            raise pymysql.OperationalError("the server returned no row")
        return row


class _Cut:
    """About ``size`` bytes of a stream; ``left`` is the first batch behind them, None at the stream's end."""

    def __init__(self, stream: Iterator[list[Row]], first: list[Row], position: int, size: int) -> None:
        self.stream, self.position, self.size = stream, position, size
        self.left: list[Row] | None = first

    def into(self, piece: Piece) -> Iterator[list[Row]]:
        taken = 0
        batch: list[Row] | None = self.left
        while batch is not None and taken < self.size:
            taken += sum(map(len, batch))
            self.position += len(batch)
            piece.position = self.position
            yield batch
            batch = next(self.stream, None)
        self.left = batch
