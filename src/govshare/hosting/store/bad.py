"""Rows in quarantine: kept out of the hosted table until they are put right, or dropped (PC-157)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from govshare.hosting.store.link import Link

_ROW = "SELECT id, upload, source_row, cells, faults, state FROM govshare.bad"


@dataclass(frozen=True, slots=True)
class Bad:
    """One row: its number in the uploaded file, its cells in the order of the table's columns, what is wrong by column."""

    id: int
    upload: UUID
    number: int
    cells: list[str]
    faults: list[tuple[str, str]]
    state: str


def count(link: Link, *, hosted: UUID, uploads: Sequence[UUID]) -> int:
    """Open rows of these uploads."""
    found = link.execute(
        "SELECT count(*) FROM govshare.bad WHERE hosted = %s AND upload = ANY (%s) AND state = 'open'", [hosted, list(uploads)]
    ).fetchone()
    return int(found[0]) if found else 0


def leaf(link: Link, *, hosted: UUID, uploads: Sequence[UUID], offset: int = 0, limit: int = 50) -> list[Bad]:
    found = link.execute(
        f"{_ROW} WHERE hosted = %s AND upload = ANY (%s) AND state = 'open' ORDER BY id OFFSET %s LIMIT %s",
        [hosted, list(uploads), offset, limit],
    )
    return [_bad(row) for row in found]


def every(link: Link, *, hosted: UUID, uploads: Sequence[UUID]) -> Iterator[Bad]:
    """All of them, a thousand at a time."""
    with link.cursor("bad") as cursor:
        cursor.itersize = 1000
        cursor.execute(f"{_ROW} WHERE hosted = %s AND upload = ANY (%s) AND state = 'open' ORDER BY id", [hosted, list(uploads)])
        for row in cursor:
            yield _bad(row)


def one(link: Link, *, hosted: UUID, bad: int) -> Bad | None:
    """Locked, so that two who mend it at once do it one after the other."""
    row = link.execute(f"{_ROW} WHERE hosted = %s AND id = %s FOR UPDATE", [hosted, bad]).fetchone()
    return _bad(row) if row else None


def close(link: Link, *, bad: Sequence[int], state: str, act: UUID) -> None:
    link.execute("UPDATE govshare.bad SET state = %s, act = %s WHERE id = ANY (%s)", [state, act, list(bad)])


def close_by_key(link: Link, *, hosted: UUID, act: UUID, columns: Sequence[str], keys: Sequence[str]) -> int:
    """What was put right by a newer upload needs no mending any more: rows whose key that upload brought. Tells how many."""
    places = [list(columns).index(key) for key in keys]
    said = ", ".join(f"cells ->> {place:d}" for place in places)
    found = link.execute(
        f"UPDATE govshare.bad SET state = 'replayed', act = %s WHERE hosted = %s AND state = 'open'"  # noqa: S608 - made of numbers
        f" AND md5(jsonb_build_array({said})::text) IN"
        f" (SELECT md5((SELECT jsonb_agg(part #>> '{{}}') FROM jsonb_array_elements(key) AS part)::text)"
        f"  FROM govshare.history WHERE act = %s)",
        [act, hosted, act],
    )
    return found.rowcount


def _bad(row: tuple[Any, ...]) -> Bad:
    number, upload, source_row, cells, faults, state = row
    return Bad(number, upload, source_row, cells, [(place, message) for place, message in faults], state)
