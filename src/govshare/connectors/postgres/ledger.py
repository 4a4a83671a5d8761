"""The tables the platform keeps in a recipient's landing schema, so that rows and the record of them commit together.

``govshare_landing`` has one row per transfer: who may write (the fencing token) and what was delivered last.
``govshare_ledger`` has one row per committed chunk, and one per delivery. ``govshare_applied`` has one row per delivery in the modes
that apply rows to a delivered table: the watermark it confirmed, and what it changed. All belong to the recipient, who may read them.
"""

from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from govshare.connectors import applied
from govshare.connectors.applied import Applied
from govshare.connectors.errors import Fenced
from govshare.connectors.ledger import COLUMNS, Line

Connection = psycopg.Connection[tuple[Any, ...]]

_TABLES: Final = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.govshare_landing (
        transfer uuid PRIMARY KEY,
        token bigint NOT NULL,
        run uuid NOT NULL,
        grants text NOT NULL DEFAULT '[]',
        delivered bigint NOT NULL DEFAULT 0,
        claimed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS {schema}.govshare_ledger (
        run uuid NOT NULL,
        chunk integer NOT NULL,
        v smallint NOT NULL DEFAULT 1,
        transfer uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('load', 'reconcile', 'deliver')),
        snapshot text NOT NULL,
        position bigint NOT NULL,
        rows bigint NOT NULL,
        bytes bigint NOT NULL,
        digest bytea NOT NULL CHECK (octet_length(digest) = 32),
        chain bytea NOT NULL CHECK (octet_length(chain) = 32),
        token bigint NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (run, chunk)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS {schema}.govshare_applied (
        run uuid PRIMARY KEY,
        transfer uuid NOT NULL,
        token bigint NOT NULL,
        mode text NOT NULL,
        since text NOT NULL,
        until text NOT NULL,
        whole smallint NOT NULL,
        added bigint NOT NULL,
        changed bigint NOT NULL,
        unchanged bigint NOT NULL,
        removed bigint NOT NULL
    )
    """,
)


_LINES: Final = f"SELECT {', '.join(COLUMNS)} FROM {{schema}}.govshare_ledger WHERE run = %s ORDER BY chunk"  # noqa: S608 - our own names
_WRITE: Final = (
    f"INSERT INTO {{schema}}.govshare_ledger (run, transfer, {', '.join(COLUMNS)})"  # noqa: S608 - our own names
    f" VALUES ({', '.join(['%s'] * (len(COLUMNS) + 2))})"
)
_NOTED: Final = ", ".join(applied.COLUMNS)
_NOTE: Final = (
    f"INSERT INTO {{schema}}.govshare_applied (run, transfer, token, {_NOTED})"  # noqa: S608 - our own names
    f" VALUES ({', '.join(['%s'] * (len(applied.COLUMNS) + 3))})"
)
_LAST: Final = f"SELECT {_NOTED} FROM {{schema}}.govshare_applied WHERE transfer = %s ORDER BY token DESC LIMIT 1"  # noqa: S608 - our own


class Ledger:
    """The ledger of one transfer as one worker writes it. Every method but ``claim`` runs in the caller's transaction."""

    def __init__(self, connection: Connection, schema: str, *, transfer: UUID, run: UUID, token: int) -> None:
        self._connection = connection
        self._schema = sql.Identifier(schema)
        self._transfer, self._run, self._token = transfer, run, token

    def claim(self) -> None:
        """Make this worker the only one that may write; raises ``Fenced`` when a later one already is."""
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(hashtext('govshare ledger'))")  # IF NOT EXISTS alone races
            for statement in _TABLES:
                self._execute(statement)
        with self._connection.transaction():
            claimed = self._execute(
                """
                INSERT INTO {schema}.govshare_landing AS held (transfer, token, run) VALUES (%s, %s, %s)
                ON CONFLICT (transfer) DO UPDATE SET token = excluded.token, run = excluded.run, claimed_at = clock_timestamp()
                WHERE held.token <= excluded.token
                """,
                [self._transfer, self._token, self._run],
            )
        if claimed.rowcount != 1:
            raise Fenced("另一个工作进程已接管本次传输")

    def hold(self) -> str:
        """Lock the right to write until the transaction ends; return the grants kept for the delivery."""
        row = self._execute(
            "SELECT token, run, grants FROM {schema}.govshare_landing WHERE transfer = %s FOR UPDATE", [self._transfer]
        ).fetchone()
        if row is None or row[0] != self._token or row[1] != self._run:
            raise Fenced("另一个工作进程已接管本次传输")
        return str(row[2])

    def delivered(self, table: int) -> bool:
        """Whether this table (its oid) was delivered here, by this transfer or by an earlier one into whose place it steps."""
        book = f"{self._schema.as_string(None)}.govshare_landing"
        if self._connection.execute("SELECT to_regclass(%s)", [book]).fetchone() == (None,):
            return False
        return self._execute("SELECT 1 FROM {schema}.govshare_landing WHERE delivered = %s", [table]).fetchone() is not None

    def keep(self, *, delivered: int | None = None, grants: str | None = None) -> None:
        self._execute(
            "UPDATE {schema}.govshare_landing SET delivered = coalesce(%s, delivered), grants = coalesce(%s, grants) WHERE transfer = %s",
            [delivered, grants, self._transfer],
        )

    def mine(self) -> int:
        """The table (its oid) that this transfer delivered last."""
        row = self._execute("SELECT delivered FROM {schema}.govshare_landing WHERE transfer = %s", [self._transfer]).fetchone()
        return int(row[0]) if row else 0

    def note(self, what: Applied) -> None:
        """Keep what this run's delivery confirms."""
        self._execute(_NOTE, [self._run, self._transfer, self._token, *what.values])

    def last(self) -> Applied | None:
        """What the last delivery of this transfer confirmed."""
        row = self._execute(_LAST, [self._transfer]).fetchone()
        return applied.read(row) if row else None

    def lines(self) -> list[Line]:
        """What this run has committed so far, in order."""
        rows = self._execute(_LINES, [self._run])
        return [Line.read(row) for row in rows]

    def write(self, line: Line) -> None:
        self._execute(_WRITE, [self._run, self._transfer, *line.values])

    def forget(self) -> None:
        """Start this run's lines again; and drop the chunk lines of this transfer's earlier runs, whose deliveries stay."""
        self._execute(
            "DELETE FROM {schema}.govshare_ledger WHERE transfer = %s AND (run = %s OR kind <> 'deliver')", [self._transfer, self._run]
        )

    def _execute(self, statement: Any, parameters: list[Any] | None = None) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._connection.execute(sql.SQL(statement).format(schema=self._schema), parameters)
