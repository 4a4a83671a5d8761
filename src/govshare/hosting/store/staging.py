"""An uploaded file on its way: its good rows in a table beside the hosted one, its bad rows in quarantine, then the comparison."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Copy, sql
from psycopg.types.json import Jsonb

from govshare.hosting.rules.columns import HostedColumn, keys
from govshare.hosting.store.link import Link
from govshare.hosting.store.setup import STAGING

NUMBER = "#row"  # no item's column is called so


@dataclass(frozen=True, slots=True)
class Place:
    """A hosted table, and what was staged for it."""

    schema: str
    table: str
    upload: UUID
    columns: tuple[HostedColumn, ...]

    @property
    def target(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.table)

    @property
    def staged(self) -> sql.Identifier:
        return sql.Identifier(STAGING, f"u_{self.upload.hex}")

    @property
    def names(self) -> sql.Composed:
        return _joined(self.columns)

    @property
    def key(self) -> tuple[HostedColumn, ...]:
        return keys(self.columns)

    def same_key(self, one: str, other: str) -> sql.Composed:
        return sql.SQL(" AND ").join(
            sql.SQL("{0}.{2} = {1}.{2}").format(sql.Identifier(one), sql.Identifier(other), sql.Identifier(column.column))
            for column in self.key
        )


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is kept out: its number in the file, its cells in the order of the columns, what is wrong by column."""

    number: int
    cells: list[str]
    faults: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an upload would do."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the preview: by column what stands there and what would; ``before`` is None for a row that is new."""

    number: int
    before: dict[str, Any] | None
    after: dict[str, Any]


@contextmanager
def copying(link: Link, place: Place) -> Iterator[Copy]:
    """Make the staging table and stream rows into it: the number, then the columns' values as text."""
    link.execute(sql.SQL("CREATE UNLOGGED TABLE {} ({} bigint, LIKE {})").format(place.staged, sql.Identifier(NUMBER), place.target))
    statement = sql.SQL("COPY {} ({}, {}) FROM STDIN").format(place.staged, sql.Identifier(NUMBER), place.names)
    with link.cursor().copy(statement) as copy:
        yield copy


def part_doubles(link: Link, place: Place) -> list[BadRow]:
    """Take every row whose key stands more than once out of the staging table: nobody knows which of them is right."""
    key = _joined(place.key)
    statement = sql.SQL(
        "WITH many AS (SELECT {key}, array_agg({number} ORDER BY {number}) AS numbers FROM {staged} GROUP BY {key} HAVING count(*) > 1)"
        " DELETE FROM {staged} AS s USING many AS m WHERE {same} RETURNING s.{number}, ARRAY[{texts}], m.numbers"
    )
    found = link.execute(
        statement.format(
            key=key,
            number=sql.Identifier(NUMBER),
            staged=place.staged,
            same=place.same_key("s", "m"),
            texts=sql.SQL(", ").join(sql.SQL("coalesce(s.{}::text, '')").format(sql.Identifier(column.column)) for column in place.columns),
        )
    ).fetchall()
    first = place.key[0].column
    return [BadRow(number, cells, [(first, _double(number, numbers))]) for number, cells, numbers in sorted(found)]


def _double(number: int, numbers: Sequence[int]) -> str:
    others = [str(each) for each in numbers if each != number]
    more = f"等 {len(others)} 行" if len(others) > 3 else "行"
    return f"主键与第 {'、'.join(others[:3])} {more}重复，请只留一行"


def quarantine(link: Link, *, hosted: UUID, upload: UUID, rows: Iterable[BadRow]) -> None:
    with link.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO govshare.bad (hosted, upload, source_row, cells, faults) VALUES (%s, %s, %s, %s, %s)",
            [(hosted, upload, row.number, Jsonb(row.cells), Jsonb(row.faults)) for row in rows],
        )


def compare(link: Link, place: Place) -> Difference:
    """Count what is new, what differs and what is the same, by key."""
    link.execute(sql.SQL("ANALYZE {}").format(place.staged))
    first = sql.Identifier(place.key[0].column)
    row = link.execute(
        sql.SQL(
            "SELECT count(*) FILTER (WHERE t.{first} IS NULL), count(*) FILTER (WHERE t.{first} IS NOT NULL AND {differs}),"
            " count(*) FILTER (WHERE t.{first} IS NOT NULL AND NOT {differs})"
            " FROM {staged} s LEFT JOIN {target} t ON {same}"
        ).format(first=first, differs=_differs(place), staged=place.staged, target=place.target, same=place.same_key("s", "t"))
    ).fetchone()
    return Difference(*row) if row else Difference(0, 0, 0)


def samples(link: Link, place: Place, *, most: int) -> list[Sample]:
    """The first rows that would change, then the first that would be added."""
    first = sql.Identifier(place.key[0].column)
    found = link.execute(
        sql.SQL(
            "SELECT s.{number}, CASE WHEN t.{first} IS NULL THEN NULL ELSE to_jsonb(t) END, to_jsonb(s) - {number_text}"
            " FROM {staged} s LEFT JOIN {target} t ON {same} WHERE t.{first} IS NULL OR {differs}"
            " ORDER BY t.{first} IS NULL, s.{number} LIMIT {most}"
        ).format(
            number=sql.Identifier(NUMBER),
            number_text=sql.Literal(NUMBER),
            first=first,
            staged=place.staged,
            target=place.target,
            same=place.same_key("s", "t"),
            differs=_differs(place),
            most=sql.Literal(most),
        )
    ).fetchall()
    return [Sample(*row) for row in found]


def apply(link: Link, place: Place) -> None:
    """Add what is new and change what differs, in the order of the key; the same file again changes nothing."""
    others = [column for column in place.columns if not column.key]
    changes = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column.column)) for column in others)
    doing = (
        sql.SQL("DO UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(changes, _joined(others, "t"), _joined(others, "excluded"))
        if others
        else sql.SQL("DO NOTHING")
    )
    link.execute(
        sql.SQL("INSERT INTO {target} AS t ({names}) SELECT {names} FROM {staged} ORDER BY {key} ON CONFLICT ({key}) {doing}").format(
            target=place.target, names=place.names, staged=place.staged, key=_joined(place.key), doing=doing
        )
    )


def count(link: Link, place: Place) -> int:
    """Rows that wait; -1 when nothing does any more."""
    there = link.execute("SELECT to_regclass(%s) IS NOT NULL", [place.staged.as_string(link)]).fetchone()
    if there != (True,):
        return -1
    found = link.execute(sql.SQL("SELECT count(*) FROM {}").format(place.staged)).fetchone()
    return int(found[0]) if found else 0


def forget(link: Link, place: Place, *, bad: bool) -> None:
    """Throw away what waits; ``bad``: its bad rows as well."""
    link.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(place.staged))
    if bad:
        link.execute("DELETE FROM govshare.bad WHERE upload = %s AND state = 'open'", [place.upload])


def _differs(place: Place) -> sql.Composable:
    others = [column for column in place.columns if not column.key]
    return sql.SQL("({}) IS DISTINCT FROM ({})").format(_joined(others, "s"), _joined(others, "t")) if others else sql.SQL("false")


def _joined(columns: Sequence[HostedColumn], of: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*([of] if of else []), column.column) for column in columns)
