"""Verbs of alerts."""

from govshare.alerts.services.dispositions import answer, ask, dispose
from govshare.alerts.services.looking import read
from govshare.alerts.services.watching import watch

__all__ = ["answer", "ask", "dispose", "read", "watch"]
