"""Deliveries of one information resource by day, as much of them as the asker may know (CD2016-28, 36)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from govshare.exchange.models import Run
from govshare.exchange.queries.usage import permit
from govshare.exchange.rules import RunStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import LOCAL, local_date
from govshare.kernel.errors import NotYours
from govshare.organizations import queries as organizations

DAYS = 42
_OVER = (RunStatus.DELIVERED, RunStatus.FAILED, RunStatus.STOPPED, RunStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Day:
    """``undone``: runs that failed, were stopped or cancelled."""

    day: date
    delivered: int = 0
    undone: int = 0


def deliveries(entry: UUID, *, by: Actor, now: datetime, days: int = DAYS) -> Sequence[Day]:
    """Every day up to today, also those without a run; empty when there was none at all.

    The provider and its authority see all deliveries, another department those to itself.
    """
    last = local_date(now)
    first = last - timedelta(days=days - 1)
    begins = datetime(first.year, first.month, first.day, tzinfo=LOCAL)
    runs = Run.objects.filter(_known_to(by, entry), transfer__grant__entry=entry, requested_at__gte=begins, status__in=_OVER)
    ended = [
        (status, local_date(finished or asked)) for status, finished, asked in runs.values_list("status", "finished_at", "requested_at")
    ]
    if not ended:
        return ()
    done = Counter(day for status, day in ended if status == RunStatus.DELIVERED)
    undone = Counter(day for status, day in ended if status != RunStatus.DELIVERED)
    return tuple(Day(day, done[day], undone[day]) for day in (first + timedelta(days=n) for n in range(days)))


def _known_to(by: Actor, entry: UUID) -> Q:
    try:
        permit(entry, by=by)
    except NotYours:
        return Q(transfer__recipient__in=organizations.houses(by.organization))
    return Q()
