"""Verbs of exchange: order and close a transfer; start, retry, confirm and cancel its runs. ``carry`` is what a worker does."""

from govshare.exchange.services.orders import close, order
from govshare.exchange.services.runs import cancel, confirm, retry, start

__all__ = ["cancel", "close", "confirm", "order", "retry", "start"]
