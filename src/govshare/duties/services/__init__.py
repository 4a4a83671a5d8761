"""Verbs of duties. ``start``, ``keep`` and ``drop`` write no evidence of their own: the one record of the calling service says it."""

from govshare.duties.services.terms import drop, keep, start

__all__ = ["drop", "keep", "start"]
