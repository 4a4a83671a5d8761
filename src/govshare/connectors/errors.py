"""What can go wrong between two databases, named after what the reader should do. Messages never hold row content."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from govshare.kernel.errors import Fault

SOURCE, TARGET = "提供方前置交换数据库", "接收方前置交换数据库"

#: States that pass by themselves: connections, a server that restarts, locks, serialization.
_PASSING = ("08", "57P", "53300", "55P03", "40")

_WORDS = {
    "08": "连接中断",
    "23502": "键字段为空",
    "28": "账号或口令不被接受",
    "42501": "账号权限不足",
    "53100": "磁盘已满",
    "53": "资源不足",
    "55P03": "等待其他会话释放表，超时",
    "57P": "会话被结束",
    "22P05": "字符无法转换",
    "22021": "字符编码不正确",
}


class TransferFailed(Exception):
    """Read the reason, mend what it names, run again: what was loaded is kept and compared with a new snapshot."""


class Broken(TransferFailed):
    """One side failed; its operator finds the rest in that database's own log. ``passing``: it may be over in a while."""

    def __init__(self, side: str, error: psycopg.Error) -> None:
        super().__init__(f"{side}：{_plain(error)}")
        self.side = side
        self.sqlstate = error.sqlstate or ""
        self.passing = not self.sqlstate or self.sqlstate.startswith(_PASSING)


class Drift(TransferFailed):
    """Plan and database no longer fit; ``faults`` name each place. Nothing was moved."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(f"{fault.place}：{fault.message}" for fault in faults))
        self.faults = tuple(faults)


class Reshaped(Drift):
    """A column has another type than at the last delivery; a person has to say that this is right."""


class DuplicateKey(TransferFailed):
    """The source holds one key twice; the provider has to correct it, or the catalog names another key."""


class Unequal(TransferFailed):
    """What the recipient holds, read again, is not what was sent. Nothing was delivered."""


class Miscounted(TransferFailed):
    """The server frames its stream in a way not known here: its own count of the rows it sent is not ours."""


class Restless(TransferFailed):
    """The source table was emptied or rewritten each time a snapshot was taken; run again when that is over."""


class Fenced(TransferFailed):
    """Another worker has taken this run over; this one has written nothing since."""


class Shrunken(TransferFailed):
    """Far fewer rows than last time; a person has to say that this is right. What was loaded waits unseen."""

    def __init__(self, rows: int, least: int) -> None:
        super().__init__(f"本次快照共 {rows} 行，少于约定的最少 {least} 行")
        self.rows = rows
        self.least = least


def _plain(error: psycopg.Error) -> str:
    """In words, with the names involved. Both sides read it: no values and no addresses, which the server's own message may hold."""
    if not error.sqlstate:
        return "连接不上，或连接中断"
    words = next((text for state, text in _WORDS.items() if error.sqlstate.startswith(state)), type(error).__name__)
    names = [name for name in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if name]
    return " ".join([f"{words}（{error.sqlstate}）", *names])


@contextmanager
def at(side: str) -> Iterator[None]:
    """Turn what psycopg raises inside into ``Broken``, with the side it happened on."""
    try:
        yield
    except psycopg.Error as error:
        raise Broken(side, error) from error
