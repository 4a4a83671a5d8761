"""What the rules ask of the log: a stretch of places in it, each entry once. Set-based, in plain SQL.

A stretch is a range of indexes in the log, so that no entry is read twice or missed, however late it was committed; and what it
costs to read grows with the stretch, not with the log. The log behind it is asked only about what was found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from govshare.alerts.rules import Finding, Rule
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
      AND {which}
"""
_PER_DAY = f"{_STRETCH} GROUP BY 1, 2"
_TAKEN_BY_DAY = _PER_DAY.format(what=f"e.grant_id, {_DAY}, sum({_ROWS})::bigint", which=f"e.grant_id <> '' AND {_TAKEN}")
_NEAR_BY_DAY = _PER_DAY.format(what=f"e.actor, {_DAY}, count(*)", which=f"e.actor <> '' AND {_NEAR}")
_WORKED = _PER_DAY.format(
    what="e.actor, date_trunc('hour', e.at AT TIME ZONE 'Asia/Shanghai'), count(*)",
    which=f"e.actor <> '' AND {_WORK} AND e.body::jsonb #>> '{{actor,kind}}' = 'person'",
)
_PAIRS = """
    INSERT INTO alerts_pair (subject, day, actor) {asked} ON CONFLICT DO NOTHING RETURNING subject, day, actor
""".format(asked=_STRETCH.format(what=f"DISTINCT e.subject, {_DAY}, e.actor", which="e.subject <> '' AND e.actor <> ''"))
_DONE = _STRETCH.format(
    what=f"e.actor, {_DAY} AS day, e.outcome, p.first_index + e.ordinal AS place", which="e.actor NOT IN ('', 'platform')"
)
_BROKEN_OFF = """
    SELECT actor, day, outcome FROM stretch
    WHERE actor IN (SELECT actor FROM stretch WHERE outcome = 'refused')
       OR (actor, day) IN (SELECT who, day FROM alerts_tally WHERE what = 'streak' AND value > 0)
    ORDER BY place
"""
_OUTCOMES = f"WITH stretch AS MATERIALIZED ({_DONE}) {_BROKEN_OFF}"


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

    def worked(self) -> list[tuple[str, datetime, int]]:
        """Persons, the local hours in which they did something, and how much."""
        return self._ask(_WORKED)

    def pairs(self) -> list[tuple[str, date, str]]:
        """Keyed hash, day and actor of everybody asked about by somebody who had not asked about them that day; kept from now on."""
        return self._ask(_PAIRS)

    def outcomes(self) -> list[tuple[str, date, str]]:
        """Actor, day and outcome, in the order of the log, of those refused something here or at the end of what was read before."""
        return self._ask(_OUTCOMES)


_ASKERS = """
    SELECT w.subject, w.day, found.askers
    FROM unnest(%(subject)s::text[], %(day)s::date[]) AS w (subject, day)
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT p.actor) AS askers FROM alerts_pair p
        WHERE p.subject = w.subject AND p.day <= w.day AND p.day > w.day - %(days)s
    ) AS found
    WHERE found.askers >= %(least)s
"""


def askers(touched: Sequence[tuple[str, date]], *, days: int, least: int) -> list[tuple[str, date, int]]:
    """Those asked about by at least ``least`` different actors in the ``days`` up to the day."""
    if not touched:
        return []
    subjects, on = zip(*touched, strict=True)
    return _all(_ASKERS, {"subject": list(subjects), "day": list(on), "days": days, "least": least})


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
