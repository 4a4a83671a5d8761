"""A ``Selection`` as one SELECT that writes the canonical text line (``lines.py``) itself.

Identifiers are quoted with backticks, texts are hexadecimal literals with their character set: no mode of the server and no
character of a value can end them early. Texts are compared by their bytes as well, whatever the column's collation: a condition
on 'd1' lets no 'D1 ' out.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from govshare.connectors.errors import Drift
from govshare.connectors.kinds import Kind, Sort
from govshare.connectors.values import Column, Condition, Operator, Selection, Treatment, Value
from govshare.kernel.errors import Fault

INNER, OUTER = "@govshare_hash_inner", "@govshare_hash_outer"

_COMPARISONS: Final = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}

_NUMBERS: Final = frozenset({Sort.INTEGER, Sort.DECIMAL, Sort.DOUBLE})
_CLOCKS: Final = frozenset({Sort.DATE, Sort.TIME, Sort.MOMENT, Sort.INSTANT})

_PLAIN: Final = {
    Sort.TEXT: "CONVERT({x} USING utf8mb4)",
    Sort.INTEGER: "CAST({x} + 0 AS CHAR)",  # + 0: not with the zeros that ZEROFILL shows
    Sort.BYTES: "CONCAT(x'5C78', LOWER(HEX({x})))",
    Sort.BITS: "LPAD(BIN({x} + 0), {size}, '0')",
}

#: Tab, line feed, carriage return and backslash, and what stands for each.
_ESCAPES: Final = (("5C", "5C5C"), ("09", "5C74"), ("0A", "5C6E"), ("0D", "5C72"))


def quoted(*names: str) -> str:
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)


def literal(text: str) -> str:
    return f"_utf8mb4 x'{text.encode().hex()}'"


def line(fields: Sequence[str]) -> str:
    """One expression for the whole line of a row, from its fields' expressions."""
    between = ", x'09', "
    return f"CONVERT(CONCAT({between.join(fields)}, x'0A') USING binary)"


def field(name: str, kind: Kind) -> str:
    """The field of a line, NULL and escapes included."""
    return _field(text_of(name, kind), kind.sort)


def _field(text: str, sort: Sort) -> str:
    if sort == Sort.BYTES:
        text = f"CONCAT(x'5C', {text})"  # its only backslash, written twice
    if sort == Sort.TEXT:
        text = f"CONVERT({text} USING binary)"
        for raw, written in _ESCAPES:
            text = f"REPLACE({text}, x'{raw}', x'{written}')"
    return f"IFNULL({text}, x'5C4E')"


def text_of(name: str, kind: Kind) -> str:
    """The canonical text of a column as an expression."""
    if kind.sort == Sort.DOUBLE:
        return _digits(name)
    if kind.sort in _CLOCKS:
        return _clock(name, kind)
    return _PLAIN.get(kind.sort, "CAST({x} AS CHAR)").format(x=name, size=kind.size)


def _clock(name: str, kind: Kind) -> str:
    text = f"CAST({name} AS CHAR)"
    if kind.scale:
        text = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"
    return f"CONCAT({text}, '+00')" if kind.sort == Sort.INSTANT else text


def _digits(name: str) -> str:
    """A float's canonical spelling, from the shortest one the server writes."""
    text = f"CAST(ABS({name}) + 0e0 AS CHAR)"
    mantissa, exponent = f"SUBSTRING_INDEX({text}, 'e', 1)", f"IF(LOCATE('e', {text}), SUBSTRING_INDEX({text}, 'e', -1), '0')"
    digits = f"REPLACE({mantissa}, '.', '')"
    decimals = f"IF(LOCATE('.', {mantissa}), LENGTH({mantissa}) - LOCATE('.', {mantissa}), 0)"
    zeros = f"LENGTH({digits}) - LENGTH(TRIM(TRAILING '0' FROM {digits}))"
    spelled = f"CONCAT(IF({name} < 0, '-', ''), TRIM(BOTH '0' FROM {digits}), 'e', CAST({exponent} AS SIGNED) - {decimals} + {zeros})"
    return f"IF({name} = 0, '0', {spelled})"


