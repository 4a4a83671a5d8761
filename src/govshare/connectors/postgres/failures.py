"""What PostgreSQL's errors mean, in words that hold no values and no addresses, which the server's own message may hold."""

import re
from typing import Final

import psycopg

from govshare.connectors.errors import Trouble, trouble

#: States that pass by themselves: connections, a server that restarts, locks, serialization.
_PASSING: Final = ("08", "57P", "53300", "55P03", "40")

_WORDS: Final = {
    "08": "连接中断",
    "22003": "数值超出字段的范围",
    "22007": "日期或时间不合法",
    "22008": "日期或时间超出范围",
    "22001": "文字超过字段长度",
    "23502": "键字段为空",
    "28": "账号或口令不被接受",
    "42501": "账号权限不足",
    "53100": "磁盘已满",
    "53": "资源不足",
    "55P03": "等待其他会话释放表，超时",
    "57P": "会话被结束",
    "22P05": "字符无法转换",
    "22021": "文字中有空字符（NUL）或编码不正确",
}

_COLUMN: Final = re.compile(r", line (\d+), column (\w+)")


@trouble.register
def _(error: psycopg.Error) -> Trouble:
    state = error.sqlstate or ""
    if not state:
        return Trouble("连接不上，或连接中断", passing=True)
    words = next((text for start, text in _WORDS.items() if state.startswith(start)), type(error).__name__)
    return Trouble(words, state, state.startswith(_PASSING), _names(error))


def _names(error: psycopg.Error) -> tuple[str, ...]:
    """Table, column and constraint as far as the server names them; of a COPY, the column its context names before the value."""
    told = [name for name in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if name]
    found = _COLUMN.search(error.diag.context or "")
    return tuple(told or ([found.group(2)] if found else []))
