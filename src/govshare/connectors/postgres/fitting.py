"""How another engine's columns become columns of PostgreSQL."""

from dataclasses import replace
from typing import Final

from govshare.connectors.digest import Form
from govshare.connectors.engine import Field, Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import Kind, Sort
from govshare.kernel.errors import Fault

_INTEGERS: Final = {16: "smallint", 32: "integer", 64: "bigint"}
_SPELLINGS: Final = {
    Sort.DECIMAL: "numeric({size},{scale})",
    Sort.DOUBLE: "double precision",
    Sort.BYTES: "bytea",
    Sort.BITS: "bit({size})",
    Sort.DATE: "date",
    Sort.TIME: "time({scale}) without time zone",
    Sort.MOMENT: "timestamp({scale}) without time zone",
    Sort.INSTANT: "timestamp({scale}) with time zone",
}
_LONGEST: Final = 10_485_760  # characters of a varchar


def fitted(shape: Shape) -> Shape:
    """A shape of PostgreSQL goes as it is, in binary; any other as canonical text. Raises ``Drift`` naming what has no place here."""
    if shape.engine == "postgresql":
        return shape
    faults = [Fault(field.target, kind.note) for field, kind in zip(shape.fields, shape.kinds, strict=True) if kind.sort == Sort.NONE]
    if faults:
        raise Drift(faults)
    fields = tuple(Field(field.target, spelling(kind), field.key) for field, kind in zip(shape.fields, shape.kinds, strict=True))
    return replace(shape, fields=fields, form=Form.TEXT)


def spelling(kind: Kind) -> str:
    """The type, as ``format_type`` spells it."""
    if kind.sort == Sort.INTEGER:
        return _INTEGERS[kind.size]
    if kind.sort == Sort.TEXT:
        return f"character varying({kind.size})" if 0 < kind.size <= _LONGEST else "text"
    return _SPELLINGS[kind.sort].format(size=kind.size, scale=kind.scale)
