"""What the MySQL family's errors and warnings mean, in words that hold no values and no addresses."""

import re
from collections.abc import Iterable
from typing import Any, Final

import pymysql

from govshare.connectors.errors import TARGET, Broken, DuplicateKey, Trouble, trouble

#: Numbers that pass by themselves: connections, a server that stops, locks.
_PASSING: Final = frozenset({1040, 1053, 1203, 1205, 1213, 1317, 1927, 2003, 2006, 2013, 2014, 2055, 3024})

DUPLICATE: Final = 1062
LOCK_WAIT: Final = 1205
REDEFINED: Final = 1412

_WORDS: Final = {
    0: "连接不上，或连接中断",
    1021: "磁盘已满",
    1040: "连接数已满",
    1044: "账号权限不足",
    1045: "账号或口令不被接受",
    1048: "键字段为空",
    1049: "没有这个库",
    1114: "磁盘或表空间已满",
    1118: "一行的字段总长超过该库的上限",
    1142: "账号权限不足",
    1143: "账号权限不足",
    1146: "没有这个表",
    1205: "等待其他会话释放表，超时",
    1227: "账号权限不足",
    1263: "键字段为空",
    1264: "数值超出字段的范围",
    1265: "值在该字段中放不下",
    1292: "日期、时间或数值不合法",
    1300: "文字编码不正确",
    1366: "值不是该字段的类型",
    1406: "文字超过字段长度",
    1412: "表在取快照时被改动",
    1927: "会话被结束",
}

_COLUMN: Final = re.compile(r"column (?:`[^`]*`\.`[^`]*`\.)?[`']([^`']+)[`']")


@trouble.register
def _(error: pymysql.MySQLError) -> Trouble:
    number = number_of(error)
    lost = number == 0 or 2000 <= number < 3000
    words = _WORDS[0] if lost and number not in _WORDS else _WORDS.get(number, type(error).__name__)
    return Trouble(words, str(number or ""), lost or number in _PASSING, _column(str(error)))


def number_of(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def refuse(warnings: Iterable[tuple[Any, ...]]) -> None:
    """LOAD DATA only warns of what it changed or left out; here every warning is a refusal. Raises for the first."""
    for _, number, message in warnings:
        if number == DUPLICATE:
            raise DuplicateKey("来源中有重复的键，请提供部门更正，或在目录中登记另外的键")
        raise Broken(TARGET, Trouble(_WORDS.get(number, "该库对行有异议"), str(number), names=_column(str(message))))


def _column(message: str) -> tuple[str, ...]:
    found = _COLUMN.search(message)
    return (found.group(1),) if found else ()
