"""PostgreSQL, as source and as recipient."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from govshare.connectors.engine import Engine
from govshare.connectors.postgres import describe as _describe
from govshare.connectors.postgres import failures
from govshare.connectors.postgres.landing import Landing
from govshare.connectors.postgres.render import Blocks, select
from govshare.connectors.postgres.session import connect
from govshare.connectors.postgres.source import Source
from govshare.connectors.values import Probe, Selection, Table

__all__ = ["ENGINE", "Blocks", "connect", "describe", "failures", "one", "probe", "select"]


@contextmanager
def _connected(to: str | psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    if isinstance(to, str):
        with connect(to, name="govshare look") as connection:
            connection.execute("SET statement_timeout = 15000")
            connection.execute("SET default_transaction_read_only = on")
            yield connection
    else:
        yield to


def probe(to: str | psycopg.Connection[Any]) -> Probe:
    """Who the account is and what it could change. ``to`` is a connection string or an open connection; raises ``psycopg.Error``."""
    with _connected(to) as connection:
        return _describe.probe(connection)


def describe(to: str | psycopg.Connection[Any], schema: str) -> tuple[Table, ...]:
    """Tables and views of ``schema`` the account may read, with columns and keys; raises ``psycopg.Error``."""
    with _connected(to) as connection:
        return _describe.describe(connection, schema)


def one(to: str | psycopg.Connection[Any], selection: Selection) -> bool:
    """Whether the selection has a row; raises ``psycopg.Error``."""
    with _connected(to) as connection:
        return connection.execute(select(selection, limit=1)).fetchone() is not None


ENGINE = Engine("postgresql", Source, Landing, probe, one, describe)
