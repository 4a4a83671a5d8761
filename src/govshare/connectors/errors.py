"""What can go wrong between two databases, named after what the reader should do. Messages never hold row content."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatch

from govshare.kernel.errors import Fault

SOURCE, TARGET = "提供方前置交换数据库", "接收方前置交换数据库"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A driver's error in words both sides may read: no values and no addresses. ``passing``: it may be over in a while."""

    words: str
    code: str = ""
    passing: bool = False
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([f"{self.words}（{self.code}）" if self.code else self.words, *self.names])


@singledispatch
def trouble(_error: Exception) -> Trouble | None:
    """What an engine's error says; every engine registers its driver's own. None: not an error of a database."""
    return None


class TransferFailed(Exception):
    """Read the reason, mend what it names, run again: what was loaded is kept and compared with a new snapshot."""


class Broken(TransferFailed):
    """One side failed; its operator finds the rest in that database's own log. ``passing``: it may be over in a while."""

    def __init__(self, side: str, what: Trouble) -> None:
        super().__init__(f"{side}：{what}")
        self.side, self.code, self.passing = side, what.code, what.passing


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


class Busy(TransferFailed):
    """Others hold the table that is to be replaced; try again in a moment."""


class Shrunken(TransferFailed):
    """Far fewer rows than last time; a person has to say that this is right. What was loaded waits unseen."""

    def __init__(self, rows: int, least: int) -> None:
        super().__init__(f"本次快照共 {rows} 行，少于约定的最少 {least} 行")
        self.rows = rows
        self.least = least


@contextmanager
def at(side: str) -> Iterator[None]:
    """Turn what a database's driver raises inside into ``Broken``, with the side it happened on."""
    try:
        yield
    except Exception as error:
        what = trouble(error)
        if what is None:
            raise
        raise Broken(side, what) from error
