"""What a selection becomes on its way: the columns the recipient gets, with types of equal bytes on both sides; or why it does not fit.

Built-in types go as they are. What only the source knows (enumerations, composite and extension types) or what a server setting
gives its meaning (money, object references) goes as text or number, which changes no value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg

from govshare.connectors.digest import Form
from govshare.connectors.engine import Field, Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import HEX_HASH, TEXT, Kind, Sort, sizes
from govshare.connectors.values import Column, Selection, Treatment
from govshare.kernel.errors import Fault

Connection = psycopg.Connection[tuple[Any, ...]]

_FIRST_OWN_OID = 16384  # below it: built in, the same on every server
_NUMBERS, _DATES, _TEXTS = frozenset("NYBFI"), frozenset("DT"), frozenset("CM")

_RELATION: Final = """
    SELECT c.oid::bigint,
           current_setting('server_version_num')::int >= 140000 AND has_column_privilege(c.oid, (-1)::smallint, 'SELECT')
           AND NOT EXISTS (
               SELECT 1 FROM pg_class leaf LEFT JOIN pg_am am ON am.oid = leaf.relam
               WHERE (leaf.oid = c.oid OR leaf.oid IN (SELECT relid FROM pg_partition_tree(c.oid))) AND leaf.relkind <> 'p'
                 AND (leaf.relkind NOT IN ('r', 'm') OR am.amname IS DISTINCT FROM 'heap' OR leaf.relhassubclass)),
           c.relkind IN ('r', 'p', 'v') AND has_table_privilege(c.oid, 'SELECT')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""

_COLUMNS: Final = """
    WITH RECURSIVE typed AS (
        SELECT a.attname, a.attnotnull, a.atttypid AS type, a.atttypmod AS typmod, a.attnum,
               has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS readable
        FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
        SELECT d.attname, d.attnotnull, t.typbasetype, t.typtypmod, d.attnum, d.readable
        FROM typed d JOIN pg_type t ON t.oid = d.type WHERE t.typtype = 'd'
    )
    SELECT c.attname, format_type(c.type, c.typmod), t.typname, t.typcategory::text, c.attnotnull, c.readable, t.oid::bigint,
           CASE WHEN t.typelem <> 0 AND t.typlen = -1 AND e.typarray = t.oid THEN e.oid::bigint END, t.typsend <> 0
    FROM typed c JOIN pg_type t ON t.oid = c.type LEFT JOIN pg_type e ON e.oid = t.typelem
    WHERE t.typtype <> 'd'
"""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A selection resolved against its source. ``key`` is empty when the source's key does not arrive whole.

    ``blocks``: the table can be read by ranges of its file, which takes the right to read it whole, or its ``ctid``: an account
    with rights on columns is best given ``GRANT SELECT (ctid, …)``; without it a load is one transaction and cannot go on
    after a crash. ``lockable``: the account may lock the table against being emptied.
    """

    relation: int
    fields: tuple[Field, ...]
    kinds: tuple[Kind, ...]
    key: tuple[str, ...]
    casts: Mapping[str, str]
    spellings: Mapping[str, str]  # of the canonical text: column to what it is turned into
    blocks: bool
    lockable: bool
    required: frozenset[str]

    @property
    def shape(self) -> Shape:
        return Shape("postgresql", self.fields, self.kinds, self.key, self.blocks, required=self.required)

    def casts_for(self, shape: Shape, selection: Selection) -> Mapping[str, str]:
        """How each column leaves, once it is known where it goes."""
        if shape.form == Form.BINARY:
            return self.casts
        moments = [
            column.source
            for column, own, agreed in zip(selection.delivered, self.kinds, shape.kinds, strict=True)
            if own.sort == Sort.INSTANT and agreed.sort == Sort.MOMENT
        ]
        return {**self.spellings, **dict.fromkeys(moments, "utc")}


@dataclass(frozen=True, slots=True)
class _Found:
    type: str
    name: str
    category: str
    required: bool
    readable: bool
    oid: int
    element: int | None
    sendable: bool

    @property
    def cast(self) -> str:
        """What it has to be turned into before it leaves, or ``""``."""
        if self.name == "money":
            return "numeric"  # its scale is a setting of the server
        if self.element is not None and self.element >= _FIRST_OWN_OID:
            return "text[]"
        foreign = self.oid >= _FIRST_OWN_OID or not self.sendable
        names_an_object = self.name.lstrip("_").startswith("reg") or self.name in {"oid", "_oid"}
        return "text" if foreign or names_an_object else ""


def resolve(connection: Connection, selection: Selection) -> Resolved:
    """Look the selection's columns up at the source; raises ``Drift`` naming everything that no longer fits."""
    relation = connection.execute(_RELATION, [selection.schema, selection.table]).fetchone()
    if relation is None:
        raise Drift([Fault(f"{selection.schema}.{selection.table}", "来源库中没有这个表或视图，或账号无权查看")])
    oid, blocks, lockable = relation
    found = {name: _Found(*rest) for name, *rest in connection.execute(_COLUMNS, [oid])}
    faults = [fault for name in _named(selection) if (fault := _absence(name, found.get(name)))]
    if not faults:
        faults = [fault for column in selection.delivered if (fault := _mismatch(column, found[column.source]))]
    if not selection.delivered:
        faults.append(Fault(selection.table, "授权中没有可以传输的字段（仅查询键不传输）"))
    if faults:
        raise Drift(faults)
    casts = {c.source: cast for c in selection.delivered if (cast := _cast(c, found[c.source]))}
    key = _key(selection, found)
    fields = tuple(Field(c.target, _arriving(c, found[c.source], casts), c.target in key) for c in selection.delivered)
    kinds = tuple(_kind(c, found[c.source], casts) for c in selection.delivered)
    spellings = {c.source: _spelling(c, found[c.source], kind) for c, kind in zip(selection.delivered, kinds, strict=True)}
    required = frozenset(column.target for column in selection.delivered if found[column.source].required)
    return Resolved(oid, fields, kinds, key, casts, spellings, blocks, lockable, required)


