"""How another engine's columns become columns of MySQL, and how lines are taken in and written again.

Texts get a collation that compares bytes and pads nothing, so that a key told apart at its source is told apart here. Rows of
this family are limited to 65,535 bytes of declared length, keys to 3,072: texts that would not fit become LONGTEXT, in a key they
are bounded; a longer value then stops the load and is named.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from govshare.connectors.digest import Form
from govshare.connectors.engine import Field, Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import Kind, Sort
from govshare.connectors.mysql.render import field, line, quoted
from govshare.connectors.mysql.shape import NAME
from govshare.kernel.errors import Fault

_DIGITS, _DECIMALS = 65, 30
_INTEGERS: Final = {16: "smallint", 32: "int", 64: "bigint"}
_SPELLINGS: Final = {
    Sort.DECIMAL: "decimal({size},{scale})",
    Sort.DOUBLE: "double",
    Sort.BYTES: "longblob",
    Sort.BITS: "bit({size})",
    Sort.DATE: "date",
    Sort.TIME: "time({scale})",
    Sort.MOMENT: "datetime({scale})",
}
_ROW_BYTES, _KEY_BYTES, _CHARACTER = 48_000, 3_072, 4
_KEY_CHARACTERS: Final = 255  # of a text in a key that says no length itself


def fitted(shape: Shape) -> Shape:
    """A shape of this family keeps its types; texts get the length that fits. Raises ``Drift`` naming what has no place here."""
    kinds = tuple(_kind(kind) for kind in shape.kinds)
    faults = [Fault(field.target, kind.note) for field, kind in zip(shape.fields, kinds, strict=True) if kind.sort == Sort.NONE]
    if faults:
        raise Drift(faults)
    own = shape.engine == NAME
    texts = _texts(shape, kinds)
    fields = tuple(
        Field(each.target, each.type if own and each.type else _spelling(kind, text), each.key)
        for each, kind, text in zip(shape.fields, kinds, texts, strict=True)
    )
    return replace(shape, fields=_bounded_bytes(fields), kinds=kinds, form=Form.TEXT)


def _kind(kind: Kind) -> Kind:
    if kind.sort == Sort.INSTANT:
        return replace(kind, sort=Sort.MOMENT, note="世界协调时（UTC）")  # this family's TIMESTAMP ends in 2038
    if kind.sort == Sort.DECIMAL and (kind.size > _DIGITS or kind.scale > min(_DECIMALS, kind.size)):
        return Kind(Sort.NONE, note=f"接收库的定点数至多 {_DIGITS} 位、{_DECIMALS} 位小数，放不下 numeric({kind.size},{kind.scale})")
    return kind


def _spelling(kind: Kind, text: str) -> str:
    if kind.sort == Sort.INTEGER:
        return _INTEGERS[kind.size]
    return text if kind.sort == Sort.TEXT else _SPELLINGS[kind.sort].format(size=kind.size, scale=kind.scale)


def _texts(shape: Shape, kinds: Sequence[Kind]) -> list[str]:
    """The type of each text: keys first, then in their order, as long as there is room in a row."""
    in_key = [kind for each, kind in zip(shape.fields, kinds, strict=True) if each.key and kind.sort == Sort.TEXT]
    most = min(_KEY_CHARACTERS, _KEY_BYTES // _CHARACTER // max(len(in_key), 1))
    declared = sum(kind.size for kind in in_key) * _CHARACTER <= _KEY_BYTES
    room = _ROW_BYTES
    found = []
    for each, kind in zip(shape.fields, kinds, strict=True):
        length = kind.size if not each.key or (kind.size and declared) else most
        if kind.sort == Sort.TEXT and length and length * _CHARACTER <= room:
            room -= length * _CHARACTER
            found.append(f"varchar({length})")
        else:
            found.append("longtext")
    return found


def _bounded_bytes(fields: Sequence[Field]) -> tuple[Field, ...]:
    """A key holds no blob."""
    return tuple(replace(each, type="varbinary(255)") if each.key and each.type.endswith("blob") else each for each in fields)


def column(each: Field, kind: Kind, collation: str) -> str:
    """The column's definition in CREATE TABLE."""
    text = f" CHARACTER SET utf8mb4 COLLATE {collation}" if kind.sort == Sort.TEXT else ""
    said = f" COMMENT '{kind.note}'" if kind.note else ""
    return f"{quoted(each.target)} {each.type}{text} {'NOT NULL' if each.key else 'NULL'}{said}"


def taken(shape: Shape) -> str:
    """The list of columns and assignments by which LOAD DATA takes a line in."""
    names, assigned = [], []
    for number, (each, kind) in enumerate(zip(shape.fields, shape.kinds, strict=True)):
        value = _value(f"@v{number}", each, kind)
        names.append(f"@v{number}" if value else quoted(each.target))
        if value:
            assigned.append(f"{quoted(each.target)} = {value}")
    return f"({', '.join(names)})" + (f" SET {', '.join(assigned)}" if assigned else "")


def _value(variable: str, each: Field, kind: Kind) -> str:
    """What a field's text is turned into; ``""``: it goes in as it is."""
    if kind.sort == Sort.BYTES:
        return f"UNHEX(SUBSTRING({variable}, 3))"
    if kind.sort == Sort.BITS:
        return f"CAST(CONV({variable}, 2, 10) AS UNSIGNED)"
    return f"CAST({variable} AS UNSIGNED)" if each.type.startswith("year") else ""


def written(shape: Shape) -> str:
    """The line of a staged row, as it is hashed."""
    return line([field(quoted(each.target), kind) for each, kind in zip(shape.fields, shape.kinds, strict=True)])
