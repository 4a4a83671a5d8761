"""What others may ask the catalog. ``sharing`` reads listed entries and legal grounds through here."""

from govshare.catalog.queries import moves, proposals, statistics, suggest, tree, undo
from govshare.catalog.queries.detail import EntryView, RevisionView, entry, pending_changes, revisions
from govshare.catalog.queries.editions import Edition, editions, entry_of
from govshare.catalog.queries.grounds import ground, grounds
from govshare.catalog.queries.listed import ListedEntry, ListedItem, ListedRoute, listed, listed_of, still_listed
from govshare.catalog.queries.search import Hit, SearchPage, search
from govshare.catalog.queries.workspace import (
    OwnEntry,
    Told,
    filed_queue,
    listings,
    own_entries,
    review_queue,
    told_by_authority,
    verification_queue,
    verifications,
)

__all__ = [
    "Edition",
    "EntryView",
    "Hit",
    "ListedEntry",
    "ListedItem",
    "ListedRoute",
    "OwnEntry",
    "RevisionView",
    "SearchPage",
    "Told",
    "editions",
    "entry",
    "entry_of",
    "filed_queue",
    "ground",
    "grounds",
    "listed",
    "listed_of",
    "listings",
    "moves",
    "own_entries",
    "pending_changes",
    "proposals",
    "review_queue",
    "revisions",
    "search",
    "statistics",
    "still_listed",
    "suggest",
    "told_by_authority",
    "tree",
    "undo",
    "verification_queue",
    "verifications",
]
