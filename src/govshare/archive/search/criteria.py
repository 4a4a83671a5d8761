"""What is asked for, one row of the answer, and the place a page ends at. Pure values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from govshare.audit.rules import LARGEST_COLUMN, receipt_number

PAGE = 50

_BEFORE = re.compile(r"i(0|[1-9][0-9]{0,17})|u([1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,17})")


#: Field of the criteria → column of the entries that must equal it.
EQUAL = {
    "subject": "subject",
    "organization": "actor_organization",
    "about": "about",
    "resource": "resource",
    "grant": "grant_id",
    "outcome": "outcome",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Empty means any. ``party``: only entries that organization may see. ``actors`` and ``grants``: one of these; None means any.

    ``action`` ending in a colon is a beginning. ``subject`` is the keyed hash, never what somebody typed.
    """

    party: str = ""
    subject: str = ""
    actors: tuple[str, ...] | None = None
    organization: str = ""  # the actor's
    about: str = ""
    resource: str = ""
    grant: str = ""
    grants: tuple[str, ...] | None = None
    action: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included
    of_somebody: bool = False  # only entries about a person or firm

    @property
    def selective(self) -> bool:
        """Whether few entries of the whole log are likely to be meant, so that all of it is looked through at once."""
        return bool(self.subject or self.about or self.grant or self.resource or self.actors is not None or self.grants is not None)

    @property
    def nothing(self) -> bool:
        """Whether nothing can answer to this."""
        empty_choice = self.actors == () or self.grants == ()
        return empty_choice or bool(self.since and self.until and self.since >= self.until)

    def told(self) -> dict[str, str]:
        """The conditions given, as plain texts for an entry of the log."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _told(value) for name, value in given.items() if value not in ("", None, False)}


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return " ".join(value)[:500] if isinstance(value, tuple) else str(value)


def clipped(text: str) -> str:
    """As the hot log's columns hold it."""
    return text[:LARGEST_COLUMN]


@dataclass(frozen=True)
class Row:
    """One entry found. ``index`` is None while it waits for its place; ``body`` is the canonical JSON, the truth."""

    batch: int
    ordinal: int
    index: int | None
    body: str

    @property
    def number(self) -> str:
        return receipt_number(self.batch, self.ordinal)

    @cached_property
    def entry(self) -> Mapping[str, Any]:
        parsed: Mapping[str, Any] = json.loads(self.body)
        return parsed

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.entry["at"])

    @property
    def action(self) -> str:
        return str(self.entry["action"])

    @property
    def outcome(self) -> str:
        return str(self.entry["outcome"])

    @property
    def actor(self) -> str:
        return str(self.entry["actor"]["id"])

    @property
    def organization(self) -> str:
        return str(self.entry["actor"]["organization"])

    @property
    def about(self) -> str:
        return str(self.entry["about"])

    @property
    def resource(self) -> str:
        return str(self.entry["resource"])

    @property
    def grant(self) -> str:
        return str(self.entry["grant"])

    @property
    def subject(self) -> str:
        return str(self.entry["subject"])

    @property
    def identifier(self) -> str:
        """The sealed identifier; entries of version 1 have none."""
        return str(self.entry.get("identifier", ""))


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows, newest first. ``next`` is where the following page begins; empty when there is none."""

    rows: tuple[Row, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Go on below this index."""

    index: int

    def __str__(self) -> str:
        return f"i{self.index}"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Go on before this entry among those that had no place when the log held ``placed`` entries.

    The number of placed entries goes along, so that what is placed between two pages is neither skipped nor shown twice.
    """

    batch: int
    ordinal: int
    placed: int

    def __str__(self) -> str:
        return f"u{self.batch}.{self.ordinal}.{self.placed}"


def before(text: str) -> Placed | Unplaced | None:
    """Read the place a page ended at; nothing when it is none, which begins anew."""
    parsed = _BEFORE.fullmatch(text)
    if not parsed:
        return None
    if parsed[1] is not None:
        return Placed(int(parsed[1]))
    return Unplaced(int(parsed[2]), int(parsed[3]), int(parsed[4]))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries share action, outcome, the actor's organization and the day in Chengdu."""

    action: str
    outcome: str
    organization: str
    day: str  # 2026-03-02
    n: int
