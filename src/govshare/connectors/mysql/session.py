"""Connections to databases of the MySQL family: pinned to judged addresses, certificate demanded, one spelling of every value.

A connection is described by a URL, ``mysql://account:password@host:port/database?addresses=…&ca=…``: ``addresses`` are tried in
their order, ``host`` is the name the certificate has to carry, ``ca`` the file of the authorities it may come from (``system``:
the machine's own); without ``ca`` the connection is not encrypted. Rows go in and out as bytes: out by an unbuffered result
whose columns nobody decodes, in as the answer to a LOAD DATA LOCAL that we asked for ourselves. The server may ask for no file
of its own choosing: what would answer it is switched off.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import pymysql
from pymysql.constants import CLIENT, COMMAND
from pymysql.cursors import SSCursor

from govshare.connectors.digest import Row
from govshare.connectors.errors import Miscounted

SCHEME: Final = "mysql"
_CONNECT_SECONDS: Final = 10
BATCH: Final = 1 << 15  # bytes of rows handed on at a time
_PACKET: Final = 1 << 20  # bytes of a packet of rows; the protocol ends at 16 MiB
_SERVER_GONE: Final = 2003  # the driver's number for a server that cannot be reached

#: No quiet repairs, no second way of quoting; a date that the source's own rules let in comes out as it is.
_MODE: Final = "STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"

_SPELLING: Final = (
    f"SET NAMES utf8mb4, sql_mode = '{_MODE}', time_zone = '+00:00', lock_wait_timeout = 30, innodb_lock_wait_timeout = 30,"
    " net_read_timeout = 600, net_write_timeout = 600, wait_timeout = 28800"
)


def url(*, host: str, port: int, database: str, account: str, password: str, addresses: Iterable[str] = (), ca: str = "") -> str:
    """The words that ``connect`` takes. They hold the password."""
    more = {"addresses": ",".join(addresses), "ca": ca}
    query = urlencode({key: value for key, value in more.items() if value})
    named = f"[{host}]" if ":" in host else host
    return f"{SCHEME}://{quote(account, safe='')}:{quote(password, safe='')}@{named}:{port}/{quote(database, safe='')}?{query}"


class Connection(pymysql.connections.Connection):
    """A connection whose results and loads can be streams of rows."""

    def stream(self, statement: str, *, batch_bytes: int = BATCH) -> Iterator[list[Row]]:
        """The only column of ``statement``, row by row as bytes, in batches. Left before its end, the connection is closed."""
        batch: list[Row] = []
        size, whole = 0, False
        cursor = SSCursor(self)
        try:
            cursor.execute(statement)
            for (row,) in cursor.fetchall_unbuffered():
                if row is None:
                    raise Miscounted("来源有一行超过该库的 max_allowed_packet，读不出来；请其管理员调大后重试")
                batch.append(row)
                size += len(row)
                if size >= batch_bytes:
                    yield batch
                    batch, size = [], 0
            whole = True
            if batch:
                yield batch
        finally:
            if whole:
                cursor.close()
            else:
                self._give_up(cursor)

    def _give_up(self, cursor: Any) -> None:
        """Close, instead of reading to the end what nobody wants: that takes as long as the table is large."""
        if cursor._result:
            cursor._result.unbuffered_active = False
        cursor.connection = None
        self._force_close()  # type: ignore[attr-defined]

    def load(self, statement: str, batches: Iterable[list[Row]]) -> tuple[int, int]:
        """Answer a LOAD DATA LOCAL with ``batches``; return how many rows went in and how many warnings there were.

        A load cannot be given up half-way but by closing the connection, which rolls its transaction back.
        """
        link: Any = self  # the stubs leave out what a driver's own subclass may use
        link._execute_command(COMMAND.COM_QUERY, statement)
        if not link._read_packet().is_load_local_packet():
            raise pymysql.err.InternalError("the server did not ask for the rows")
        try:
            for batch in batches:
                data = b"".join(batch)
                for start in range(0, len(data), _PACKET):
                    self.write_packet(data[start : start + _PACKET])
        except BaseException:
            self._force_close()  # type: ignore[attr-defined]
            raise
        self.write_packet(b"")
        result = pymysql.connections.MySQLResult(self)
        result.read()
        return result.affected_rows or 0, result.warning_count

    def rows(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a small answer, texts decoded, everything else as bytes or numbers of Python."""
        with self.cursor() as cursor:
            cursor.execute(statement, parameters)
            return [tuple(row) for row in cursor.fetchall()]

    def row(self, statement: str, parameters: Any = None) -> tuple[Any, ...] | None:
        found = self.rows(statement, parameters)
        return found[0] if found else None


def connect(conninfo: str, *, name: str = "govshare") -> Connection:
    """Open a connection that waits boundedly; ``name`` is what its operator sees among the session's attributes."""
    parts = urlsplit(conninfo)
    query = parse_qs(parts.query)
    host, port = parts.hostname or "", parts.port or 3306
    ca = query.get("ca", [""])[0]
    connection = Connection(
        host=host,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.removeprefix("/")) or None,
        charset="utf8mb4",
        autocommit=True,
        program_name=name,
        defer_connect=True,
        client_flag=CLIENT.LOCAL_FILES,
        ssl=_tls(ca) if ca else None,
        ssl_disabled=not ca,
        init_command=_SPELLING,
        read_timeout=_CONNECT_SECONDS,
    )
    connection.connect(_socket(query.get("addresses", [host])[0].split(","), port))
    connection._read_timeout = None  # type: ignore[attr-defined]  # an answer takes as long as the table is large
    return connection


def _tls(ca: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=None if ca == "system" else ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _socket(addresses: list[str], port: int) -> socket.socket:
    """The first of the addresses that answers; a peer that falls silent is given up after a minute."""
    for address in addresses:
        try:
            found = socket.create_connection((address, port), _CONNECT_SECONDS)
        except OSError as error:
            failed = error
            continue
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 60_000)):
            if hasattr(socket, option):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        return found
    raise pymysql.err.OperationalError(_SERVER_GONE, str(failed))