def select(
    selection: Selection,
    kinds: Sequence[Kind],
    conditions: Mapping[str, Kind],
    *,
    order: Sequence[str] = (),
    start: int = 0,
    stop: int | None = None,
) -> str:
    """The line of every granted row; of rows ``start`` to ``stop`` in the key's ``order``, if it is given."""
    fields = [_treated(column, kind) for column, kind in zip(selection.delivered, kinds, strict=True)]
    parts = [f"SELECT {line(fields)} FROM {quoted(selection.schema, selection.table)}"]
    if order:
        parts[0] += " FORCE INDEX FOR ORDER BY (PRIMARY)"
    if selection.conditions:
        parts.append("WHERE " + " AND ".join(_condition(each, conditions[each.column]) for each in selection.conditions))
    if order:
        parts.append("ORDER BY " + ", ".join(map(quoted, order)))
    if start or stop is not None:
        parts.append(f"LIMIT {2**63 if stop is None else max(stop - start, 0)} OFFSET {start}")
    return " ".join(parts)


def _treated(column: Column, kind: Kind) -> str:
    name = quoted(column.source)
    if column.treatment == Treatment.PLAIN:
        return field(name, kind)
    text = text_of(name, kind)
    treated = _mask(text, column.head, column.tail) if column.treatment == Treatment.MASK else _keyed_hash(text)
    return _field(treated, Sort.TEXT)


def _mask(text: str, head: int, tail: int) -> str:
    """Stars for all but the ends; for all of a value too short to hide anything between them."""
    text = f"CONVERT({text} USING utf8mb4)"
    size = f"CHAR_LENGTH({text})"
    shown = f"CONCAT(LEFT({text}, {head}), REPEAT('*', {size} - {head + tail}), RIGHT({text}, {tail}))"
    return f"IF({size} > {head + tail}, {shown}, REPEAT('*', {size}))"


def _keyed_hash(text: str) -> str:
    """HMAC-SHA-256 (RFC 2104) in lower-case hex, of the value's text in UTF-8; the pads stand in the session (``secret.py``)."""
    inner = f"UNHEX(SHA2(CONCAT({INNER}, CONVERT({text} USING binary)), 256))"
    return f"SHA2(CONCAT({OUTER}, {inner}), 256)"


def _condition(condition: Condition, kind: Kind) -> str:
    name, operator = quoted(condition.column), condition.operator
    if operator in {Operator.IS_NULL, Operator.NOT_NULL}:
        return f"{name} IS {'NOT ' if operator == Operator.NOT_NULL else ''}NULL"
    if kind.sort == Sort.TEXT:
        return _of_text(name, operator, [_text(condition, value) for value in condition.values])
    if operator == Operator.PREFIX:
        return _of_text(text_of(name, kind), operator, [_text(condition, value) for value in condition.values])
    return _compared(name, operator, [_typed(condition, value, kind) for value in condition.values])


def _compared(name: str, operator: Operator, values: Sequence[str]) -> str:
    if operator == Operator.IN:
        return f"{name} IN ({', '.join(values)})"
    if operator == Operator.BETWEEN:
        return f"{name} BETWEEN {values[0]} AND {values[1]}"
    return f"{name} {_COMPARISONS[operator]} {values[0]}"


def _of_text(name: str, operator: Operator, values: Sequence[str]) -> str:
    """By bytes; equality by the column's own collation before it, so that an index can help."""
    exact = f"CONVERT(CONVERT({name} USING utf8mb4) USING binary)"
    binary = [f"x'{value.encode().hex()}'" for value in values]
    if operator == Operator.PREFIX:
        return f"LEFT({exact}, {len(values[0].encode())}) = {binary[0]}"
    compared = _compared(exact, operator, binary)
    if operator in {Operator.EQ, Operator.IN}:
        return f"({_compared(name, operator, [literal(value) for value in values])} AND {compared})"
    return compared


def _text(condition: Condition, value: Value) -> str:
    if not isinstance(value, str):
        raise Drift([Fault(condition.column, "行条件的值不是文字，与来源字段的类型不符")])
    return value


def _typed(condition: Condition, value: Value, kind: Kind) -> str:
    """A literal of the column's own kind; a text is taken for what it spells."""
    if kind.sort in _NUMBERS and not isinstance(value, date):
        return _number(condition, value)
    if kind.sort in _CLOCKS and isinstance(value, date | str):
        return literal(_moment(value))
    raise Drift([Fault(condition.column, "行条件的值与来源字段的类型不符")])


def _number(condition: Condition, value: Value) -> str:
    try:
        number = Decimal(int(value) if isinstance(value, bool) else str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Drift([Fault(condition.column, "行条件的值不是数")])
    return f"{number:f}"


def _moment(value: Value) -> str:
    if isinstance(value, datetime):
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return plain.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
