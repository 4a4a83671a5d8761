"""What a selection becomes on its way out of a MySQL-family database, or why it does not fit its source any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from govshare.connectors.digest import Form
from govshare.connectors.engine import Field, Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import HEX_HASH, TEXT, Kind, Sort
from govshare.connectors.mysql.session import Connection
from govshare.connectors.values import Column, Selection, Treatment
from govshare.kernel.errors import Fault

NAME: Final = "mysql"

_TABLE: Final = """
    SELECT table_type, coalesce(engine, ''), coalesce(table_rows, 0), coalesce(data_length, 0)
    FROM information_schema.tables WHERE table_schema = %s AND table_name = %s
"""
_COLUMNS: Final = """
    SELECT column_name, lower(data_type), column_type, is_nullable, coalesce(character_maximum_length, 0),
           coalesce(numeric_precision, 0), coalesce(numeric_scale, 0), coalesce(datetime_precision, 0), column_key, privileges
    FROM information_schema.columns WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position
"""
KEY: Final = """
    SELECT column_name FROM information_schema.key_column_usage
    WHERE table_schema = %s AND table_name = %s AND constraint_name = 'PRIMARY' ORDER BY ordinal_position
"""

#: Engines that keep old versions of rows, so that a snapshot is one.
TRANSACTIONAL: Final = frozenset({"INNODB", "ROCKSDB", "TOKUDB", "TIKV", "OCEANBASE"})

_INTEGERS: Final = {"tinyint": (16, 16), "smallint": (16, 32), "mediumint": (32, 32), "int": (32, 64), "bigint": (64, 0), "year": (16, 16)}
_TEXTS: Final = frozenset({"tinytext", "text", "mediumtext", "longtext", "enum", "set", "json", "uuid", "inet4", "inet6"})
_BYTES: Final = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})

_NUMBERS_DECLARED, _DATES_DECLARED, _TEXTS_DECLARED = frozenset("NYBFI"), frozenset("DT"), frozenset("CM")
_NUMBERS: Final = frozenset({Sort.INTEGER, Sort.DECIMAL, Sort.DOUBLE})
_DATES: Final = frozenset({Sort.DATE, Sort.TIME, Sort.MOMENT, Sort.INSTANT})


@dataclass(frozen=True, slots=True)
class Found:
    """One column as the server describes it."""

    kind: Kind
    type: str  # its own spelling, for a recipient of the same engine
    required: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """A selection resolved against its source. ``order``: the primary key, if the account may read all of it."""

    shape: Shape
    kinds: Mapping[str, Kind]  # of every column the SELECT will name
    order: tuple[str, ...]
    rows: int
    bytes: int


def resolve(connection: Connection, selection: Selection) -> Resolved:
    """Look the selection's columns up at the source; raises ``Drift`` naming everything that no longer fits."""
    place = [selection.schema, selection.table]
    table = connection.row(_TABLE, place)
    if table is None:
        raise Drift([Fault(".".join(place), "来源库中没有这个表，或账号无权查看")])
    _, engine, rows, size = table
    found = {row[0]: found_of(row) for row in connection.rows(_COLUMNS, place) if "select" in row[9]}
    faults = _unreadable(".".join(place), engine) + _absent(selection, found)
    if not faults:
        faults = [fault for column in selection.delivered if (fault := _mismatch(column, found[column.source]))]
    if not selection.delivered:
        faults.append(Fault(selection.table, "授权中没有可以传输的字段（仅查询键不传输）"))
    if faults:
        raise Drift(faults)
    order = tuple(name for (name,) in connection.rows(KEY, place))
    order = order if set(order) <= set(found) else ()
    kinds = {name: found[name].kind for name in _named(selection)}
    return Resolved(_shape(selection, found, resumable=bool(order)), kinds, order, int(rows), int(size))


def found_of(row: tuple[Any, ...]) -> Found:
    """From a row of ``_COLUMNS``."""
    _, data_type, column_type, nullable, characters, digits, scale, fraction, _, _ = row
    kind = kind_of(data_type, column_type, int(characters), int(digits), int(scale), int(fraction))
    return Found(kind, column_type, nullable == "NO")


