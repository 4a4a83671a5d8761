"""The modes of a transfer: how its table comes to equal the source."""

from collections.abc import Callable
from typing import Final

from govshare.connectors import difference, increment, watermark
from govshare.connectors.engine import Shape
from govshare.connectors.full import Delivery, Load, Watch, full_load
from govshare.connectors.values import Selection
from govshare.kernel.errors import Fault

FULL: Final = "full"
MODES: Final[dict[str, Callable[[Load, Watch], Delivery]]] = {
    FULL: full_load,
    increment.MODE: increment.increment,
    difference.MODE: difference.difference,
}


def move(mode: str, load: Load, watch: Watch) -> Delivery:
    """Run ``load`` in this mode to its delivery; raises ``TransferFailed``."""
    return MODES[mode](load, watch)


def obstacles(mode: str, selection: Selection, shape: Shape, rising: str) -> list[Fault]:
    """Why a table of this shape cannot be brought in this mode; ``rising`` is the watermark of an increment."""
    if mode == increment.MODE:
        return watermark.faults(selection, shape, rising)
    return watermark.keyless(selection, shape) if mode == difference.MODE else []
