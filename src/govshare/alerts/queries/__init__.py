"""Alerts as each may see them, and how much there was on other days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from govshare.alerts.models import Alert, Pass, Step, Tally
from govshare.alerts.rules import ANSWERERS, PURPOSE, Finding, Status
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role

_HISTORY = """
    SELECT w.who, w.day, t.day, t.value
    FROM unnest(%(who)s::text[], %(day)s::date[]) AS w (who, day)
    JOIN alerts_tally t ON t.what = %(what)s AND t.who = w.who AND t.day <= w.day AND t.day >= w.day - %(days)s AND t.value > 0
    ORDER BY w.who, w.day, t.day
"""


def visible(by: Actor) -> QuerySet[Alert]:
    """All to the audit administrator; to a department what it was asked about; to the authority what was handed over to it."""
    if by.is_one_of({Role.AUDIT_ADMIN}):
        return Alert.objects.all()
    own = Q(pk__in=[])
    if by.is_one_of(ANSWERERS):
        asked = Step.objects.filter(alert=OuterRef("pk"), verb="ask")
        own |= Q(Exists(asked), organization=by.organization)
    if by.is_one_of({Role.AUTHORITY}):
        own |= Q(status=Status.CORRECTING)
    return Alert.objects.filter(own)


def get(alert: UUID, *, by: Actor) -> Alert:
    """One that ``by`` may see; ``NotFound`` else."""
    found = visible(by).filter(pk=alert).first()
    if found is None:
        raise NotFound("没有这条提示，或它与本部门无关；请核对", basis=PURPOSE)
    return found


def read_up_to() -> int:
    """The place in the log up to which the rules have read."""
    last = Pass.objects.order_by("-end_index").first()
    return last.end_index if last else 0


def histories(what: str, touched: Sequence[tuple[str, date]], *, days: int) -> dict[tuple[str, date], list[tuple[date, int]]]:
    """For each (who, day) the days with something on them in the ``days`` before, and the day itself last; the oldest first."""
    found: dict[tuple[str, date], list[tuple[date, int]]] = {key: [] for key in touched}
    if touched:
        given: dict[str, Any] = {"what": what, "who": [who for who, _ in touched], "day": [day for _, day in touched], "days": days}
        with connection.cursor() as cursor:
            cursor.execute(_HISTORY, given)
            for who, day, other, value in cursor.fetchall():
                found[who, day].append((other, value))
    return found


def told_before(findings: Sequence[Finding]) -> set[tuple[str, str, object]]:
    """Rule, who and start of the findings that an alert of the same rule about the same one tells of, in an overlapping window."""
    if not findings:
        return set()
    rows = Alert.objects.filter(who__in={found.who for found in findings}, window_end__gt=min(found.window.start for found in findings))
    told = list(rows.values_list("rule", "who", "window_start", "window_end"))
    return {
        (found.rule, found.who, found.window.start)
        for found in findings
        if any(
            (rule, who) == (found.rule, found.who) and start < found.window.end and end > found.window.start
            for rule, who, start, end in told
        )
    }


def by_day(rows: QuerySet[Alert], *, last: date, days: int) -> list[tuple[date, int]]:
    """How many were raised on each of the last ``days`` days, the oldest first."""
    first = last - timedelta(days=days - 1)
    found = dict(rows.filter(raised_at__date__gte=first).order_by().values_list("raised_at__date").annotate(n=Count("pk")))
    return [(first + timedelta(days=n), found.get(first + timedelta(days=n), 0)) for n in range(days)]


__all__ = ["Alert", "Pass", "Step", "Tally", "by_day", "get", "histories", "read_up_to", "told_before", "visible"]
