"""Verbs of sharing, one module per noun: ``demands.submit(...)``, ``checks.pass_check(...)``, ``decisions.decide(...)``."""

from govshare.sharing.services import acceptance, attachments, checks, decisions, demands, grants, watch

__all__ = ["acceptance", "attachments", "checks", "decisions", "demands", "grants", "watch"]
