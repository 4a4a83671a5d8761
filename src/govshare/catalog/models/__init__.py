"""Tables of the catalog. Deletions, changed codes and rewritten published revisions are refused by the database itself."""

from govshare.catalog.models.entries import Entry, Item, Revision, Scope, Statutory, Step
from govshare.catalog.models.grounds import LegalGround
from govshare.catalog.models.listings import Listing, SearchRow, Verification
from govshare.catalog.models.remarks import PlacedRemark
from govshare.catalog.models.routes import Route, RouteColumn
from govshare.catalog.models.tree import CodeCounter, Node

__all__ = [
    "CodeCounter",
    "Entry",
    "Item",
    "LegalGround",
    "Listing",
    "Node",
    "PlacedRemark",
    "Revision",
    "Route",
    "RouteColumn",
    "Scope",
    "SearchRow",
    "Statutory",
    "Step",
    "Verification",
]
