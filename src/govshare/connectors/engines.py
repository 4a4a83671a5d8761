"""Which engine a connection string belongs to: a URL names it before its colon; whatever else is libpq's own words."""

from typing import Any, Final

from govshare.connectors import mysql, postgres
from govshare.connectors.engine import Engine, Landing, Source
from govshare.connectors.values import Probe, Selection, Table

ENGINES: Final = {engine.name: engine for engine in (postgres.ENGINE, mysql.ENGINE)}


def engine_of(conninfo: str) -> Engine:
    return ENGINES.get(conninfo.partition(":")[0], postgres.ENGINE)


def source(conninfo: str, selection: Selection, *, hash_key: bytes = b"", name: str = "govshare") -> Source:
    return engine_of(conninfo).source(conninfo, selection, hash_key=hash_key, name=name)


def landing(conninfo: str, **place: Any) -> Landing:
    return engine_of(conninfo).landing(conninfo, **place)


def probe(conninfo: str) -> Probe:
    """Who the account is and what it could change; raises the driver's own error."""
    return engine_of(conninfo).probe(conninfo)


def one(conninfo: str, selection: Selection) -> bool:
    """Whether the selection has a row, read in the way every sharing will read it; raises the driver's own error, or ``Drift``."""
    return engine_of(conninfo).one(conninfo, selection)


def describe(conninfo: str, schema: str) -> tuple[Table, ...]:
    """Tables and views of ``schema`` the account may read, with columns and keys; raises the driver's own error."""
    return engine_of(conninfo).describe(conninfo, schema)
