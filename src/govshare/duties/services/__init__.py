"""Verbs of duties. ``start``, ``keep`` and ``drop`` write no evidence of their own: the one record of the calling service says it."""

from govshare.duties.services.calendar import change_day, load_known, load_year
from govshare.duties.services.clock import extend, hand_over, resume, suspend
from govshare.duties.services.parameters import set_parameter
from govshare.duties.services.rule_sets import file_act, withdraw_act
from govshare.duties.services.terms import drop, keep, start

__all__ = [
    "change_day",
    "drop",
    "extend",
    "file_act",
    "hand_over",
    "keep",
    "load_known",
    "load_year",
    "resume",
    "set_parameter",
    "start",
    "suspend",
    "withdraw_act",
]
