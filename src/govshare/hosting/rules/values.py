"""One value of one row against the item it belongs to: its text as PostgreSQL takes it, or why it is not taken (PC-154, PC-157).

The declared type wins; nothing is guessed, rounded, cut off or filled up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from govshare.hosting.rules.columns import HostedColumn
from govshare.kernel.errors import Fault

LONGEST = 131_072  # characters of one value
SHOWN = 200  # characters of a bad value that a page shows

_NUMBER = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?|(\d{4})(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?", re.ASCII)
_YES, _NO = frozenset({"是", "1", "true", "t", "yes", "y"}), frozenset({"否", "0", "false", "f", "no", "n"})
_UNPAIRED = re.compile("[\ud800-\udfff]")
_BIGINT = range(-(2**63), 2**63)


class Bad(ValueError):
    """The value is not one of its item; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell of a workbook that is no plain text: ``kind`` is number, moment, truth, formula or error."""

    kind: str
    text: str


Cell = str | Odd


def checked(columns: Sequence[HostedColumn], cells: Sequence[Cell]) -> tuple[list[str | None], list[Fault]]:
    """The row's values in the order of ``columns``, and everything wrong with it, by column."""
    values: list[str | None] = []
    faults: list[Fault] = []
    for column, cell in zip(columns, cells, strict=True):
        try:
            values.append(value(column, cell))
        except Bad as bad:
            values.append(None)
            faults.append(Fault(column.column, str(bad)))
    return values, faults


def value(column: HostedColumn, cell: Cell) -> str | None:
    """What is stored for ``cell``; an empty one is no value. Raises ``Bad``."""
    text = _text(column, cell)
    if not text or (column.type not in "CMG" and not text.strip()):
        if column.key:
            raise Bad("主键不能为空")
        return None
    if "\0" in text:
        raise Bad("含有空字符（NUL），请删去")
    if len(text) > LONGEST:
        raise Bad(f"超过 {LONGEST} 个字符")
    if _UNPAIRED.search(text):
        raise Bad("含有无法保存的字符，请删去")
    return _READ[column.type](column, text if column.type in "CMG" else text.strip())


def shown(cell: Cell) -> str:
    """The cell as it is kept in quarantine: what cannot be kept is made visible."""
    text = cell.text if isinstance(cell, Odd) else cell
    return _UNPAIRED.sub("\ufffd", text.replace("\0", "\u2400"))[:LONGEST]


def _text(column: HostedColumn, cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    match cell.kind:
        case "formula":
            raise Bad("这里是公式，请复制后“选择性粘贴”为数值再上传")
        case "error":
            raise Bad("这里是错误值，请更正后再上传")
        case "number" if column.type in "CMG" and len(cell.text.lstrip("-").split(".")[0]) > 15:
            raise Bad("是 15 位以上的数字，表格软件已丢失末位；请把这一列设为文本格式，重新填写号码后再上传")
    return cell.text


def _characters(column: HostedColumn, text: str) -> str:
    if column.length and len(text) > column.length:
        raise Bad(f"最多 {column.length} 个字符，现有 {len(text)} 个")
    return text


def _free(_column: HostedColumn, text: str) -> str:
    return text


def _number(column: HostedColumn, text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Bad("不是数字；请只填数字，不带千分位、单位和空格，也不用 NaN、无穷")
    digits = sum(sign.isdigit() for sign in re.split("[eE]", text)[0].lstrip("+-0"))
    if column.length and digits > column.length:
        raise Bad(f"最多 {column.length} 位数字，现有 {digits} 位")
    return text


def _whole(column: HostedColumn, text: str) -> str:
    if not _WHOLE.fullmatch(text):
        raise Bad("不是整数")
    if int(text) not in _BIGINT:
        raise Bad("超出整数的范围")
    digits = len(str(abs(int(text))))
    if column.length and digits > column.length:
        raise Bad(f"最多 {column.length} 位，现有 {digits} 位")
    return str(int(text))


def _double(_column: HostedColumn, text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Bad("不是数字；请只填数字，不用 NaN、无穷")
    if text.strip("+-0.") and not 1e-300 < abs(float(text)) < 1e300:
        raise Bad("超出双精度数的范围")
    return text


def _day(_column: HostedColumn, text: str) -> str:
    day, rest = _split(text)
    if rest and _clock(rest) != time():
        raise Bad("日期里带有时间，请只填日期")
    return day.isoformat()


def _moment(_column: HostedColumn, text: str) -> str:
    day, rest = _split(text)
    return datetime.combine(day, _clock(rest) if rest else time()).isoformat(sep=" ")


def _split(text: str) -> tuple[date, str]:
    found = _DAY.match(text)
    parts = [int(part) for part in found.groups() if part is not None] if found else [0, 0, 0]
    try:
        return date(*parts), text[found.end() :].lstrip(" T") if found else ""
    except ValueError:
        raise Bad("不是日历上有的日期，请写成 2026-01-31 的样子") from None


def _clock(text: str) -> time:
    found = _TIME.fullmatch(text)
    hour, minute, second, fraction = found.groups(default="") if found else ("99", "", "", "")
    try:
        return time(int(hour), int(minute), int(second or 0), int(fraction.ljust(6, "0")))
    except ValueError:
        raise Bad("不是钟面上有的时间，请写成 2026-01-31 08:30:00 的样子，不带时区") from None


def _truth(_column: HostedColumn, text: str) -> str:
    said = text.lower()
    if said not in _YES | _NO:
        raise Bad("请填“是”或“否”")
    return "true" if said in _YES else "false"


_READ = {
    "C": _characters,
    "M": _free,
    "G": _free,
    "N": _number,
    "Y": _number,
    "I": _whole,
    "B": _double,
    "F": _double,
    "D": _day,
    "T": _moment,
    "L": _truth,
}
