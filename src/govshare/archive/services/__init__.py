"""Verbs of the archive's room."""

from govshare.archive.services.dropping import drop, prepare
from govshare.archive.services.moving import chosen, into_table, put_back, take_out
from govshare.archive.services.opening import agree, ask, look, refuse
from govshare.archive.services.packaging import package
from govshare.archive.services.purging import agree_to_purge, ask_purge, refuse_purge
from govshare.archive.services.retention import destroy_month_key, dispose, finish_destructions, lift_hold, place_hold, remove_disposed
from govshare.archive.services.sealing import seal
from govshare.archive.services.searching import export, search, subject_of
from govshare.archive.services.verifying import verify

__all__ = [
    "agree",
    "agree_to_purge",
    "ask",
    "ask_purge",
    "chosen",
    "destroy_month_key",
    "dispose",
    "drop",
    "export",
    "finish_destructions",
    "into_table",
    "lift_hold",
    "look",
    "package",
    "place_hold",
    "prepare",
    "put_back",
    "refuse",
    "refuse_purge",
    "remove_disposed",
    "seal",
    "search",
    "subject_of",
    "take_out",
    "verify",
]
