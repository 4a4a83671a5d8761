"""Verbs of hosting: make a table from an entry, look at a file and take it over, mend what was kept out, write single rows."""

from govshare.hosting.services.mending import drop_bad, mend
from govshare.hosting.services.rows import add_row, change_row, delete_row
from govshare.hosting.services.tables import follow_entry, make_table, offer, remove_table
from govshare.hosting.services.uploads import apply_upload, check_upload, discard_upload

__all__ = [
    "add_row",
    "apply_upload",
    "change_row",
    "check_upload",
    "delete_row",
    "discard_upload",
    "drop_bad",
    "follow_entry",
    "make_table",
    "mend",
    "offer",
    "remove_table",
]
