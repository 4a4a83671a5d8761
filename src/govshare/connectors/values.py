"""Plain values every engine understands: what to select, how each column is treated, what a database looks like.

Nothing here is text of a query language. A row condition is a column, one of eleven operators and typed values; each engine
renders them into its own SQL with quoted identifiers and literals. What is malformed is a ``ValueError`` at construction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from govshare.kernel.choices import TextChoices

#: Types of an item 「数据项」 by the city's standard, as written in the catalog; ``""`` means: as the source has it.
ITEM_TYPES: Final = frozenset({"", "C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F"})

Value = str | int | Decimal | date | datetime | bool

_MOST_VALUES = 1000  # of one ``in``
_MOST_SHOWN = 100  # characters a mask may leave readable at either end


class Treatment(TextChoices):
    """What happens to a column before it leaves the source."""

    PLAIN = "plain", "明文"
    MASK = "mask", "掩码"
    KEYED_HASH = "keyed_hash", "摘要"
    QUERY_KEY = "query_key", "仅查询键"


class Operator(TextChoices):
    """The closed vocabulary of row conditions."""

    EQ = "eq", "等于"
    NE = "ne", "不等于"
    LT = "lt", "小于"
    LE = "le", "不大于"
    GT = "gt", "大于"
    GE = "ge", "不小于"
    IN = "in", "属于"
    BETWEEN = "between", "介于（含两端）"
    PREFIX = "prefix", "开头为"
    IS_NULL = "is_null", "为空"
    NOT_NULL = "not_null", "不为空"


_HOW_MANY: Final = {Operator.IS_NULL: (0, 0), Operator.NOT_NULL: (0, 0), Operator.IN: (1, _MOST_VALUES), Operator.BETWEEN: (2, 2)}


def _check_name(what: str, name: str) -> None:
    if not name or "\0" in name or len(name.encode()) > 63:
        raise ValueError(f"{what} must be a name of 1 to 63 bytes without NUL: {name!r}")


@dataclass(frozen=True, slots=True)
class Column:
    """One granted column: its name at the source, its name at the recipient, its declared item type, its treatment.

    ``head`` and ``tail`` are the characters a mask leaves readable at either end.
    """

    source: str
    target: str
    type: str = ""
    treatment: Treatment = Treatment.PLAIN
    head: int = 0
    tail: int = 0

    def __post_init__(self) -> None:
        _check_name("source column", self.source)
        _check_name("target column", self.target)
        Treatment(self.treatment)
        if self.type not in ITEM_TYPES:
            raise ValueError(f"unknown item type {self.type!r}")
        if not (0 <= self.head <= _MOST_SHOWN and 0 <= self.tail <= _MOST_SHOWN):
            raise ValueError(f"a mask leaves 0 to {_MOST_SHOWN} characters at either end")
        if (self.head or self.tail) and self.treatment != Treatment.MASK:
            raise ValueError("only a masked column has readable ends")


@dataclass(frozen=True, slots=True)
class Condition:
    """One row condition: ``column operator values``. Several of them must all hold."""

    column: str
    operator: Operator
    values: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        _check_name("condition column", self.column)
        least, most = _HOW_MANY.get(Operator(self.operator), (1, 1))
        if not least <= len(self.values) <= most:
            raise ValueError(f"{self.operator} takes {least} to {most} values, not {len(self.values)}")
        for value in self.values:
            _check_value(value)
        if len({type(value) for value in self.values}) > 1:
            raise ValueError("the values of one condition are of one type")
        if self.operator == Operator.PREFIX and not (isinstance(self.values[0], str) and self.values[0]):
            raise ValueError("a prefix is a text that is not empty")


def _check_value(value: object) -> None:
    if type(value) not in {str, int, Decimal, date, datetime, bool}:
        raise ValueError(f"a condition cannot hold a {type(value).__name__}")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a text cannot hold NUL")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("a number must be finite")


@dataclass(frozen=True, slots=True)
class Selection:
    """What may leave one table: these columns, of the rows that meet every condition; ``key`` names the source's key columns."""

    schema: str
    table: str
    columns: tuple[Column, ...]
    conditions: tuple[Condition, ...] = ()
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name("schema", self.schema)
        _check_name("table", self.table)
        for name in self.key:
            _check_name("key column", name)
        if len(set(self.key)) < len(self.key):
            raise ValueError("a key names each column once")
        if not self.columns:
            raise ValueError("a selection has at least one column")
        for attribute in ("source", "target"):
            names = [getattr(column, attribute) for column in self.columns]
            if len(set(names)) < len(names):
                raise ValueError(f"two columns share a {attribute} name")

    @property
    def delivered(self) -> tuple[Column, ...]:
        """The columns that leave the source; a column granted only as query key does not."""
        return tuple(column for column in self.columns if column.treatment != Treatment.QUERY_KEY)

    def column(self, source: str) -> Column | None:
        """The granted column with this name at the source."""
        return next((column for column in self.columns if column.source == source), None)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column as the database describes it; ``type`` is the engine's own spelling, e.g. ``numeric(38,10)``."""

    name: str
    type: str
    nullable: bool
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view as the database describes it. ``rows`` is the engine's estimate, -1 when it has none."""

    schema: str
    name: str
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...] = ()
    kind: str = "table"  # or "view"
    comment: str = ""
    rows: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an account finds and could do; ``writable`` and ``creatable`` name tables and schemas, each list cut at 100."""

    engine: str
    version: str
    database: str
    account: str
    encrypted: bool
    superuser: bool
    writable: tuple[str, ...] = ()
    creatable: tuple[str, ...] = ()

    @property
    def read_only(self) -> bool:
        """Whether the account can change nothing: what a provider's front-end database must grant the platform."""
        return not (self.superuser or self.writable or self.creatable)
