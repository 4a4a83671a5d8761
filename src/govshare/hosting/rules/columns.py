"""The columns of a hosted table, made from the items of a catalog entry; types by the city's standard (CD2016-14; PC-154)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

_LONGEST_VARCHAR = 10_485_760  # PostgreSQL's own limit
_PLAIN_TYPES = {"D": "date", "T": "timestamp", "L": "boolean", "M": "text", "G": "text", "B": "double precision", "F": "double precision"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedColumn:
    """One column. ``item`` is the item's identity through all revisions; ``type`` the letter of the standard."""

    item: UUID
    name: str  # what people call it
    column: str
    type: str
    length: int | None = None
    key: bool = False
    sensitivity: str = "ordinary"

    @property
    def sql_type(self) -> str:
        """PostgreSQL's spelling, safe to stand in a statement: made of the letter and a number alone."""
        match self.type:
            case "C":
                return f"varchar({self.length})" if self.length and self.length <= _LONGEST_VARCHAR else "text"
            case "I":
                return "bigint"
            case "N" | "Y":
                return "numeric"  # the standard's length counts all digits and says nothing of the fraction: the row check holds it
        return _PLAIN_TYPES[self.type]


def dump(columns: Iterable[HostedColumn]) -> list[dict[str, Any]]:
    return [{**asdict(column), "item": str(column.item)} for column in columns]


def load(kept: Iterable[dict[str, Any]]) -> tuple[HostedColumn, ...]:
    return tuple(HostedColumn(**{**column, "item": UUID(column["item"])}) for column in kept)


def keys(columns: Sequence[HostedColumn]) -> tuple[HostedColumn, ...]:
    return tuple(column for column in columns if column.key)


@dataclass(frozen=True, slots=True)
class Alteration:
    """What brings a table up to its entry: columns to add, and columns whose type becomes wider; or why it cannot be."""

    added: tuple[HostedColumn, ...] = ()
    widened: tuple[HostedColumn, ...] = ()
    refused: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.widened or self.refused)


def alteration(now: Sequence[HostedColumn], wanted: Sequence[HostedColumn]) -> Alteration:
    """From the table's columns to those the entry asks for. A column whose item is gone stays: what is kept is not thrown away."""
    there = {column.item: column for column in now}
    added: list[HostedColumn] = []
    widened: list[HostedColumn] = []
    refused: list[HostedColumn] = []
    for column in wanted:
        was = there.get(column.item)
        if was is None:
            (refused if column.key else added).append(column)
        elif was.column != column.column or was.key != column.key:
            refused.append(column)
        elif was.sql_type != column.sql_type:
            (widened if _wider(was, column) else refused).append(column)
        elif was != column:
            widened.append(column)  # another name or length: the row check follows, the type stays
    words = tuple(f"信息项“{column.name}”（{column.column}）的主键、英文名称或类型已变，须另建托管表" for column in refused)
    return Alteration(tuple(added), tuple(widened), words)


def _wider(was: HostedColumn, column: HostedColumn) -> bool:
    if was.type == "C" and column.type in {"C", "M"}:
        return column.sql_type == "text" or (was.length or _LONGEST_VARCHAR) <= (column.length or _LONGEST_VARCHAR)
    return (was.sql_type, column.sql_type) == ("bigint", "numeric")


def after(now: Sequence[HostedColumn], change: Alteration) -> tuple[HostedColumn, ...]:
    """The columns once ``change`` was made."""
    widened = {column.item: column for column in change.widened}
    return (*(widened.get(column.item, column) for column in now), *change.added)
