"""Verbs of the evidence room."""

from govshare.audit.log import LogRewound
from govshare.audit.receipts import Promise
from govshare.audit.services.checking import ask_check, check, running
from govshare.audit.services.cosigning import cosign, witness
from govshare.audit.services.fsck import fsck
from govshare.audit.services.grouping import GROUP, GroupCommit
from govshare.audit.services.reading import read_receipt, sees_all, sees_none, visible_to
from govshare.audit.services.recording import entry, record, record_many
from govshare.audit.services.refusals import record_refusal
from govshare.audit.services.rotation import rotate_key
from govshare.audit.services.sequencer import place
from govshare.audit.services.stamping import stamp

__all__ = [
    "GROUP",
    "GroupCommit",
    "LogRewound",
    "Promise",
    "ask_check",
    "check",
    "cosign",
    "entry",
    "fsck",
    "place",
    "read_receipt",
    "record",
    "record_many",
    "record_refusal",
    "rotate_key",
    "running",
    "sees_all",
    "sees_none",
    "stamp",
    "visible_to",
    "witness",
]
