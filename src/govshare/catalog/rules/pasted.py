"""Items out of a spreadsheet: headers recognised by their many names, types by what databases call them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.catalog.rules.contents import ItemContent
from govshare.catalog.rules.shape import MOST_ITEMS, item_faults
from govshare.catalog.rules.words import same_name
from govshare.kernel.errors import Fault
from govshare.regulation.workbooks import Row, name_of

MOST_ROWS = MOST_ITEMS + 1  # with the header

#: Field of an item, and what people write above its column.
HEADERS = {
    "name": "信息项名称|信息项|中文名称|中文名|数据项名称|数据项|字段中文名|字段中文名称|字段描述|字段说明|字段注释|名称",
    "column": "字段名|字段名称|英文名称|英文名|字段英文名|字段英文名称|字段代码|列名|标识符|column|columnname|field",
    "type": "数据类型|类型|字段类型|信息项类型|type|datatype",
    "length": "数据长度|长度|字段长度|length|size",
    "sensitivity": "敏感级别|敏感程度|敏感性|敏感|是否敏感|敏感类别|sensitivity",
    "is_key": "主键|是否主键|关键字|是否关键字|pk|primarykey|key",
    "data_element": "数据元|数据元标识|数据元标识符|内部标识符",
    "code_table": "代码表|代码集|值域|值域代码|引用代码|字典",
}
#: The order that is assumed where there is no header.
ORDER = ("name", "column", "type", "length", "sensitivity", "is_key")
TITLES = {
    "name": "信息项名称",
    "column": "字段名",
    "type": "数据类型",
    "length": "数据长度",
    "sensitivity": "敏感级别",
    "is_key": "主键",
    "data_element": "数据元",
    "code_table": "代码表",
}

_FIELD_OF = {same_name(alias): field for field, aliases in HEADERS.items() for alias in aliases.split("|")}
_NOTE = re.compile(r"[（(\[【].*?[）)\]】]")
_SENSITIVITIES = {
    "": Sensitivity.ORDINARY,
    **dict.fromkeys(("普通", "一般", "否", "无", "非敏感", "不敏感", "n", "no", "0"), Sensitivity.ORDINARY),
    **dict.fromkeys(("敏感", "是", "y", "yes", "1"), Sensitivity.SENSITIVE),
    **dict.fromkeys(("个人信息", "个人", "个人隐私", "隐私", "个人敏感信息", "敏感个人信息"), Sensitivity.PERSONAL),
    **dict.fromkeys(("商业秘密", "商密"), Sensitivity.COMMERCIAL_SECRET),
    **{each.value: each for each in Sensitivity},
}
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "v", "主键", "pk", "有"})
_NO = frozenset({"", "否", "n", "no", "false", "0", "×", "x", "-", "无"})

_TYPES = {
    ItemType.C: "字符型|字符|字符串|文本|代码|char|character|varchar|varchar2|nvarchar|nvarchar2|nchar|bpchar|character varying|uuid",
    ItemType.N: "数值型|数值|数字|numeric|number|decimal|dec",
    ItemType.Y: "货币型|货币|金额|money",
    ItemType.D: "日期型|日期|date",
    ItemType.T: "日期时间型|日期时间|时间|时间戳|datetime|datetime2|timestamp|timestamptz|time|timetz",
    ItemType.L: "逻辑型|逻辑|布尔|布尔型|bool|boolean|bit",
    ItemType.M: "备注型|备注|长文本|text|clob|longtext|mediumtext|json|jsonb|xml",
    ItemType.G: "通用型|通用|二进制|blob|bytea|binary|varbinary|image|longblob|raw",
    ItemType.B: "双精度型|双精度|double|double precision|float8",
    ItemType.I: "整型|整数|整数型|int|integer|bigint|smallint|tinyint|int2|int4|int8|serial|bigserial",
    ItemType.F: "浮点型|浮点|float|real|float4",
}
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in (*names.split("|"), kind.value.lower())}
_SPELLED = re.compile(r"([^(]+?) ?(?:\( ?(\d{1,9})[^)]*\))?(?: with(?:out)? time zone)?")
_SHORT = re.compile(r"(?P<name>[a-z])(?P<size>\d{1,9})(?:[,，.]\d+)?")  # C50, N10,2 as data dictionaries write it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """Items that were read, and what is wrong with them, faults at their cells. ``headless``: no header, the usual order was assumed."""

    items: tuple[ItemContent, ...]
    faults: tuple[Fault, ...]
    recognised: tuple[str, ...]  # titles of the columns that were understood, in their order
    ignored: tuple[str, ...]  # headers that say nothing to us
    headless: bool = False


def type_of(text: str) -> tuple[ItemType, int | None] | None:
    """Type and length that a type's spelling means, e.g. ``varchar(50)`` or ``字符型 C18``; None for one we do not know."""
    spelled = " ".join(text.strip().casefold().replace("（", "(").replace("）", ")").split())
    if short := _SHORT.fullmatch(spelled):
        return _sized(_TYPE_OF.get(short["name"]), short["size"])
    found = _SPELLED.fullmatch(spelled)
    if found is None or found[1] not in _TYPE_OF:
        words = spelled.split()
        return type_of(words[-1]) if len(words) > 1 else None  # 字符型 C18
    return _sized(_TYPE_OF[found[1]], found[2])


