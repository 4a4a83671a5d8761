"""What each type of one engine becomes in another, asked of the code that decides it."""

from dataclasses import replace

from govshare.connectors.engine import Field, Shape
from govshare.connectors.errors import Drift
from govshare.connectors.kinds import Kind, Sort
from govshare.connectors.mysql import fitting as into_mysql
from govshare.connectors.mysql.shape import kind_of as kind_of_mysql
from govshare.connectors.postgres import fitting as into_postgres
from govshare.connectors.postgres.shape import kind_of as kind_of_postgres

_POSTGRES = (
    ("bool", "boolean"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("numeric", "numeric(38,10)"),
    ("numeric", "numeric"),
    ("numeric", "numeric(80,2)"),
    ("numeric", "numeric(50,40)"),
    ("money", "money"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("varchar", "character varying(18)"),
    ("bpchar", "character(18)"),
    ("text", "text"),
    ("bytea", "bytea"),
    ("date", "date"),
    ("time", "time(3) without time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("timetz", "time with time zone"),
    ("interval", "interval"),
    ("uuid", "uuid"),
    ("jsonb", "jsonb"),
    ("xml", "xml"),
    ("inet", "inet"),
    ("_text", "text[]"),
    ("varbit", "bit varying(12)"),
    ("int4range", "int4range"),
)

#: Name, spelling, characters, digits, decimals, digits of a second's fraction.
_MYSQL = (
    ("tinyint", "tinyint(1)", 0, 3, 0, 0),
    ("smallint", "smallint unsigned", 0, 5, 0, 0),
    ("int", "int", 0, 10, 0, 0),
    ("int", "int unsigned zerofill", 0, 10, 0, 0),
    ("bigint", "bigint", 0, 19, 0, 0),
    ("bigint", "bigint unsigned", 0, 20, 0, 0),
    ("decimal", "decimal(38,10)", 0, 38, 10, 0),
    ("decimal", "decimal(65,30)", 0, 65, 30, 0),
    ("float", "float", 0, 12, 0, 0),
    ("double", "double", 0, 22, 0, 0),
    ("char", "char(18)", 18, 0, 0, 0),
    ("varchar", "varchar(18)", 18, 0, 0, 0),
    ("longtext", "longtext", 2**32 - 1, 0, 0, 0),
    ("enum", "enum('甲','乙')", 1, 0, 0, 0),
    ("set", "set('甲','乙')", 3, 0, 0, 0),
    ("json", "json", 0, 0, 0, 0),
    ("uuid", "uuid", 0, 0, 0, 0),
    ("varbinary", "varbinary(10)", 10, 0, 0, 0),
    ("longblob", "longblob", 2**32 - 1, 0, 0, 0),
    ("bit", "bit(10)", 0, 10, 0, 0),
    ("year", "year(4)", 0, 0, 0, 0),
    ("date", "date", 0, 0, 0, 0),
    ("time", "time(3)", 0, 0, 0, 3),
    ("datetime", "datetime(6)", 0, 0, 0, 6),
    ("timestamp", "timestamp", 0, 0, 0, 0),
    ("geometry", "geometry", 0, 0, 0, 0),
)

_REMARKS = {
    "boolean": "`1` / `0`",
    "real": "widened, exactly",
    "float": "widened, exactly",
    "double precision": "`NaN`, `Infinity` stop; `-0` arrives as `0`",
    "numeric(38,10)": "`NaN` stops",
    "date": "infinite, before year 1, after 9999 stop; from MariaDB `0000-00-00` and days that do not exist stop",
    "timestamp without time zone": "infinite, before year 1, after 9999 stop",
    "timestamp with time zone": "in UTC; the column's comment says so",
    "character(18)": "without the spaces that only fill it",
    "char(18)": "without the spaces that only fill it",
    "character varying(18)": "compares bytes, pads nothing",
    "text": "bounded to 255 characters in a key; a longer one stops",
    "varchar(18)": "NUL (`\\0`) stops; `gbk`, `latin1` are converted",
    "time(3)": "over 24 h and negative stop",
    "datetime(6)": "`0000-00-00` stops",
    "timestamp": "as the instant it means",
    "int unsigned zerofill": "without the zeros that are only shown",
}


_BEFORE = """\
Between two databases of one engine types stay as they are (texts of MariaDB get a collation that compares bytes; its TIMESTAMP becomes
DATETIME in UTC). What stops, stops the load and delivers nothing; the column is named, its values are not. `connectors/lines.py` says how
each kind is spelled on the way."""


def page() -> str:
    from tools.reference.pages import NOTICE, grid

    head = "来源类型|到达类型|说明"
    there = grid(head, (_row(spelling, kind_of_postgres(name, spelling), "mysql") for name, spelling in _POSTGRES))
    back = grid(head, (_row(each[1], kind_of_mysql(*each), "postgresql") for each in _MYSQL))
    return (
        f"# 跨库传输的类型对照 · Types between engines\n\n{NOTICE}\n{_BEFORE}\n\n## PostgreSQL → MySQL / MariaDB\n\n{there}\n\n"
        "Texts that no longer fit into a row of 65,535 bytes arrive as `longtext`, whatever their length.\n\n"
        f"## MySQL / MariaDB → PostgreSQL\n\n{back}\n"
    )


def _row(spelling: str, kind: Kind, into: str) -> list[str]:
    arrives, why = _arriving(kind, into)
    return [f"`{spelling}`", arrives, why or _REMARKS.get(spelling, "")]


def _arriving(kind: Kind, into: str) -> tuple[str, str]:
    """The recipient's type and nothing, or 停止 and the reason."""
    if kind.sort == Sort.NONE:
        return "停止", kind.note
    source = "postgresql" if into == "mysql" else "mysql"
    shape = Shape(source, (Field("v", ""),), (replace(kind),), (), resumable=True)
    try:
        fitted = (into_mysql if into == "mysql" else into_postgres).fitted(shape)
    except Drift as drift:
        return "停止", drift.faults[0].message
    return f"`{fitted.fields[0].type}`", ""