def kind_of(data_type: str, column_type: str, characters: int, digits: int, scale: int, fraction: int) -> Kind:  # noqa: PLR0917
    sized = {
        "decimal": Kind(Sort.DECIMAL, digits, scale),
        "char": Kind(Sort.TEXT, characters),
        "varchar": Kind(Sort.TEXT, characters),
        "float": Kind(Sort.DOUBLE),
        "double": Kind(Sort.DOUBLE),
        "date": Kind(Sort.DATE),
        "time": Kind(Sort.TIME, scale=fraction),
        "datetime": Kind(Sort.MOMENT, scale=fraction),
        "timestamp": Kind(Sort.INSTANT, scale=fraction),
        "bit": Kind(Sort.BITS, digits),
    }
    if data_type in sized:
        return sized[data_type]
    if data_type in _INTEGERS:
        size = _INTEGERS[data_type]["unsigned" in column_type]
        return Kind(Sort.INTEGER, size) if size else Kind(Sort.DECIMAL, 20, 0)
    if data_type in _TEXTS | _BYTES:
        return TEXT if data_type in _TEXTS else Kind(Sort.BYTES)
    return Kind(Sort.NONE, note=f"类型 {column_type} 不能传输，请提供部门在前置库中改为文字（如 ST_AsText）或数值")


def _unreadable(place: str, engine: str) -> list[Fault]:
    """A view may read tables the platform cannot see, so nothing could be promised of it; a table without versions has no snapshot."""
    if not engine:
        return [Fault(place, "是视图，背后的表是否支持一致快照无从核实；请提供部门在前置库中以基表提供")]
    if engine.upper() not in TRANSACTIONAL:
        return [Fault(place, f"存储引擎 {engine} 没有事务，取不到一致的快照；请提供部门改为 InnoDB（ALTER TABLE … ENGINE=InnoDB）")]
    return []


def _named(selection: Selection) -> list[str]:
    """Every column the SELECT will name."""
    names = [column.source for column in selection.delivered] + [condition.column for condition in selection.conditions]
    return list(dict.fromkeys(names))


def _absent(selection: Selection, found: Mapping[str, Found]) -> list[Fault]:
    why = "来源表中已没有这个字段，或平台的只读账号无权读取；请提供部门核对并变更目录，或授予该列的查询权限"
    return [Fault(name, why) for name in _named(selection) if name not in found]


def _mismatch(column: Column, found: Found) -> Fault | None:
    """Declared and actual type contradict each other, or the type cannot leave."""
    kind = found.kind
    if kind.sort == Sort.NONE:
        return Fault(column.source, kind.note)
    if column.treatment != Treatment.PLAIN:
        return None
    if column.type in _NUMBERS_DECLARED and kind.sort not in _NUMBERS:
        return Fault(column.source, f"目录登记为数值类，来源实际为 {found.type}")
    if column.type in _DATES_DECLARED and kind.sort not in _DATES:
        return Fault(column.source, f"目录登记为日期时间类，来源实际为 {found.type}")
    return None


def _shape(selection: Selection, found: Mapping[str, Found], *, resumable: bool) -> Shape:
    key = _key(selection, found)
    kinds = tuple(_delivered(column, found[column.source]) for column in selection.delivered)
    fields = tuple(Field(c.target, _own_type(c, found[c.source]), c.target in key) for c in selection.delivered)
    required = frozenset(column.target for column in selection.delivered if found[column.source].required)
    return Shape(NAME, fields, kinds, key, resumable, Form.TEXT, required)


def _delivered(column: Column, found: Found) -> Kind:
    """What leaves: the column's kind, or a text where it is treated or declared as one."""
    if column.treatment == Treatment.KEYED_HASH:
        return HEX_HASH
    if column.treatment == Treatment.MASK:
        return TEXT
    return TEXT if column.type in _TEXTS_DECLARED and found.kind.sort != Sort.TEXT else found.kind


def _own_type(column: Column, found: Found) -> str:
    """For a recipient of this engine; ``""``: whatever fits the kind."""
    return found.type if _delivered(column, found) == found.kind and found.kind.sort not in {Sort.TEXT, Sort.INSTANT} else ""


def _key(selection: Selection, found: Mapping[str, Found]) -> tuple[str, ...]:
    """The key's names at the recipient, if every part arrives as distinct as it left: plain or as a keyed hash, and never null."""
    columns = [selection.column(name) for name in selection.key]
    whole = [
        column.target
        for column in columns
        if column and column.treatment in {Treatment.PLAIN, Treatment.KEYED_HASH} and found[column.source].required
    ]
    return tuple(whole) if len(whole) == len(columns) else ()
