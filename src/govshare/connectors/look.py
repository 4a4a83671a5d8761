"""A look at both sides before anything moves: what would arrive, about how much, and what stands in the way."""

from dataclasses import dataclass
from uuid import UUID

from govshare.connectors import engines
from govshare.connectors.engine import Field
from govshare.connectors.errors import SOURCE, TARGET, Drift, at
from govshare.connectors.moving import FULL, obstacles
from govshare.connectors.values import Selection

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Look:
    """``rows`` and ``bytes`` are the source's planner's guess; ``key`` is empty when the source's key does not arrive whole."""

    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rows: int
    bytes: int


def look(
    *, source: str, target: str, selection: Selection, hash_key: bytes, schema: str, table: str, mode: str = FULL, watermark: str = ""
) -> Look:
    """Connect to both, resolve the selection, check the landing place; moves and writes nothing.

    Raises ``Drift`` naming what does not fit, and ``Broken`` with the side that cannot be worked with.
    """
    with at(SOURCE), engines.source(source, selection, hash_key=hash_key, name="govshare look") as reading:
        rows, size = reading.expected()
        shape = reading.shape
    with at(TARGET), engines.landing(target, schema=schema, table=table, transfer=_NOBODY, run=_NOBODY, token=0) as landing:
        landing.require_schema()
        shape = landing.fit(shape)
        landing.check(shape)
    faults = obstacles(mode, selection, shape, watermark)
    if faults:
        raise Drift(faults)
    return Look(shape.fields, shape.key, rows, size)
