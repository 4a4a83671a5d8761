"""Hosted tables as PostgreSQL has them: made from columns, brought up to a changed entry, taken away."""

from collections.abc import Sequence
from uuid import UUID

from psycopg import sql

from govshare.hosting.rules.columns import Alteration, HostedColumn, keys
from govshare.hosting.store.link import Link

_HISTORY = """
CREATE TRIGGER govshare_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION govshare.write_history({arguments});
CREATE TRIGGER govshare_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION govshare.write_history({arguments});
CREATE TRIGGER govshare_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION govshare.write_history({arguments});
CREATE TRIGGER govshare_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION govshare.kept();
"""


def make(link: Link, *, hosted: UUID, schema: str, table: str, columns: Sequence[HostedColumn], words: str) -> None:
    """The table with its key, comments and the triggers that write its history. A leaving of an act that was undone is replaced."""
    name = sql.Identifier(schema, table)
    link.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    lines = [_line(column) for column in columns]
    key = sql.SQL(", ").join(sql.Identifier(column.column) for column in keys(columns))
    lines.append(sql.SQL("PRIMARY KEY ({})").format(key))
    link.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(lines)))
    link.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(name, sql.Literal(words)))
    _comment(link, name, columns)
    arguments = sql.SQL(", ").join(sql.Literal(each) for each in (str(hosted), *(column.column for column in keys(columns))))
    link.execute(sql.SQL(_HISTORY).format(table=name, arguments=arguments))


def alter(link: Link, *, schema: str, table: str, change: Alteration) -> None:
    """Add and widen; no value changes, and no reader is disturbed for long."""
    name = sql.Identifier(schema, table)
    for column in change.added:
        link.execute(sql.SQL("ALTER TABLE {} ADD COLUMN {}").format(name, _line(column)))
    for column in change.widened:
        link.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE {}").format(name, sql.Identifier(column.column), sql.SQL(column.sql_type))
        )
    _comment(link, name, (*change.added, *change.widened))


def drop(link: Link, *, schema: str, table: str) -> None:
    """The table and its rows; its history stays."""
    link.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(schema, table)))


def count(link: Link, *, schema: str, table: str) -> int:
    found = link.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))).fetchone()
    return int(found[0]) if found else 0


def _line(column: HostedColumn) -> sql.Composed:
    required = sql.SQL(" NOT NULL" if column.key else "")
    return sql.SQL("{} {}{}").format(sql.Identifier(column.column), sql.SQL(column.sql_type), required)


def _comment(link: Link, name: sql.Identifier, columns: Sequence[HostedColumn]) -> None:
    for column in columns:
        link.execute(sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(name, sql.Identifier(column.column), sql.Literal(column.name)))
