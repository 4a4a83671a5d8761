"""Two departments' front-end exchange databases on the test cluster, reached over TCP with the rights real ones have.

The provider's account may read what the test grants it and nothing else; the recipient's may write one landing schema.
One pair of databases serves the whole run; every test has schemas of its own in them.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from govshare.connectors import Column, Selection
from govshare.connectors.full import Delivery, Load, Progress, full_load


@dataclass
class Front:
    """One front-end database: ``admin`` is its operator, ``account`` what the platform is given."""

    admin: psycopg.Connection[Any]
    schema: str
    host: str
    port: int
    database: str
    account: str
    password: str

    @property
    def conninfo(self) -> str:
        return make_conninfo(
            host="localhost", hostaddr=self.host, port=self.port, dbname=self.database, user=self.account, password=self.password
        )

    def run(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """As its operator, with ``{s}`` standing for the schema and ``{a}`` for the account."""
        text = statement.replace("{s}", self.schema).replace("{a}", self.account)
        cursor = self.admin.execute(text, parameters)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []

    def readable(self, table: str, *columns: str) -> None:
        """Grant the account all of ``table``, or only these columns of it."""
        what = f"SELECT ({', '.join(columns)})" if columns else "SELECT"
        self.run(f"GRANT {what} ON {{s}}.{table} TO {{a}}")

    def rows(self, table: str, columns: str = "*", order: str = "1") -> list[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {{s}}.{table} ORDER BY {order}")


@dataclass
class Fronts:
    provider: Front
    recipient: Front
    watched: list[Progress] = field(default_factory=list)

    def table(self, name: str, columns: str, *values: str) -> None:
        """Make a table at the provider, wholly readable, with these rows."""
        self.provider.run(f"CREATE TABLE {{s}}.{name} ({columns})")
        self.provider.readable(name)
        if values:
            self.provider.run(f"INSERT INTO {{s}}.{name} VALUES {', '.join(values)}")

    def selection(self, table: str, *columns: str | Column, key: tuple[str, ...] = (), conditions: tuple[Any, ...] = ()) -> Selection:
        plain = tuple(Column(column, column) if isinstance(column, str) else column for column in columns)
        return Selection(self.provider.schema, table, plain, conditions, key)

    def load(self, selection: Selection, *, transfer: UUID | None = None, run: UUID | None = None, token: int = 1, **more: Any) -> Load:
        return Load(
            transfer=transfer or uuid4(),
            run=run or uuid4(),
            token=token,
            selection=selection,
            source=self.provider.conninfo,
            target=self.recipient.conninfo,
            schema=self.recipient.schema,
            table=more.pop("table", selection.table),
            **more,
        )

    def deliver(self, selection: Selection, watch: Callable[[Progress], None] | None = None, **more: Any) -> Delivery:
        return full_load(self.load(selection, **more), watch or self.watched.append)


def _make(cluster: str, account: str, password: str) -> tuple[str, psycopg.Connection[Any]]:
    name = f"front_{secrets.token_hex(5)}"
    with psycopg.connect(cluster, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(sql.Identifier(name)))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(account), sql.Literal(password)))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(account)))
    return name, psycopg.connect(make_conninfo(cluster, dbname=name), autocommit=True)


@contextmanager
def _database(cluster: str) -> Iterator[Front]:
    account, password = f"platform_{secrets.token_hex(4)}", secrets.token_hex(8)
    name, admin = _make(cluster, account, password)
    port = int(str(conninfo_to_dict(cluster).get("port", 5432)))
    try:
        with admin:
            admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            yield Front(admin, "", "127.0.0.1", port, name, account, password)
    finally:
        with psycopg.connect(cluster, autocommit=True) as last:
            last.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            last.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(account)))


@pytest.fixture(scope="session")
def front_databases(cluster: str) -> Iterator[tuple[Front, Front]]:
    with _database(cluster) as provider, _database(cluster) as recipient:
        yield provider, recipient


@pytest.fixture
def fronts(front_databases: tuple[Front, Front]) -> Iterator[Fronts]:
    provider, recipient = front_databases
    provider.schema, recipient.schema = f"out_{secrets.token_hex(4)}", f"in_{secrets.token_hex(4)}"
    provider.run("CREATE SCHEMA {s}")
    provider.run("GRANT USAGE ON SCHEMA {s} TO {a}")
    recipient.run("CREATE SCHEMA {s}")
    recipient.run("GRANT USAGE, CREATE ON SCHEMA {s} TO {a}")
    yield Fronts(provider, recipient)
    for front in (provider, recipient):
        front.run("DROP SCHEMA {s} CASCADE")
