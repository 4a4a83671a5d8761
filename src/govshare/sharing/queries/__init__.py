"""Answers about demands, grants and plans. ``exchange`` and ``gateway`` read plans through here."""

from govshare.sharing.queries import attachments, demands, drafting, grants, moves, undo
from govshare.sharing.queries.plans import epoch, plan, stands

__all__ = ["attachments", "demands", "drafting", "epoch", "grants", "moves", "plan", "stands", "undo"]
