"""A department's schema and the account that reads it."""

from psycopg import sql

from govshare.hosting.store.link import Link


def make(link: Link, *, schema: str, reader: str, password: str, words: str) -> None:
    """Schema and reader, made or made right again; the server is told only the password's SCRAM verifier."""
    verifier = link.pgconn.encrypt_password(password.encode(), reader.encode(), b"scram-sha-256").decode()
    names = {"schema": sql.Identifier(schema), "reader": sql.Identifier(reader), "words": sql.Literal(words)}
    link.execute("SELECT govshare_roles.reader(%s, %s)", [reader, verifier])
    for statement in (
        "CREATE SCHEMA IF NOT EXISTS {schema}",
        "COMMENT ON SCHEMA {schema} IS {words}",
        "GRANT USAGE ON SCHEMA {schema} TO {reader}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader}",
    ):
        link.execute(sql.SQL(statement).format(**names))


def size(link: Link, schema: str, table: str) -> int:
    """Bytes of one table, indexes included."""
    found = link.execute("SELECT pg_total_relation_size(%s::regclass)", [sql.Identifier(schema, table).as_string(link)]).fetchone()
    return int(found[0]) if found else 0
