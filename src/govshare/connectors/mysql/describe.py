"""What an account finds in a MySQL-family database, and what it could do there."""

from typing import Final

from govshare.connectors.mysql.rights import changing, everywhere
from govshare.connectors.mysql.session import Connection
from govshare.connectors.values import Probe, Table, TableColumn

_MANY = 100  # names in a list of what could be written

_TABLES: Final = """
    SELECT table_name, table_type, table_comment, coalesce(table_rows, -1)
    FROM information_schema.tables WHERE table_schema = %s ORDER BY BINARY table_name
"""
_COLUMNS: Final = """
    SELECT table_name, column_name, column_type, is_nullable, column_comment, privileges
    FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
_KEYS: Final = """
    SELECT table_name, column_name FROM information_schema.key_column_usage
    WHERE table_schema = %s AND constraint_name = 'PRIMARY' ORDER BY table_name, ordinal_position
"""


def probe(connection: Connection) -> Probe:
    """Who this account is and what it could change, read from the server's own tables."""
    row = connection.row("SELECT VERSION(), DATABASE(), CURRENT_USER()")
    version, database, account = row or ("", "", "")
    encrypted = dict(connection.rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).get("Ssl_cipher", "")
    found = changing(connection)
    return Probe(
        engine="mysql",
        version=version,
        database=database or "",
        account=account.rpartition("@")[0],
        encrypted=bool(encrypted),
        superuser=everywhere(found),
        writable=tuple(dict.fromkeys(f"{right.schema}.{right.name}" for right in found if right.privilege != "CREATE"))[:_MANY],
        creatable=tuple(dict.fromkeys(right.schema for right in found if right.privilege == "CREATE"))[:_MANY],
    )


def describe(connection: Connection, schema: str) -> tuple[Table, ...]:
    """The tables and views of ``schema`` this account may read, with the columns it may read of them."""
    columns: dict[str, list[TableColumn]] = {}
    for table, name, kind, nullable, comment, privileges in connection.rows(_COLUMNS, [schema]):
        if "select" in privileges:
            columns.setdefault(table, []).append(TableColumn(name, kind, nullable == "YES", comment))
    keys: dict[str, list[str]] = {}
    for table, name in connection.rows(_KEYS, [schema]):
        keys.setdefault(table, []).append(name)
    return tuple(
        Table(
            schema,
            name,
            tuple(columns[name]),
            tuple(keys.get(name, ())),
            "view" if "VIEW" in kind else "table",
            _said(kind, comment),
            int(rows),
        )
        for name, kind, comment, rows in connection.rows(_TABLES, [schema])
        if name in columns
    )


def _said(kind: str, comment: str) -> str:
    return "" if "VIEW" in kind else comment  # a view's comment is the word VIEW
