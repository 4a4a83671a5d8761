"""Lock, then look: what the verbs of this room hold until the end of their transaction."""

from django.db import connection

from govshare.duties import queries
from govshare.duties.models import Duty

_CALENDAR, _PARAMETERS, _ACTS = 2016_4201, 2016_4202, 2016_4203  # PostgreSQL advisory locks


def hold_calendar() -> None:
    """While a date is being counted the calendar does not change."""
    _hold("pg_advisory_xact_lock_shared", _CALENDAR)


def hold_calendar_alone() -> None:
    """While the calendar is being changed nobody counts by it."""
    _hold("pg_advisory_xact_lock", _CALENDAR)


def hold_parameters_alone() -> None:
    _hold("pg_advisory_xact_lock", _PARAMETERS)


def hold_acts_alone() -> None:
    _hold("pg_advisory_xact_lock", _ACTS)


def _hold(function: str, lock: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [lock])


def open_duty(kind: str, about: str) -> Duty | None:
    """The open duty, locked."""
    return queries.open_duties().select_for_update().filter(kind=kind, about=about).first()
