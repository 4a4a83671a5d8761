"""Verbs of the catalog: register, review, publish and file; confirm, adjust and list; verify; bind and test routes."""

from govshare.catalog.services.drafts import create_entry, discard_draft, edit_entry, set_items
from govshare.catalog.services.listings import adjust, confirm, delist, file_again, send_back
from govshare.catalog.services.registers import add_ground, add_node, close_ground
from govshare.catalog.services.review import publish, retire, return_entry, submit, undo, withdraw
from govshare.catalog.services.routes import bind_route, test_route
from govshare.catalog.services.verifications import return_not_shared, verify_not_shared

__all__ = [
    "add_ground",
    "add_node",
    "adjust",
    "bind_route",
    "close_ground",
    "confirm",
    "create_entry",
    "delist",
    "discard_draft",
    "edit_entry",
    "file_again",
    "publish",
    "retire",
    "return_entry",
    "return_not_shared",
    "send_back",
    "set_items",
    "submit",
    "test_route",
    "undo",
    "verify_not_shared",
    "withdraw",
]
