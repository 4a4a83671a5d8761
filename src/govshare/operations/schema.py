"""Rights of the two database roles: the owner migrates, the program runs as a lesser one."""

from psycopg import sql


def default_privileges(app_role: str) -> list[sql.Composed]:
    """What the owner runs before migrating, so that every table it makes is usable by ``app_role`` (and no more than usable).

    Append-only tables take rights away again in their own migrations.
    """
    role = sql.Identifier(app_role)
    return [
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}").format(role),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}").format(role),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
    ]
