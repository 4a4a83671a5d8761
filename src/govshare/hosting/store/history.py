"""What happened to a hosted table: its acts, and what each did to which row; written by the database itself (PC-158)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from govshare.hosting.store.ledger import Line, Outcome
from govshare.hosting.store.link import Link


@dataclass(frozen=True, slots=True)
class Change:
    """One row's history has one of these for each act upon it. ``before`` is None when it was added, ``after`` when it was deleted."""

    at: datetime
    by_name: str
    kind: str
    act: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def what(self) -> str:
        return "added" if self.before is None else "deleted" if self.after is None else "changed"


def of_row(link: Link, hosted: UUID, key: Sequence[Any], *, most: int = 200) -> list[Change]:
    """The latest first."""
    found = link.execute(
        "SELECT coalesce(l.at, h.at), coalesce(l.by_name, h.account), coalesce(l.kind, ''), h.act, h.before, h.after"
        " FROM govshare.history h LEFT JOIN govshare.ledger l ON l.act = h.act"
        " WHERE h.key = %s AND h.hosted = %s ORDER BY h.id DESC LIMIT %s",
        [Jsonb(list(key)), hosted, most],
    ).fetchall()
    return [Change(*row) for row in found]


def acts(link: Link, hosted: UUID, *, most: int = 100) -> list[Line]:
    """What was done to the table, the latest first."""
    found = link.execute(
        "SELECT act, kind, at, by_id, by_name, added, changed, deleted, digest FROM govshare.ledger"
        " WHERE hosted = %s ORDER BY at DESC, act DESC LIMIT %s",
        [hosted, most],
    ).fetchall()
    return [Line(act, kind, at, by_id, by_name, Outcome(*rest)) for act, kind, at, by_id, by_name, *rest in found]
