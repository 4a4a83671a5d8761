"""The tables the platform keeps in a recipient's landing schema, so that rows and the record of them commit together.

As in PostgreSQL, with one more kind of line: DDL commits by itself here, so a delivery is announced by a ``swap`` line, made by a
RENAME, which is atomic, and confirmed by turning the line into ``deliver``. What a table was built for stands in its comment,
which a RENAME carries along: so after a crash anywhere in between, the table itself says whether it was put in place.
"""

from typing import Final
from uuid import UUID

from govshare.connectors import applied
from govshare.connectors.applied import Applied
from govshare.connectors.errors import Fenced
from govshare.connectors.ledger import COLUMNS, Line
from govshare.connectors.mysql.render import quoted
from govshare.connectors.mysql.session import Connection

_TABLES: Final = (
    """
    CREATE TABLE IF NOT EXISTS {landing} (
        transfer char(32) NOT NULL PRIMARY KEY,
        token bigint NOT NULL,
        run char(32) NOT NULL,
        delivered char(32) NOT NULL DEFAULT '',
        claimed_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
    ) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    """,
    """
    CREATE TABLE IF NOT EXISTS {ledger} (
        run char(32) NOT NULL,
        chunk int NOT NULL,
        v smallint NOT NULL,
        transfer char(32) NOT NULL,
        kind varchar(12) NOT NULL,
        snapshot varchar(200) NOT NULL,
        position bigint NOT NULL,
        `rows` bigint NOT NULL,
        bytes bigint NOT NULL,
        digest binary(32) NOT NULL,
        chain binary(32) NOT NULL,
        token bigint NOT NULL,
        committed_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
        PRIMARY KEY (run, chunk)
    ) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    """,
    """
    CREATE TABLE IF NOT EXISTS {applied} (
        run char(32) NOT NULL PRIMARY KEY,
        transfer char(32) NOT NULL,
        token bigint NOT NULL,
        mode varchar(12) NOT NULL,
        since varchar(64) NOT NULL,
        until varchar(64) NOT NULL,
        whole smallint NOT NULL,
        added bigint NOT NULL,
        changed bigint NOT NULL,
        unchanged bigint NOT NULL,
        removed bigint NOT NULL
    ) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    """,
)
_NAMED: Final = ", ".join(map(quoted, COLUMNS))
_NOTED: Final = ", ".join(map(quoted, applied.COLUMNS))


