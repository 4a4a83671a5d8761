"""What an account finds in a PostgreSQL database, and what it could do there."""

from typing import Any

import psycopg

from govshare.connectors.values import Probe, Table, TableColumn

Connection = psycopg.Connection[tuple[Any, ...]]

_MANY = 100  # names in a list of what could be written

_ABOUT = """
    SELECT current_setting('server_version'), current_database(), current_user, r.rolsuper,
           coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
    FROM pg_roles r WHERE r.rolname = current_user
"""

_WRITABLE = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'f', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
           OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
    ORDER BY 1 LIMIT %s
"""

_CREATABLE = """
    SELECT nspname FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND has_schema_privilege(oid, 'CREATE')
    ORDER BY 1 LIMIT %s
"""

_TABLES = """
    SELECT c.oid::bigint, c.relname, c.relkind IN ('v', 'm'), coalesce(obj_description(c.oid, 'pg_class'), ''), c.reltuples::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
      AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
    ORDER BY c.relname COLLATE "C"
"""

_COLUMNS = """
    SELECT a.attrelid::bigint, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
           coalesce(col_description(a.attrelid, a.attnum), '')
    FROM pg_attribute a
    WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    ORDER BY a.attrelid, a.attnum
"""

#: The primary key; without one, the narrowest plain unique index over columns that are never null.
_KEYS = """
    SELECT DISTINCT ON (i.indrelid) i.indrelid::bigint,
           ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts ORDER BY k.place)
    FROM pg_index i
    WHERE i.indrelid = ANY(%s) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
                      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                      WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
    ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, i.indexrelid
"""


def probe(connection: Connection) -> Probe:
    """Who this account is and what it could change, read from the server's own catalogs."""
    row = connection.execute(_ABOUT).fetchone()
    if row is None:
        raise psycopg.OperationalError("the server does not know the account")
    version, database, account, superuser, encrypted = row
    creatable = [name for (name,) in connection.execute(_CREATABLE, [_MANY])]
    database_wide = connection.execute("SELECT has_database_privilege(current_database(), 'CREATE')").fetchone()
    if database_wide and database_wide[0]:
        creatable.insert(0, f"{database}.*")  # may make schemas of its own
    return Probe(
        engine="postgresql",
        version=version,
        database=database,
        account=account,
        encrypted=encrypted,
        superuser=superuser,
        writable=tuple(name for (name,) in connection.execute(_WRITABLE, [_MANY])),
        creatable=tuple(creatable),
    )


def describe(connection: Connection, schema: str) -> tuple[Table, ...]:
    """The tables and views of ``schema`` this account may read, with the columns it may read of them."""
    tables = connection.execute(_TABLES, [schema]).fetchall()
    oids = [oid for oid, *_ in tables]
    columns: dict[int, list[TableColumn]] = {}
    for oid, name, kind, nullable, comment in connection.execute(_COLUMNS, [oids]):
        columns.setdefault(oid, []).append(TableColumn(name, kind, nullable, comment))
    keys: dict[int, list[str]] = dict(connection.execute(_KEYS, [oids]).fetchall())
    return tuple(
        Table(schema, name, tuple(columns[oid]), tuple(keys.get(oid, ())), "view" if is_view else "table", comment, max(rows, -1))
        for oid, name, is_view, comment, rows in tables
    )
