"""The MySQL family (MySQL, MariaDB, and what speaks their protocol), as source and as recipient."""

from contextlib import closing

from govshare.connectors.engine import Engine
from govshare.connectors.mysql import describe as _describe
from govshare.connectors.mysql import failures, render
from govshare.connectors.mysql.landing import Landing
from govshare.connectors.mysql.session import SCHEME, Connection, connect, url
from govshare.connectors.mysql.shape import resolve
from govshare.connectors.mysql.source import Source
from govshare.connectors.values import Probe, Selection, Table

__all__ = ["ENGINE", "Connection", "connect", "describe", "failures", "one", "probe", "url"]


def probe(to: str) -> Probe:
    """Who the account is and what it could change; raises ``pymysql.MySQLError``."""
    with closing(connect(to)) as connection:
        return _describe.probe(connection)


def describe(to: str, schema: str) -> tuple[Table, ...]:
    """Tables and views of ``schema`` the account may read, with columns and keys; raises ``pymysql.MySQLError``."""
    with closing(connect(to)) as connection:
        return _describe.describe(connection, schema)


def one(to: str, selection: Selection) -> bool:
    """Whether the selection has a row; raises ``pymysql.MySQLError``, or ``Drift``."""
    with closing(connect(to, name="govshare look")) as connection:
        found = resolve(connection, selection)
        statement = render.select(selection, found.shape.kinds, found.kinds, order=found.order, stop=1)
        return connection.row(statement) is not None


ENGINE = Engine(SCHEME, Source, Landing, probe, one, describe)
