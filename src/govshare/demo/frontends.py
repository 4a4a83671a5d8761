"""The departments' front-end exchange databases 「前置交换数据库」: a second private cluster, one database per department.

Each has a schema ``share`` that ``<key>_reader`` may only read, and a schema ``landing`` that ``<key>_writer`` may only
write; everything belongs to ``<key>_owner``, which the platform does not know. The readers' statements are all logged
by the server itself, so that a source can be asked what was asked of it (``statements``).
"""

import re
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from govshare.demo.catalog_plan import tables_of
from govshare.demo.data.tables import MadeTable, create, unhurried
from govshare.demo.roster import BODIES, Body
from govshare.kernel.keyring import Keyring
from govshare.operations.cluster import Cluster

SHARE, LANDING = "share", "landing"
LOG_SECONDS = 30
#: Many databases of made-up rows on one small machine: no commit waits for the disk, and nobody sweeps them every few seconds.
SETTINGS = {"max_connections": "60", "log_min_duration_statement": "-1", "synchronous_commit": "off", "autovacuum_naptime": "15min"}
_LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+ \[\d+\] (?P<user>[^@ ]*)@(?P<database>\S*) (?P<level>\w+):  (?P<text>.*)$"
)

Progress = Callable[[str], None]


def _quiet(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class FrontEnds:
    """The running cluster and how to reach what is in it."""

    home: Path
    cluster: Cluster

    @property
    def port(self) -> int:
        return self.cluster.port

    def account(self, body: Body, purpose: str) -> tuple[str, str]:
        """Name and password of the account that the platform is given."""
        return _account(self.home, body, "reader" if purpose == "provide" else "writer")

    def owner(self, body: Body) -> "psycopg.Connection[Any]":
        """A connection as the department's own database administrator: for looking at what arrived, and for spoiling things."""
        name, password = _account(self.home, body, "owner")
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=body.database, user=name, password=password)

    def statements(self, body: Body) -> list[str]:
        """What the department's server was asked by the platform's reading account until now, as its own log has it.

        The server writes its log a little later than it answers: a statement that nobody else makes says when it has caught up.
        """
        reader, password = self.account(body, "provide")
        last = f"SELECT '{secrets.token_hex(8)}'"
        with psycopg.connect(host="127.0.0.1", port=self.port, dbname=body.database, user=reader, password=password) as link:
            link.execute(sql.SQL(last))
        deadline = time.monotonic() + LOG_SECONDS
        while True:
            files = sorted(self.cluster.log.glob("postgresql-*.log"), key=lambda path: path.stat().st_mtime)
            asked = [statement for path in files for statement in _statements(path, reader)]
            if any(last in statement for statement in asked):
                return [statement for statement in asked if last not in statement]
            if time.monotonic() > deadline:
                raise TimeoutError(f"the log of {body.database} did not catch up in {LOG_SECONDS} s")
            time.sleep(0.1)


def prepare(home: Path, *, rows: int | None = None, roster: Sequence[Body] = BODIES, tell: Progress = _quiet) -> FrontEnds:
    """Make what is missing and start the cluster; what is there already stays as it is. ``rows`` limits what each table gets."""
    home.mkdir(parents=True, exist_ok=True)
    _choose_port(home)
    front_ends = find(home)
    front_ends.cluster.start()
    for body in roster:
        if body.connected:
            _prepare_database(front_ends, body, rows, tell)
    return front_ends


def find(home: Path) -> FrontEnds:
    """The front-end databases of a demonstration, prepared or not; starts nothing, makes nothing."""
    kept = _port_file(home)
    port = int(kept.read_text()) if kept.exists() else None
    return FrontEnds(home, Cluster(home, name="frontends", listen=port, settings=SETTINGS, keys=_keys(home)))


def _keys(home: Path) -> Path:
    return home / "front-end-keys"


def _account(home: Path, body: Body, what: str) -> tuple[str, str]:
    name = f"{body.key}_{what}"
    return name, Keyring(_keys(home)).password(f"{name}.password")


def _port_file(home: Path) -> Path:
    return home / "front-end-port"


def _choose_port(home: Path) -> None:
    """One that is free now, kept from then on: the registered addresses name it."""
    if not _port_file(home).exists():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            _port_file(home).write_text(str(probe.getsockname()[1]))


def _prepare_database(front_ends: FrontEnds, body: Body, rows: int | None, tell: Progress) -> None:
    cluster = front_ends.cluster
    accounts = {what: _account(front_ends.home, body, what) for what in ("owner", "reader", "writer")}
    for name, password in accounts.values():
        cluster.ensure_role(name, password)
    cluster.ensure_database(body.database, accounts["owner"][0])
    _arrange_roles(cluster, reader=accounts["reader"][0], writer=accounts["writer"][0], owner=accounts["owner"][0])
    with front_ends.owner(body) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        _grant(connection, body, {what: sql.Identifier(name) for what, (name, _) in accounts.items()})
        tell(body.short_name)
        for table in tables_of(body):
            if not _has(connection, table):
                create(connection, table, schema=SHARE, rows=rows)
                if table.pace:
                    unhurried(connection, table, schema=SHARE, reader=accounts["reader"][0])


def _arrange_roles(cluster: Cluster, *, reader: str, writer: str, owner: str) -> None:
    """Every statement of the reader is logged (only a superuser may say so, and the role may not unsay it); the owner sees what the
    writer lands, as a department's own administrator does."""
    with psycopg.connect(cluster.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} SET log_statement = 'all'").format(sql.Identifier(reader)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(writer), sql.Identifier(owner)))


_GRANTS = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {reader}, {writer};
CREATE SCHEMA IF NOT EXISTS share;
CREATE SCHEMA IF NOT EXISTS landing;
GRANT USAGE ON SCHEMA share TO {reader};
ALTER DEFAULT PRIVILEGES IN SCHEMA share GRANT SELECT ON TABLES TO {reader};
GRANT USAGE, CREATE ON SCHEMA landing TO {writer};
"""


def _grant(connection: psycopg.Connection[Any], body: Body, roles: dict[str, sql.Identifier]) -> None:
    connection.execute(sql.SQL(_GRANTS).format(database=sql.Identifier(body.database), **roles))


def _has(connection: psycopg.Connection[Any], table: MadeTable) -> bool:
    found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{SHARE}.{table.name}"]).fetchone()
    return found == (True,)


def _statements(path: Path, user: str) -> Iterator[str]:
    """Statements of ``user`` in one log file; a statement's further lines follow indented by a tab."""
    current: list[str] = []
    for line in path.read_text("utf-8", errors="replace").splitlines():
        found = _LOG_LINE.match(line)
        if found is None and line.startswith("\t"):
            current = [*current, line.strip()] if current else []
            continue
        if current:
            yield "\n".join(current)
        current = [found["text"]] if found and found["user"] == user and found["level"] in {"LOG", "DETAIL"} else []
    if current:
        yield "\n".join(current)
