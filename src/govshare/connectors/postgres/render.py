"""A ``Selection`` as one SELECT. Identifiers and literals are quoted by psycopg; nothing is glued together from text."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from govshare.connectors.postgres.session import INNER, OUTER
from govshare.connectors.values import Column, Condition, Operator, Selection, Treatment

_COMPARISONS = {
    Operator.EQ: sql.SQL("="),
    Operator.NE: sql.SQL("<>"),
    Operator.LT: sql.SQL("<"),
    Operator.LE: sql.SQL("<="),
    Operator.GT: sql.SQL(">"),
    Operator.GE: sql.SQL(">="),
}

_CASTS = {
    "": "{x}",
    "text": "{x}::text",
    "text[]": "{x}::text[]",
    "numeric": "{x}::numeric",
    "integer": "{x}::int",
    "utc": "{x} AT TIME ZONE 'UTC'",
    "double": "{x}::float8",
}


@dataclass(frozen=True, slots=True)
class Blocks:
    """The rows whose place lies in blocks ``[first, last)`` of the table's file; no ``last``: to its end.

    Under one snapshot a row's place is fixed, so disjoint ranges that cover all blocks hold every row exactly once.
    """

    first: int
    last: int | None = None


def select(
    selection: Selection, *, casts: Mapping[str, str] | None = None, within: Blocks | None = None, limit: int | None = None
) -> sql.Composed:
    """The SELECT of the delivered columns, treated, and of nothing else. ``casts`` names columns to be turned into another type.

    A keyed hash needs a session opened with the grant's key (``session.connect``); the key itself is never in the text.
    """
    casts = casts or {}
    columns = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(_treated(column, casts.get(column.source, "")), sql.Identifier(column.target))
        for column in selection.delivered
    )
    conditions = [_condition(condition) for condition in selection.conditions]
    if within is not None:
        conditions.append(sql.SQL("ctid >= {}").format(_place(within.first)))
        if within.last is not None:
            conditions.append(sql.SQL("ctid < {}").format(_place(within.last)))
    parts = [sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(selection.schema, selection.table))]
    if conditions:
        parts.append(sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(conditions)))
    if limit is not None:
        parts.append(sql.SQL("LIMIT {}").format(sql.Literal(limit)))
    return sql.SQL(" ").join(parts)


def _place(block: int) -> sql.Composed:
    return sql.SQL("{}::tid").format(sql.Literal(f"({block},0)"))


def _treated(column: Column, cast: str) -> sql.Composable:
    name = sql.Identifier(column.source)
    text = sql.SQL("{}::text").format(name)
    if column.treatment == Treatment.MASK:
        return _mask(text, column.head, column.tail)
    if column.treatment == Treatment.KEYED_HASH:
        return _keyed_hash(text)
    return spelled(name, cast)


def spelled(name: sql.Composable, cast: str) -> sql.Composed:
    """The expression turned into what ``cast`` names, one of ``_CASTS``."""
    return sql.SQL(_CASTS[cast]).format(x=name)


def _mask(text: sql.Composable, head: int, tail: int) -> sql.Composed:
    """Stars for all but the ends; for all of a value too short to hide anything between them."""
    return sql.SQL(
        "CASE WHEN char_length({text}) > {ends}"
        " THEN left({text}, {head}) || repeat('*', char_length({text}) - {ends}) || right({text}, {tail})"
        " ELSE repeat('*', char_length({text})) END"
    ).format(text=text, head=sql.Literal(head), tail=sql.Literal(tail), ends=sql.Literal(head + tail))


def _keyed_hash(text: sql.Composable) -> sql.Composed:
    """HMAC-SHA-256 (RFC 2104) in lower-case hex, of the value's text in UTF-8, from the core function alone."""
    pad = sql.SQL("(SELECT decode(current_setting({}), 'hex'))")  # a subquery, so that it is decoded once, not per row
    return sql.SQL("encode(sha256({outer} || sha256({inner} || convert_to({text}, 'UTF8'))), 'hex')").format(
        outer=pad.format(sql.Literal(OUTER)), inner=pad.format(sql.Literal(INNER)), text=text
    )


def _condition(condition: Condition) -> sql.Composed:
    name = sql.Identifier(condition.column)
    values = [sql.Literal(value) for value in condition.values]
    match condition.operator:
        case Operator.IS_NULL:
            return sql.SQL("{} IS NULL").format(name)
        case Operator.NOT_NULL:
            return sql.SQL("{} IS NOT NULL").format(name)
        case Operator.IN:
            return sql.SQL("{} IN ({})").format(name, sql.SQL(", ").join(values))
        case Operator.BETWEEN:
            return sql.SQL("{} BETWEEN {} AND {}").format(name, *values)
        case Operator.PREFIX:
            return sql.SQL("starts_with({}::text, {})").format(name, *values)
        case comparison:
            return sql.SQL("{} {} {}").format(name, _COMPARISONS[comparison], *values)
