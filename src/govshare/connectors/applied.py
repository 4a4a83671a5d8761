"""How rows were applied to a delivered table in place: what the recipient's schema keeps of it, in the transaction of the rows."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Applied:
    """``since`` and ``until`` are watermarks, empty where there is none: every row from ``since`` on was read, and ``until`` is confirmed.

    ``whole``: the table was put in place as a whole. ``added``, ``changed``, ``unchanged`` count rows that were brought;
    ``removed`` those that the source no longer has.
    """

    mode: str
    since: str = ""
    until: str = ""
    whole: bool = False
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def values(self) -> tuple[object, ...]:
        """What is stored of it, in the order of ``COLUMNS``."""
        return (self.mode, self.since, self.until, int(self.whole), self.added, self.changed, self.unchanged, self.removed)


COLUMNS: Final = ("mode", "since", "until", "whole", "added", "changed", "unchanged", "removed")


def read(row: tuple[object, ...]) -> Applied:
    mode, since, until, whole, *counts = row
    return Applied(str(mode), str(since), str(until), bool(whole), *(int(str(count)) for count in counts))
