"""What was done to hosted tables, written in the transaction that did it.

The platform's own record is written in another database; should one of the two be lost between the commits, the ledger
still says what was done, by whom and when, and ``unsettled`` finds it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from govshare.hosting.store.link import Link
from govshare.kernel.actor import Actor

#: Names what ``digest`` covers: SHA-256 over the SHA-256 of each line of history, in the order they were written.
FORMAT = "govshare/hosted-changes@v1+sha256"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows that an act added, changed and deleted, and the digest of their histories; lower-case hex."""

    added: int = 0
    changed: int = 0
    deleted: int = 0
    digest: str = ""

    @property
    def counts(self) -> dict[str, int]:
        return {"added": self.added, "changed": self.changed, "deleted": self.deleted}


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the ledger has it."""

    act: UUID
    kind: str
    at: datetime
    by_id: str
    by_name: str
    outcome: Outcome


@contextmanager
def acting(link: Link, *, act: UUID) -> Iterator[None]:
    """What the block changes is written into history as part of ``act``."""
    link.execute("SELECT set_config('govshare.act', %s, true)", [str(act)])
    yield
    link.execute("SELECT set_config('govshare.act', '', true)")


def enter(link: Link, *, act: UUID, hosted: UUID, kind: str, by: Actor, now: datetime) -> Outcome:
    """Close the act: count and digest what history holds of it."""
    row = link.execute(
        "SELECT count(*) FILTER (WHERE before IS NULL), count(*) FILTER (WHERE before IS NOT NULL AND after IS NOT NULL),"
        " count(*) FILTER (WHERE after IS NULL),"
        " encode(sha256(coalesce(string_agg(sha256(convert_to(jsonb_build_array(key, before, after)::text, 'UTF8')), ''::bytea"
        " ORDER BY id), ''::bytea)), 'hex') FROM govshare.history WHERE act = %s",
        [act],
    ).fetchone()
    outcome = Outcome(*row) if row else Outcome()
    link.execute(
        "INSERT INTO govshare.ledger (act, hosted, kind, at, by_id, by_name, added, changed, deleted, digest)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [act, hosted, kind, now, by.id, by.name, outcome.added, outcome.changed, outcome.deleted, outcome.digest],
    )
    return outcome


def unsettled(link: Link, hosted: UUID) -> list[Line]:
    """Acts that the platform has not said it has on record."""
    found = link.execute(
        "SELECT act, kind, at, by_id, by_name, added, changed, deleted, digest FROM govshare.ledger"
        " WHERE hosted = %s AND NOT settled ORDER BY at, act",
        [hosted],
    ).fetchall()
    return [Line(act, kind, at, by_id, by_name, Outcome(*rest)) for act, kind, at, by_id, by_name, *rest in found]


def settle(link: Link, acts: list[UUID]) -> None:
    link.execute("UPDATE govshare.ledger SET settled = true WHERE act = ANY (%s)", [acts])
