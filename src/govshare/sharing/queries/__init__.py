"""Answers about demands, grants and plans. ``exchange`` and ``gateway`` read plans through here."""

from govshare.sharing.queries.plans import epoch, plan, stands

__all__ = ["epoch", "plan", "stands"]
