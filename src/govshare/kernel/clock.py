"""Time: stored in UTC, counted in Chengdu."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

#: Tells the time: ``utc_now``, or another where what is done belongs to another day.
Clock = Callable[[], datetime]

LOCAL = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The day, in Chengdu, on which ``moment`` falls."""
    return moment.astimezone(LOCAL).date()


def begins(day: date) -> datetime:
    """The moment at which ``day`` begins in Chengdu."""
    return datetime.combine(day, time(), LOCAL)
