"""What can go wrong between two databases, named after what the reader should do. Messages never hold row content."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from govshare.kernel.errors import Fault

SOURCE, TARGET = "提供方前置交换数据库", "接收方前置交换数据库"


class TransferFailed(Exception):
    """Read the reason, mend what it names, run again: what was loaded is kept and compared with a new snapshot."""


class Broken(TransferFailed):
    """One side failed; its operator finds the rest in that database's own log."""

    def __init__(self, side: str, error: psycopg.Error) -> None:
        super().__init__(f"{side}出错：{_plain(error)}")
        self.side = side
        self.sqlstate = error.sqlstate or ""


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
    """Class, state and the names involved: the server's own message may quote a value."""
    if error.sqlstate is None:
        return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    names = [name for name in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if name]
    return " ".join([error.sqlstate, type(error).__name__, *names])


@contextmanager
def at(side: str) -> Iterator[None]:
    """Turn what psycopg raises inside into ``Broken``, with the side it happened on."""
    try:
        yield
    except psycopg.Error as error:
        raise Broken(side, error) from error
