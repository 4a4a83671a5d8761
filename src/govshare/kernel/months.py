"""Calendar months in Chengdu, as statistics count them. A month is written as its first day."""

from datetime import date

MOST = 120  # ten years in one series


def month_of(day: date) -> date:
    return day.replace(day=1)


def following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def back(month: date, by: int) -> date:
    """The month ``by`` months before ``month``."""
    ordinal = month.year * 12 + month.month - 1 - by
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def months(first: date, last: date) -> tuple[date, ...]:
    """Every month from that of ``first`` to that of ``last``, both included; at most ten years, the latest ones."""
    month, end = month_of(first), month_of(last)
    month = max(month, back(end, MOST - 1))
    found = []
    while month <= end:
        found.append(month)
        month = following(month)
    return tuple(found)
