"""Platform conventions 「平台约定」: what the platform needs beyond the text, numbered, with its own words — never dressed up as law.

A convention may carry one whole-number parameter (days, minutes, 1/0). The number in force is read through
``duties.queries.parameter``; ``default`` here is what a new platform starts with.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """``str(convention)`` is its number, the way it is cited everywhere."""

    number: str
    title: str
    text: str
    serves: str  # the article in whose service it stands
    default: int | None = None
    unit: str = ""

    def __str__(self) -> str:
        return self.number


_ROWS = (
    # duties 01-09
    # organizations 10-19
    # catalog 20-29
    # sharing 30-49
    # exchange 50-59
    # audit 60-69
    # machine API 70-79
    Convention("PC-70", "请求须符合接口规范", "不符合接口规范的请求逐项指出位置和改法，不予受理，不留内容。", "CD2016-11"),
)

CONVENTIONS = {row.number: row for row in _ROWS}


def convention(number: str) -> Convention:
    """Return ``PC-07``; an unknown number is an error at import time."""
    return CONVENTIONS[number]
