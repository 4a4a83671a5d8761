"""Verbs of exchange: look, order and close a transfer; start, retry, confirm and cancel its runs. ``carry`` is a worker's."""

from govshare.exchange.services.looks import look
from govshare.exchange.services.orders import Manner, close, order
from govshare.exchange.services.runs import cancel, confirm, retry, start

__all__ = ["Manner", "cancel", "close", "confirm", "look", "order", "retry", "start"]