def _named(selection: Selection) -> list[str]:
    """Every column the SELECT will name."""
    names = [column.source for column in selection.delivered] + [condition.column for condition in selection.conditions]
    return list(dict.fromkeys(names))


def _absence(name: str, found: _Found | None) -> Fault | None:
    if found is None:
        return Fault(name, "来源表中已没有这个字段，请提供部门核对并变更目录")
    return None if found.readable else Fault(name, "平台的只读账号无权读取这个字段，请提供部门授予该列的查询权限")


def _mismatch(column: Column, found: _Found) -> Fault | None:
    """Declared and actual type contradict each other."""
    if column.treatment != Treatment.PLAIN:
        return None
    if column.type in _NUMBERS and found.category != "N":
        return Fault(column.source, f"目录登记为数值类，来源实际为 {found.type}")
    if column.type in _DATES and found.category != "D":
        return Fault(column.source, f"目录登记为日期时间类，来源实际为 {found.type}")
    return None


def _cast(column: Column, found: _Found) -> str:
    if column.treatment != Treatment.PLAIN:
        return ""
    if column.type in _TEXTS and found.category != "S":
        return "text"
    return found.cast


def _arriving(column: Column, found: _Found, casts: Mapping[str, str]) -> str:
    return "text" if column.treatment != Treatment.PLAIN else casts.get(column.source, found.type)


#: Kinds by the type's name; ``kind_of`` adds what its spelling says.
_SORTS: Final = {
    "bool": Kind(Sort.INTEGER, 16),
    "int2": Kind(Sort.INTEGER, 16),
    "int4": Kind(Sort.INTEGER, 32),
    "int8": Kind(Sort.INTEGER, 64),
    "numeric": Kind(Sort.DECIMAL),
    "money": Kind(Sort.DECIMAL),
    "float4": Kind(Sort.DOUBLE),
    "float8": Kind(Sort.DOUBLE),
    "varchar": TEXT,
    "bpchar": TEXT,
    "bytea": Kind(Sort.BYTES),
    "date": Kind(Sort.DATE),
    "time": Kind(Sort.TIME, scale=6),
    "timestamp": Kind(Sort.MOMENT, scale=6),
    "timestamptz": Kind(Sort.INSTANT, scale=6),
}
_OWN_TEXTS: Final = frozenset({"text", "varchar"})


def _kind(column: Column, found: _Found, casts: Mapping[str, str]) -> Kind:
    """What the column is for another engine; whatever has no like there goes as its text."""
    if column.treatment != Treatment.PLAIN:
        return HEX_HASH if column.treatment == Treatment.KEYED_HASH else TEXT
    if casts.get(column.source) == "text":
        return TEXT
    return kind_of(found.name, found.type)


def kind_of(name: str, spelling: str) -> Kind:
    """By the type's name and its whole spelling."""
    kind = _SORTS.get(name, TEXT)
    size, scale = sizes(spelling)
    if kind.sort == Sort.DECIMAL:
        why = "没有声明精度" if not size else "小数位数为负" if scale < 0 else ""
        advice = f"类型 {spelling} {why}，不能跨库传输，请提供部门改为 numeric(位数,小数位数)"
        return Kind(Sort.NONE, note=advice) if why else replace(kind, size=size, scale=scale)
    if name in {"varchar", "bpchar"}:
        return replace(kind, size=size)
    return replace(kind, scale=size) if kind.scale and "(" in spelling else kind


def _spelling(column: Column, found: _Found, kind: Kind) -> str:
    """What it is turned into for the canonical text, by the names of ``render``."""
    if column.treatment != Treatment.PLAIN:
        return ""
    if kind.sort == Sort.TEXT:
        return "" if found.name in _OWN_TEXTS else "text"
    if kind.sort == Sort.DOUBLE:
        return "double"
    return "integer" if found.name == "bool" else ""


def _key(selection: Selection, found: Mapping[str, _Found]) -> tuple[str, ...]:
    """The key's names at the recipient, if every part arrives as distinct as it left: plain or as a keyed hash, and never null."""
    columns = [selection.column(name) for name in selection.key]
    whole = [
        column.target
        for column in columns
        if column and column.treatment in {Treatment.PLAIN, Treatment.KEYED_HASH} and found[column.source].name not in {"json", "xml"}
    ]
    return tuple(whole) if len(whole) == len(columns) else ()
