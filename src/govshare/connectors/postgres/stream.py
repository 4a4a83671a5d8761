"""COPY as raw bytes, binary or text: out as batches of rows, in as blocks. No value becomes a Python object."""

import select
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import psycopg
from psycopg import errors, pq, sql

from govshare.connectors.digest import Form, Row
from govshare.connectors.errors import Miscounted
from govshare.connectors.lines import canonical

Connection = psycopg.Connection[tuple[Any, ...]]

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0"
HEADER: Final = SIGNATURE + bytes(8)  # no flags, no extension
TRAILER: Final = b"\xff\xff"
_BATCH: Final = 1 << 15  # bytes of rows handed on at a time: they stay in the processor's cache; four times as many cost a third more


def copy_out(connection: Connection, what: sql.Composable, form: Form = Form.BINARY, doubles: Sequence[int] = ()) -> Iterator[list[Row]]:
    """Yield the rows of ``what``, a table or a query in parentheses, in batches, each row the bytes of its tuple or its line.

    PostgreSQL sends one message per row, in binary with the file header before the first and the trailer after the last; the
    count in its closing message is compared with ours. Left before its end, the connection is of no further use: close it.
    ``doubles``: the columns of a text that are floats.
    """
    if form == Form.TEXT:
        for lines in _messages(connection, sql.SQL("COPY {} TO STDOUT").format(what), framed=False):
            yield canonical(lines, doubles)
    else:
        yield from _messages(connection, sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(what), framed=True)


def _messages(connection: Connection, statement: sql.Composable, *, framed: bool) -> Iterator[list[Row]]:
    """``framed``: with a header to be taken off and a trailer without which the stream is not whole."""
    pgconn, messages = connection.pgconn, 0
    poll = _begin(pgconn, statement.as_bytes(connection))
    batch: list[Row] = []
    size, whole = 0, not framed
    take, add = pgconn.get_copy_data, batch.append
    while True:
        length, message = take(1)
        if length > 0:
            add(message)
            size += length
            if size < _BATCH:
                continue
        elif length == 0:
            poll.poll()
            pgconn.consume_input()
            continue
        if framed and messages == 0 and batch:
            batch[0] = _headless(batch[0])
        if framed and batch and batch[-1] == TRAILER:
            batch.pop()
            whole = True
        if batch:
            messages += len(batch)
            yield batch
        if length < 0:
            break
        batch = []
        size, add = 0, batch.append
    _end(pgconn, messages if whole else -1)


def _begin(pgconn: pq.abc.PGconn, statement: bytes) -> select.poll:
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    pgconn.send_query(statement)
    while pgconn.is_busy():
        poll.poll()
        pgconn.consume_input()
    result = pgconn.get_result()
    if result is None or result.status != pq.ExecStatus.COPY_OUT:
        raise _error(pgconn, result)
    return poll


def _end(pgconn: pq.abc.PGconn, messages: int) -> None:
    result = pgconn.get_result()
    if result is None or result.status != pq.ExecStatus.COMMAND_OK:
        raise _error(pgconn, result)
    if result.command_tuples != messages:
        raise Miscounted(f"服务器报告 {result.command_tuples} 行，实际收到 {messages} 行")
    while pgconn.get_result() is not None:
        pass


def _error(pgconn: pq.abc.PGconn, result: pq.abc.PGresult | None) -> psycopg.Error:
    """What went wrong, with the rest of it read off, so that the connection can be used again."""
    while result and pgconn.get_result() is not None:
        pass
    return errors.error_from_result(result) if result else psycopg.OperationalError("the connection was lost")


def _headless(message: Row) -> Row:
    """The first message without the file header before it."""
    if bytes(message[: len(SIGNATURE)]) != SIGNATURE:
        raise Miscounted("数据流开头不是二进制 COPY 的标识")
    extension = int.from_bytes(message[15:19])
    return message[19 + extension :]


def copy_in(connection: Connection, table: sql.Composable, batches: Iterable[list[Row]], form: Form = Form.BINARY) -> None:
    """Write ``batches`` into ``table`` with one COPY, in the caller's transaction."""
    binary = form == Form.BINARY
    statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)" if binary else "COPY {} FROM STDIN")
    with connection.cursor().copy(statement.format(table)) as copy:
        if binary:
            copy.write(HEADER)
        for batch in batches:
            copy.write(b"".join(batch))
        if binary:
            copy.write(TRAILER)
