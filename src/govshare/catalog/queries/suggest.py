"""What the search field proposes while one types: listed entries, their items, and entries of one's own department."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from govshare.catalog.models import Revision
from govshare.catalog.rules.choices import PENDING, Status
from govshare.catalog.rules.shape import storable
from govshare.catalog.rules.words import normal, question

LONGEST = 100  # characters that are looked at

# The inverted index answers for names (weight A), item names and columns (B) and codes (C); a code is also found by its beginning.
_ENTRIES = """
SELECT shown.entry_id, shown.code, shown.name, provider.short_name
  FROM catalog_search AS shown
  JOIN organizations_organization AS provider ON provider.id = shown.provider_id
 WHERE shown.code LIKE %(beginning)s
    OR (%(query)s <> '' AND shown.vector @@ %(query)s::tsquery AND ts_filter(shown.vector, '{a,c}') @@ %(query)s::tsquery)
 ORDER BY (lower(normalize(shown.name, NFKC)) = %(exactly)s) DESC, (shown.code LIKE %(beginning)s) DESC, length(shown.name), shown.code
 LIMIT %(limit)s
"""

_ITEMS = """
SELECT shown.entry_id, shown.code, shown.name, item.name, item."column"
  FROM catalog_search AS shown
  JOIN catalog_listing AS listing ON listing.entry_id = shown.entry_id
  JOIN catalog_item AS item ON item.revision_id = listing.listed_id
 WHERE shown.vector @@ %(query)s::tsquery AND ts_filter(shown.vector, '{b}') @@ %(query)s::tsquery
   AND (strpos(lower(normalize(item.name, NFKC)), %(exactly)s) > 0 OR strpos(lower(item."column"), %(exactly)s) > 0)
 ORDER BY (lower(normalize(item.name, NFKC)) = %(exactly)s) DESC, length(item.name), shown.code, item.position
 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class EntryFound:
    """``listed`` False: an entry of the asker's own department that the city does not see."""

    entry: UUID
    code: str
    name: str
    provider: str
    listed: bool = True


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item of a listed entry."""

    entry: UUID
    code: str
    entry_name: str
    name: str
    column: str


def entries(text: str, *, limit: int = 6) -> list[EntryFound]:
    """Listed entries whose name or code holds ``text``, the shortest name first."""
    return [EntryFound(*row) for row in _rows(_ENTRIES, text, limit)]


def items(text: str, *, limit: int = 4) -> list[ItemFound]:
    """Items of listed entries whose name or column holds ``text``."""
    return [ItemFound(*row) for row in _rows(_ITEMS, text, limit)] if question(_cut(text)) else []


def own(text: str, *, organization: UUID, limit: int = 4) -> list[EntryFound]:
    """Entries of one department that are not in the sharing catalog: drafts, in review, filed."""
    wanted = _cut(text)
    if not wanted:
        return []
    here = Revision.objects.filter(entry__provider=organization, status__in=[*PENDING, Status.PUBLISHED], entry__listing__search_row=None)
    found = (
        here.filter(Q(name__icontains=wanted) | Q(entry__code__startswith=wanted))
        .select_related("entry__provider")
        .order_by("name", "-number")
    )
    unique = {row.entry_id: row for row in reversed(found[: limit * 3])}
    rows = sorted(unique.values(), key=lambda row: (len(row.name), row.name))[:limit]
    return [EntryFound(row.entry_id, row.entry.code, row.name, row.entry.provider.short_name, listed=False) for row in rows]


def _cut(text: str) -> str:
    text = text.strip()[:LONGEST]
    return text if storable(text) else ""


def _rows(statement: str, text: str, limit: int) -> list[tuple[Any, ...]]:
    wanted = _cut(text)
    if not wanted:
        return []
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked: dict[str, Any] = {"query": question(wanted), "exactly": normal(wanted), "beginning": escaped + "%", "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