class Ledger:
    """The ledger of one transfer as one worker writes it, on whichever of its connections it is told."""

    def __init__(self, schema: str, *, transfer: UUID, run: UUID, token: int) -> None:
        self._landing, self._ledger = quoted(schema, "govshare_landing"), quoted(schema, "govshare_ledger")
        self._applied = quoted(schema, "govshare_applied")
        self._transfer, self._run, self._token = transfer.hex, run.hex, token

    def make(self, connection: Connection) -> None:
        for statement in _TABLES:
            connection.rows(statement.format(landing=self._landing, ledger=self._ledger, applied=self._applied))

    def holder(self, connection: Connection) -> int | None:
        """The token that may write now; raises ``Fenced`` when it is a later one than ours."""
        row = connection.row(f"SELECT token FROM {self._landing} WHERE transfer = %s", [self._transfer])
        if row and row[0] > self._token:
            raise Fenced("另一个工作进程已接管本次传输")
        return int(row[0]) if row else None

    def take(self, connection: Connection, former: int | None) -> bool:
        """Make this worker the only one that may write, if ``former`` still is; False when another came first."""
        if former is None:
            statement = f"INSERT IGNORE INTO {self._landing} (transfer, token, run) VALUES (%s, %s, %s)"
            return self._changed(connection, statement, [self._transfer, self._token, self._run])
        statement = f"UPDATE {self._landing} SET token = %s, run = %s, claimed_at = CURRENT_TIMESTAMP(6) WHERE transfer = %s AND token = %s"
        return self._changed(connection, statement, [self._token, self._run, self._transfer, former])

    def hold(self, connection: Connection) -> None:
        """Lock the right to write until the transaction ends."""
        row = connection.row(f"SELECT token, run FROM {self._landing} WHERE transfer = %s FOR UPDATE", [self._transfer])
        if row != (self._token, self._run):
            raise Fenced("另一个工作进程已接管本次传输")

    def delivered(self, connection: Connection) -> set[str]:
        """The runs whose tables were delivered into this schema last, each by its transfer."""
        return {run for (run,) in connection.rows(f"SELECT delivered FROM {self._landing} WHERE delivered <> ''")}

    def mine(self, connection: Connection) -> str:
        """The run that built the table which this transfer delivered last."""
        row = connection.row(f"SELECT delivered FROM {self._landing} WHERE transfer = %s", [self._transfer])
        return str(row[0]) if row else ""

    def note(self, connection: Connection, what: Applied) -> None:
        """Keep what this run's delivery will confirm, once its line says that it was made."""
        places = ", ".join(["%s"] * (len(applied.COLUMNS) + 3))
        statement = f"REPLACE INTO {self._applied} (run, transfer, token, {_NOTED}) VALUES ({places})"
        connection.rows(statement, [self._run, self._transfer, self._token, *what.values])

    def last(self, connection: Connection) -> Applied | None:
        """What the last delivery of this transfer confirmed."""
        delivered = f"run IN (SELECT run FROM {self._ledger} WHERE transfer = %s AND kind = 'deliver')"
        statement = f"SELECT {_NOTED} FROM {self._applied} WHERE transfer = %s AND {delivered} ORDER BY token DESC LIMIT 1"
        row = connection.row(statement, [self._transfer, self._transfer])
        return applied.read(row) if row else None

    def lines(self, connection: Connection) -> list[Line]:
        """What this run has committed so far, in order."""
        rows = connection.rows(f"SELECT {_NAMED} FROM {self._ledger} WHERE run = %s ORDER BY chunk", [self._run])
        return [Line.read(row) for row in rows]

    def write(self, connection: Connection, line: Line) -> None:
        places = ", ".join(["%s"] * (len(COLUMNS) + 2))
        values = [value.hex() if isinstance(value, bytes) else value for value in line.values]
        bound = places.split(", ")
        for at, name in enumerate(COLUMNS, 2):
            bound[at] = "UNHEX(%s)" if name in {"digest", "chain"} else "%s"
        statement = f"INSERT INTO {self._ledger} (run, transfer, {_NAMED}) VALUES ({', '.join(bound)})"
        connection.rows(statement, [self._run, self._transfer, *values])

    def announced(self, connection: Connection) -> list[str]:
        """The runs of this transfer that were about to be delivered when their worker was lost."""
        statement = f"SELECT run FROM {self._ledger} WHERE transfer = %s AND kind = 'swap' FOR UPDATE"
        return [run for (run,) in connection.rows(statement, [self._transfer])]

    def settle(self, connection: Connection, run: str, *, delivered: bool) -> None:
        """Turn the announced delivery of ``run`` into one that was made, or take the announcement back."""
        if not delivered:
            connection.rows(f"DELETE FROM {self._ledger} WHERE run = %s AND kind = 'swap'", [run])
            return
        connection.rows(f"UPDATE {self._ledger} SET kind = 'deliver' WHERE run = %s AND kind = 'swap'", [run])
        connection.rows(f"UPDATE {self._landing} SET delivered = %s WHERE transfer = %s", [run, self._transfer])

    def forget(self, connection: Connection) -> None:
        """Start this run's lines again; and drop the chunk lines of this transfer's earlier runs, whose deliveries stay."""
        statement = f"DELETE FROM {self._ledger} WHERE transfer = %s AND (run = %s OR kind <> 'deliver')"
        connection.rows(statement, [self._transfer, self._run])

    def _changed(self, connection: Connection, statement: str, parameters: list[object]) -> bool:
        with connection.cursor() as cursor:
            return bool(cursor.execute(statement, parameters))
