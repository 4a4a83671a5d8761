"""Two departments' front-end exchange databases: private clusters of their own, durable, with the accounts real ones have."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import register
from govshare.operations.cluster import Cluster

DATABASE: Final = "front"
LANDING: Final = "landing"


@dataclass(frozen=True, slots=True)
class Front:
    """One front-end database: ``admin`` is its operator, ``conninfo`` what the platform, and psql, are given."""

    admin: psycopg.Connection[tuple[Any, ...]]
    account: str
    conninfo: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fronts:
    home: Path
    source: Front
    recipient: Front

    def clear(self) -> None:
        """An empty landing schema, and nothing left to be written by what went before: the same start for every contender."""
        account = sql.Identifier(self.recipient.account)
        self.recipient.admin.execute(sql.SQL("DROP SCHEMA IF EXISTS landing CASCADE"))
        self.recipient.admin.execute(sql.SQL("CREATE SCHEMA landing AUTHORIZATION {}").format(account))
        for front in (self.source, self.recipient):
            front.admin.execute("CHECKPOINT")


@contextmanager
def fronts(rows: int) -> Iterator[Fronts]:
    """The source with ``rows`` rows in it and the empty recipient; both are gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="govshare-bench-"))
    home.chmod(0o711)  # as root, the servers are another account
    try:
        with _front(home, "source") as source, _front(home, "recipient") as recipient:
            _fill(source, rows)
            yield Fronts(home, source, recipient)
    finally:
        shutil.rmtree(home)


@contextmanager
def _front(home: Path, name: str) -> Iterator[Front]:
    """A cluster with the server's default settings: what it has committed is on the disk."""
    cluster = Cluster(home, name=name)
    account, password = f"platform_{name}", secrets.token_hex(16)
    try:
        cluster.start()
        cluster.ensure_role(account, password)
        cluster.ensure_database(DATABASE, "govshare_admin")
        with psycopg.connect(cluster.url("admin", DATABASE), autocommit=True) as admin:
            conninfo = make_conninfo(
                host=os.fspath(cluster.socket_directory), port=cluster.port, dbname=DATABASE, user=account, password=password
            )
            yield Front(admin, account, conninfo)
    finally:
        cluster.stop()


def _fill(source: Front, rows: int) -> None:
    """Every row settled (hint bits set), so that the first reader has no more to do than the next."""
    account, table = sql.Identifier(source.account), sql.Identifier(register.SCHEMA, register.TABLE)
    readable = sql.SQL(", ").join(map(sql.Identifier, ("ctid", *register.GRANTED)))
    for statement in (
        sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(register.SCHEMA)),
        sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(register.columns_of(tuple(register.COLUMNS)))),
        sql.SQL(register.FILL).format(rows=sql.Literal(rows)),
        sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(table, sql.Identifier(register.KEY)),
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(register.SCHEMA), account),
        sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(readable, table, account),
        sql.SQL("VACUUM (FREEZE, ANALYZE) {}").format(table),
    ):
        source.admin.execute(statement)
