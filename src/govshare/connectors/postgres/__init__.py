"""PostgreSQL, as source and as recipient. The one engine so far; the next one is a package beside this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from govshare.connectors.postgres import describe as _describe
from govshare.connectors.postgres.full import Delivery, Load, Progress, Watch, abandon, full_load
from govshare.connectors.postgres.ledger import Line
from govshare.connectors.postgres.look import Look, look
from govshare.connectors.postgres.render import Blocks, select
from govshare.connectors.postgres.session import connect
from govshare.connectors.postgres.shape import Field
from govshare.connectors.values import Probe, Table

__all__ = [
    "Blocks",
    "Delivery",
    "Field",
    "Line",
    "Load",
    "Look",
    "Probe",
    "Progress",
    "Watch",
    "abandon",
    "connect",
    "describe",
    "full_load",
    "look",
    "probe",
    "select",
]


@contextmanager
def _connected(to: str | psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    if isinstance(to, str):
        with connect(to) as connection:
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
