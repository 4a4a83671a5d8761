"""What the rules ask of the log: a stretch of places in it, then the windows that stretch has touched. Set-based, in plain SQL.

A stretch is a range of indexes in the log, so that no entry is read twice or missed, however late it was committed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from govshare.alerts.rules import Finding, Rule, Window
from govshare.audit.rules import LARGEST_BATCH, receipt_number

LISTED = 1000  # receipt numbers kept with an alert; what is beyond them is counted

#: Data taken under a grant: deliveries, and queries one by one. A chunk is part of a delivery, a run that failed has taken nothing.
_TAKEN = """e.outcome = 'allowed'
    AND (e.action IN ('exchange:run:deliver', 'exchange:run:acknowledge') OR starts_with(e.action, 'exchange:query:'))"""
_WORK = "NOT starts_with(e.action, 'organizations:session:')"
_COUNT = "(e.body::jsonb #>> '{{counts,{}}}')::numeric"
_ROWS = f"coalesce({_COUNT.format('rows')}, CASE WHEN e.subject <> '' THEN 1 ELSE 0 END)"
_NEAR = f"""position('"limit":' in e.body) > 0 AND {_COUNT.format("rows")} <= {_COUNT.format("limit")}
    AND {_COUNT.format("rows")} * 100 > {_COUNT.format("limit")} * (100 - %(percent)s)"""
_DAY = "(e.at AT TIME ZONE 'Asia/Shanghai')::date"
_STRETCH = """
    SELECT {what} FROM audit_placement p JOIN audit_entry e ON e.batch = p.batch
    WHERE p.first_index > %(first)s - %(largest)s AND p.first_index < %(end)s
      AND p.first_index + e.ordinal >= %(first)s AND p.first_index + e.ordinal < %(end)s
      AND {which} GROUP BY 1, 2
"""
_TAKEN_BY_DAY = _STRETCH.format(what=f"e.grant_id, {_DAY}, sum({_ROWS})::bigint", which=f"e.grant_id <> '' AND {_TAKEN}")
_NEAR_BY_DAY = _STRETCH.format(what=f"e.actor, {_DAY}, count(*)", which=f"e.actor <> '' AND {_NEAR}")
_WORKED = _STRETCH.format(
    what="e.actor, date_trunc('hour', e.at AT TIME ZONE 'Asia/Shanghai')",
    which=f"e.actor <> '' AND {_WORK} AND e.body::jsonb #>> '{{actor,kind}}' = 'person'",
)
_SOUGHT = _STRETCH.format(what=f"e.subject, {_DAY}", which="e.subject <> ''")
_SEEKERS = _STRETCH.format(what=f"e.actor, {_DAY}", which="e.subject <> '' AND e.actor <> ''")
_REFUSED = _STRETCH.format(what=f"e.actor, {_DAY}", which="e.outcome = 'refused' AND e.actor NOT IN ('', 'platform')")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries at ``first`` … ``end`` - 1."""

    first: int
    end: int

    def _ask(self, statement: str, **given: int) -> list[Any]:
        return _all(statement, {"first": self.first, "end": self.end, "largest": LARGEST_BATCH, **given})

    def taken(self) -> list[tuple[str, date, int]]:
        """Grant, day, rows taken within the stretch."""
        return self._ask(_TAKEN_BY_DAY)

    def near(self, percent: int) -> list[tuple[str, date, int]]:
        """Actor, day, how often just under the limit that the entry names."""
        return self._ask(_NEAR_BY_DAY, percent=percent)

    def worked(self) -> list[tuple[str, datetime]]:
        """Persons, and the local hours in which they did something."""
        return self._ask(_WORKED)

    def sought(self) -> list[tuple[str, date]]:
        """Keyed hashes of those asked about, by day."""
        return self._ask(_SOUGHT)

    def seekers(self) -> list[tuple[str, date]]:
        """Actors that asked about somebody, by day."""
        return self._ask(_SEEKERS)

    def refused(self) -> list[tuple[str, date]]:
        """Actors that were refused something, by day."""
        return self._ask(_REFUSED)


