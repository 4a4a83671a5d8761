"""How demands were raised and answered, and how grants stand: by month and by organization (CD2016-22, 25, 37)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from statistics import fmean
from typing import Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from govshare.duties import queries as duties
from govshare.duties import rules
from govshare.kernel.clock import LOCAL, begins, local_date
from govshare.kernel.months import following, month_of, months
from govshare.kernel.workdays import WorkCalendar
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import DemandStatus, GrantStatus, Way

Side = Literal["recipient", "provider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """``raised`` demands left their department; ``working_days``: mean from there to the provider's answer, None without any.

    What was taken at once (CD2016-25.1) counts as granted and not into the mean: nobody had to answer.
    """

    raised: int = 0
    granted: int = 0
    refused: int = 0
    late: int = 0
    working_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """Grants now."""

    active: int = 0
    ended: int = 0
    providers: int = 0
    recipients: int = 0


def monthly(
    first: date, last: date, *, side: Side = "recipient", organizations: Collection[UUID] | None = None
) -> list[tuple[date, Tally]]:
    """One row for every month, also where nothing happened; ``organizations`` stand on ``side``, None: all."""
    span = months(first, last)
    if not span:
        return []
    mine = Demand.objects.all() if organizations is None else Demand.objects.filter(**{f"{side}__in": organizations})
    since, until = begins(span[0]), begins(following(span[-1]))
    raised = mine.filter(raised_at__gte=since, raised_at__lt=until).annotate(month=TruncMonth("raised_at", tzinfo=LOCAL))
    begun = {row["month"].date(): row["n"] for row in raised.values("month").order_by("month").annotate(n=Count("id"))}
    answered: dict[date, list[_Answer]] = {}
    for answer in _answers(mine, span, "recipient"):
        answered.setdefault(month_of(answer.decided), []).append(answer)
    return [(month, _tally(begun.get(month, 0), answered.get(month, ()))) for month in span]


def per_organization(first: date, last: date, *, side: Side) -> dict[UUID, Tally]:
    """The same for the whole span, by the organization on ``side``; those where nothing happened are left out."""
    span = months(first, last)
    if not span:
        return {}
    within = Q(raised_at__gte=begins(span[0]), raised_at__lt=begins(following(span[-1])))
    begun = dict(Demand.objects.filter(within).values_list(side).order_by(side).annotate(Count("id")))
    answered: dict[UUID, list[_Answer]] = {}
    for answer in _answers(Demand.objects.all(), span, side):
        answered.setdefault(answer.organization, []).append(answer)
    return {key: _tally(begun.get(key, 0), answered.get(key, ())) for key in {*begun, *answered}}


def grants(*, side: Side = "recipient", organizations: Collection[UUID] | None = None) -> Grants:
    """How grants stand now."""
    mine = Grant.objects.all() if organizations is None else Grant.objects.filter(**{f"{side}__in": organizations})
    active = Q(status=GrantStatus.ACTIVE)
    counted = mine.aggregate(
        active=Count("id", filter=active),
        ended=Count("id", filter=~active),
        providers=Count("provider", distinct=True, filter=active),
        recipients=Count("recipient", distinct=True, filter=active),
    )
    return Grants(**{each.name: counted[each.name] for each in fields(Grants)})


@dataclass(frozen=True, slots=True)
class _Answer:
    organization: UUID
    decided: date
    granted: bool
    late: bool
    working_days: int | None


def _answers(demands: QuerySet[Demand], span: tuple[date, ...], side: Side) -> list[_Answer]:
    decided = demands.filter(
        status__in=[DemandStatus.GRANTED, DemandStatus.REFUSED],
        decided_at__gte=begins(span[0]),
        decided_at__lt=begins(following(span[-1])),
        raised_at__isnull=False,
    )
    rows = list(decided.values_list(side, "raised_at", "decided_at", "status", "decided_late", "way"))
    if not rows:
        return []
    calendar = duties.calendar(min(local_date(row[1]) for row in rows))
    return [
        _Answer(
            organization=organization,
            decided=local_date(decided_at),
            granted=status == DemandStatus.GRANTED,
            late=late,
            working_days=_between(calendar, local_date(raised_at), local_date(decided_at)) if way == Way.AGREED else None,
        )
        for organization, raised_at, decided_at, status, late, way in rows
    ]


def _between(calendar: WorkCalendar, start: date, end: date) -> int:
    """Working days after ``start`` up to and with ``end``; 0 on the day itself."""
    return max(rules.working_days_left(calendar, start, end), 0)


def _tally(raised: int, answers: Iterable[_Answer]) -> Tally:
    found = list(answers)
    days = [answer.working_days for answer in found if answer.working_days is not None]
    return Tally(
        raised=raised,
        granted=sum(answer.granted for answer in found),
        refused=sum(not answer.granted for answer in found),
        late=sum(answer.late for answer in found),
        working_days=round(fmean(days), 1) if days else None,
    )