def _sized(kind: ItemType | None, size: str | None) -> tuple[ItemType, int | None] | None:
    if kind is None:
        return None
    return kind, int(size) if size and kind in {ItemType.C, ItemType.N, ItemType.Y} else None


def parse(rows: Sequence[Row]) -> Pasted:
    """Read items from ``rows``; the first row that names at least a name or a field, and one more, is the header."""
    if not rows:
        return Pasted(items=(), faults=(Fault("A1", "没有内容，请连同表头一起复制"),), recognised=(), ignored=())
    header = _header(rows[0])
    headless = header is None
    fields = header if header is not None else dict(enumerate(ORDER))
    body = rows if headless else rows[1:]
    if not body:
        return Pasted(items=(), faults=(Fault(name_of(rows[0].number + 1, 0), "表头下面没有信息项"),), recognised=(), ignored=())
    read = [_item(row, fields) for row in body]
    items = tuple(item for item, _ in read)
    faults = [fault for _, wrong in read for fault in wrong]
    faults += _at_cells(item_faults(items), body, fields, known={fault.place for fault in faults})
    ignored = () if headless else tuple(text for column, text in enumerate(rows[0].cells) if text and column not in fields)
    return Pasted(
        items=items,
        faults=tuple(sorted(faults, key=lambda fault: _order(fault.place))),
        recognised=tuple(TITLES[field] for field in fields.values()),
        ignored=ignored,
        headless=headless,
    )


def _header(row: Row) -> dict[int, str] | None:
    found: dict[int, str] = {}
    for column, text in enumerate(row.cells):
        field = _FIELD_OF.get(same_name(text)) or _FIELD_OF.get(same_name(_NOTE.sub("", text)))
        if field and field not in found.values():
            found[column] = field
    return found if len(found) > 1 and {"name", "column"} & set(found.values()) else None


def _item(row: Row, fields: dict[int, str]) -> tuple[ItemContent, list[Fault]]:
    told = {field: (row.cell(column), name_of(row.number, column)) for column, field in fields.items()}
    text = {field: told.get(field, ("", ""))[0] for field in TITLES}
    faults: list[Fault] = []
    kind, length = _type(text["type"], told, faults)
    item = ItemContent(
        name=text["name"],
        column=text["column"],
        type=kind,
        length=_length(text["length"], told, faults) or length,
        sensitivity=_sensitivity(text["sensitivity"], told, faults),
        is_key=_is_key(text["is_key"], told, faults),
        data_element=text["data_element"],
        code_table=text["code_table"],
    )
    return item, faults


Told = dict[str, tuple[str, str]]


def _type(text: str, told: Told, faults: list[Fault]) -> tuple[str, int | None]:
    if not text:
        return ItemType.C, None
    found = type_of(text)
    if found is None:
        faults.append(Fault(told["type"][1], f"不认识的数据类型，请写：{'、'.join(str(each.label) for each in ItemType)}"))
        return ItemType.C, None
    return found


def _length(text: str, told: Told, faults: list[Fault]) -> int | None:
    whole = text.split(",", maxsplit=1)[0].split("，", maxsplit=1)[0].strip()
    if not whole or whole in {"-", "/"}:
        return None
    if not (whole.isascii() and whole.isdecimal() and len(whole) < 10):
        faults.append(Fault(told["length"][1], "数据长度应为整数，如 18；没有固定长度的留空"))
        return None
    return int(whole)


def _sensitivity(text: str, told: Told, faults: list[Fault]) -> str:
    found = _SENSITIVITIES.get(text.casefold())
    if found is None:
        faults.append(Fault(told["sensitivity"][1], f"请写：{'、'.join(str(each.label) for each in Sensitivity)}"))
        return Sensitivity.ORDINARY
    return found


def _is_key(text: str, told: Told, faults: list[Fault]) -> bool:
    said = text.casefold()
    if said not in _YES | _NO:
        faults.append(Fault(told["is_key"][1], "请写“是”或“否”"))
    return said in _YES


def _at_cells(faults: Sequence[Fault], body: Sequence[Row], fields: dict[int, str], known: set[str]) -> Iterator[Fault]:
    """Faults of items at the cells they were read from; a column that is not there at all is said once, at the header."""
    columns = {field: column for column, field in fields.items()}
    absent: set[str] = set()
    for fault in faults:
        _, _, rest = fault.place.partition(".")
        position, _, field = rest.partition(".")
        if not field:
            yield replace(fault, place="A1")
        elif field in columns:
            place = name_of(body[int(position) - 1].number, columns[field])
            if place not in known:
                yield replace(fault, place=place)
        elif field not in absent:
            absent.add(field)
            yield Fault("A1", f"没有“{TITLES.get(field, field)}”这一列，请在表头写明")


def _order(place: str) -> tuple[int, int, str]:
    letters = place.rstrip("0123456789")
    return int(place[len(letters) :] or 0), len(letters), letters