_COUNTED = """
    SELECT w.who, w.start, w."end", count({what})
    FROM unnest(%(who)s::text[], %(start)s::timestamptz[], %(end)s::timestamptz[]) AS w (who, start, "end")
    JOIN audit_entry e ON e.{column} = w.who AND e.at >= w.start AND e.at < w."end" AND {which}
    GROUP BY 1, 2, 3
"""
_IN_A_ROW = """
    SELECT who, start, "end", max(refused) FROM (
        SELECT who, start, "end", island, count(*) FILTER (WHERE outcome = 'refused') AS refused FROM (
            SELECT w.who, w.start, w."end", e.outcome,
                   count(*) FILTER (WHERE e.outcome <> 'refused')
                       OVER (PARTITION BY w.who, w.start ORDER BY e.at, e.batch, e.ordinal) AS island
            FROM unnest(%(who)s::text[], %(start)s::timestamptz[], %(end)s::timestamptz[]) AS w (who, start, "end")
            JOIN audit_entry e ON e.actor = w.who AND e.at >= w.start AND e.at < w."end"
        ) AS numbered GROUP BY 1, 2, 3, 4
    ) AS islands GROUP BY 1, 2, 3
"""


def counted(rule: Rule, touched: Sequence[tuple[str, Window]]) -> list[tuple[str, Window, int]]:
    """By the rule's own measure: acts, distinct actors, distinct persons, refusals in a row; over all of each window."""
    if not touched:
        return []
    statement = {
        Rule.NIGHT: _COUNTED.format(what="*", column="actor", which=_WORK),
        Rule.SOUGHT: _COUNTED.format(what="DISTINCT e.actor", column="subject", which="e.actor <> ''"),
        Rule.SEEKING: _COUNTED.format(what="DISTINCT e.subject", column="actor", which="e.subject <> ''"),
        Rule.REFUSALS: _IN_A_ROW,
    }[rule]
    who, windows = zip(*touched, strict=True)
    given = {"who": list(who), "start": [window.start for window in windows], "end": [window.end for window in windows]}
    return [(name, Window(start, end), count) for name, start, end, count in _all(statement, given)]


@dataclass(frozen=True, slots=True)
class Behind:
    """The entries behind a finding: receipt numbers (the first ``LISTED``), their times, how many; and the last one's canonical JSON."""

    receipts: tuple[str, ...]
    times: tuple[datetime, ...]
    count: int
    body: str


_WHICH: Mapping[Rule, str] = {
    Rule.VOLUME: f"e.grant_id = %(who)s AND {_TAKEN}",
    Rule.NIGHT: f"e.actor = %(who)s AND {_WORK}",
    Rule.SOUGHT: "e.subject = %(who)s AND e.actor <> ''",
    Rule.SEEKING: "e.actor = %(who)s AND e.subject <> ''",
    Rule.NEAR: f"e.actor = %(who)s AND {_NEAR}",
    Rule.REFUSALS: "e.actor = %(who)s AND e.outcome = 'refused'",
}
_BEHIND = """
    SELECT e.batch, e.ordinal, e.at, count(*) OVER (), last_value(e.body) OVER everything
    FROM audit_entry e WHERE e.at >= %(start)s AND e.at < %(end)s AND {which}
    WINDOW everything AS (ORDER BY e.batch, e.ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ORDER BY e.batch, e.ordinal LIMIT %(most)s
"""
_TAKER = """
    SELECT e.organization, e.body::jsonb #>> '{actor,organization_name}' FROM audit_entry e
    WHERE e.grant_id = %(grant)s AND e.organization <> '' AND starts_with(e.action, 'exchange:')
    ORDER BY e.batch DESC, e.ordinal DESC LIMIT 1
"""


def behind(found: Finding, *, percent: int) -> Behind:
    """What the finding rests on, in the order of the log."""
    given = {"who": found.who, "start": found.window.start, "end": found.window.end, "most": LISTED, "percent": percent}
    rows = _all(_BEHIND.format(which=_WHICH[found.rule]), given)
    return Behind(tuple(receipt_number(row[0], row[1]) for row in rows), tuple(row[2] for row in rows), rows[0][3], rows[0][4])


def taker(grant: str) -> tuple[str, str]:
    """Id and name of the organization whose people or systems last used ``grant``; empty where the log names none."""
    rows = _all(_TAKER, {"grant": grant})
    return (rows[0][0], rows[0][1]) if rows else ("", "")


def _all(statement: str, given: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[Any] = cursor.fetchall()
        return rows
