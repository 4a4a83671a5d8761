"""Verbs of the evidence room."""

from govshare.audit.receipts import Promise
from govshare.audit.services.recording import entry, record, record_many, record_refusal

__all__ = ["Promise", "entry", "record", "record_many", "record_refusal"]
