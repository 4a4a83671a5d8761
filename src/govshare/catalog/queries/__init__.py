"""What others may ask the catalog. ``sharing`` reads listed entries and legal grounds through here."""

from govshare.catalog.queries.grounds import ground
from govshare.catalog.queries.listed import ListedEntry, ListedItem, ListedRoute, listed, still_listed

__all__ = ["ListedEntry", "ListedItem", "ListedRoute", "ground", "listed", "still_listed"]
