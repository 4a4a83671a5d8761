"""Verbs of the archive's room."""

from govshare.archive.services.dropping import drop, prepare
from govshare.archive.services.opening import agree, ask, look, refuse
from govshare.archive.services.packaging import package
from govshare.archive.services.sealing import seal
from govshare.archive.services.searching import export, search, subject_of
from govshare.archive.services.verifying import verify

__all__ = ["agree", "ask", "drop", "export", "look", "package", "prepare", "refuse", "seal", "search", "subject_of", "verify"]
