"""What an account may do in a database, asked of the database itself (PC-28).

Counts every role the account is, inherits or could switch to with SET ROLE, and what PUBLIC may do. Reading is not
listed: only what changes something, or what lets an account become another.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from govshare.sources.rules import Right

_REACHABLE = sql.SQL("""
WITH reachable AS MATERIALIZED (
  SELECT * FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
), schemas AS MATERIALIZED (
  SELECT oid, nspname FROM pg_catalog.pg_namespace
  WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
)
SELECT kind, schema, name, privilege FROM ({}) AS q(kind, schema, name, privilege) ORDER BY 1, 2, 3, 4
""")

#: Roles of PostgreSQL itself that only look.
_HARMLESS = ["pg_read_all_data", "pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"]

_ROLES = sql.SQL("""
SELECT 'role' AS kind, '' AS schema, attribute AS name, 'ROLE' AS privilege
FROM reachable, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
                                ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS a(attribute, has)
WHERE has
UNION
SELECT 'role', '', rolname::text, 'ROLE' FROM reachable WHERE rolname ~ '^pg_' AND rolname <> ALL (%(harmless)s)
""")

_THINGS = sql.SQL("""
SELECT 'database', '', current_database()::text, 'CREATE'
FROM reachable WHERE has_database_privilege(oid, current_database(), 'CREATE')
UNION
SELECT 'schema', nspname::text, nspname::text, 'CREATE'
FROM reachable r, schemas n WHERE has_schema_privilege(r.oid, n.oid, 'CREATE')
UNION
SELECT 'table', nspname::text, relname::text, privilege
FROM reachable r, schemas n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f'),
     unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
WHERE CASE WHEN privilege IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(r.oid, c.oid, privilege)
           ELSE has_table_privilege(r.oid, c.oid, privilege) END
UNION
SELECT 'table', nspname::text, relname::text, 'OWNER'
FROM reachable r JOIN pg_catalog.pg_class c ON c.relowner = r.oid JOIN schemas n ON c.relnamespace = n.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION
SELECT 'sequence', nspname::text, relname::text, privilege
FROM reachable r, schemas n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind = 'S',
     unnest(ARRAY['USAGE', 'UPDATE']) AS privilege
WHERE has_sequence_privilege(r.oid, c.oid, privilege)
""")


def changing_rights(connection: psycopg.Connection[Any]) -> list[Right]:
    """Every right of the current account that changes something, in a stable order; a superuser's are not counted one by one."""
    roles = _ask(connection, _ROLES)
    if any(right.name == "SUPERUSER" for right in roles):
        return roles
    return roles + _ask(connection, _THINGS)


def _ask(connection: psycopg.Connection[Any], question: sql.SQL) -> list[Right]:
    with connection.cursor(row_factory=class_row(Right)) as cursor:
        return cursor.execute(_REACHABLE.format(question), {"harmless": _HARMLESS}).fetchall()


def schema_rights(connection: psycopg.Connection[Any], schema: str) -> tuple[bool, bool, bool]:
    """Whether ``schema`` exists, may be looked into, may be created in."""
    row = connection.execute(
        "SELECT has_schema_privilege(current_user, oid, 'USAGE'), has_schema_privilege(current_user, oid, 'CREATE')"
        " FROM pg_catalog.pg_namespace WHERE nspname = %s",
        [schema],
    ).fetchone()
    return (False, False, False) if row is None else (True, bool(row[0]), bool(row[1]))


def identity(connection: psycopg.Connection[Any]) -> tuple[int, int] | None:
    """Which database this is, however it was addressed: cluster and database number; None where the server does not say."""
    try:
        row = connection.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) FROM pg_control_system()"
        ).fetchone()
    except psycopg.Error:
        connection.rollback()
        return None
    return (int(row[0]), int(row[1])) if row else None
