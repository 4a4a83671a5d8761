"""The hot log: SQL over PostgreSQL, every value bound."""

from typing import Any

from django.db import connection

from govshare.archive.search.criteria import Criteria, Placed, Row, Tally, Unplaced, clipped
from govshare.audit.rules import LARGEST_BATCH

_NO_END = 2**62

_RECENT = """
    WITH recent AS MATERIALIZED (
        SELECT batch FROM audit_unplaced UNION SELECT batch FROM audit_placement WHERE first_index >= %(placed)s)
    SELECT e.batch, e.ordinal, p.first_index + e.ordinal AS index, e.body
    FROM recent JOIN audit_entry e ON e.batch = recent.batch LEFT JOIN audit_placement p ON p.batch = e.batch
    WHERE (e.batch, e.ordinal) < (%(batch)s, %(ordinal)s){conditions}
    ORDER BY e.batch DESC, e.ordinal DESC LIMIT %(limit)s
"""

_PLACED = """
    SELECT e.batch, e.ordinal, p.first_index + e.ordinal AS index, {columns}
    FROM audit_placement p JOIN audit_entry e ON e.batch = p.batch
    WHERE p.first_index < %(before)s AND p.first_index > %(floor)s - %(largest)s
      AND p.first_index + e.ordinal < %(before)s AND p.first_index + e.ordinal >= %(floor)s{conditions}
    ORDER BY p.first_index DESC, e.ordinal DESC LIMIT %(limit)s
"""

_TALLY = """
    WITH hits AS ({hits})
    SELECT action, outcome, organization, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), count(*)
    FROM hits GROUP BY 1, 2, 3, 4
"""

_CONDITIONS = {
    "party": "e.parties @> to_jsonb(ARRAY[%(party)s::text])",
    "subject": "e.subject = %(subject)s",
    "actors": "e.actor = ANY(%(actors)s)",
    "organization": "e.organization = %(organization)s",
    "about": "e.about = %(about)s",
    "resource": "e.resource = %(resource)s",
    "grant": "e.grant_id = %(grant)s",
    "grants": "e.grant_id = ANY(%(grants)s)",
    "outcome": "e.outcome = %(outcome)s",
    "since": "e.at >= %(since)s",
    "until": "e.at < %(until)s",
}
_BEGINNING = "e.action >= %(action)s AND e.action < %(action_end)s"


def recent(criteria: Criteria, *, start: Unplaced, limit: int) -> list[Row]:
    """Entries that had no place when the log held ``start.placed`` entries, from the newest written on."""
    conditions, values = _conditions(criteria)
    place = {"placed": start.placed, "batch": start.batch, "ordinal": start.ordinal, "limit": limit}
    return _rows(_RECENT.format(conditions=conditions), values | place)


def placed(criteria: Criteria, *, start: Placed, floor: int, limit: int) -> list[Row]:
    """Placed entries below ``start``, down to ``floor``: what is below lies in the archive."""
    conditions, values = _conditions(criteria)
    place = {"before": start.index, "floor": floor, "largest": LARGEST_BATCH, "limit": limit}
    return _rows(_PLACED.format(conditions=conditions, columns="e.body"), values | place)


def tally(criteria: Criteria, *, floor: int, most: int) -> list[Tally]:
    """The newest ``most`` placed entries from ``floor`` on, counted."""
    conditions, values = _conditions(criteria)
    hits = _PLACED.format(conditions=conditions, columns="e.action, e.outcome, e.organization, e.at")
    place = {"before": _NO_END, "floor": floor, "largest": LARGEST_BATCH, "limit": most}
    with connection.cursor() as cursor:
        cursor.execute(_TALLY.format(hits=hits), values | place)
        return [Tally(*row) for row in cursor.fetchall()]


def log_end() -> int:
    """How many entries have a place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_index + n FROM audit_placement ORDER BY first_index DESC LIMIT 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _rows(statement: str, values: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Row(batch, ordinal, index, body) for batch, ordinal, index, body in cursor.fetchall()]


def _conditions(criteria: Criteria) -> tuple[str, dict[str, Any]]:
    """What stands behind WHERE, and the values bound in it; no value ever becomes part of the statement."""
    values: dict[str, Any] = {}
    told: list[str] = []
    for name, condition in _CONDITIONS.items():
        value = getattr(criteria, name)
        if value not in ("", None):
            told.append(condition)
            values[name] = _bound(value)
    if criteria.of_somebody:
        told.append("e.subject <> ''")
    if criteria.action.endswith(":"):
        told.append(_BEGINNING)
        values |= {"action": criteria.action, "action_end": f"{criteria.action[:-1]};"}  # ";" follows ":"
    elif criteria.action:
        told.append("e.action = %(action)s")
        values["action"] = criteria.action
    return "".join(f" AND {condition}" for condition in told), values


def _bound(value: object) -> object:
    if isinstance(value, tuple):
        return [clipped(each) for each in value]
    return clipped(value) if isinstance(value, str) else value
