"""How much was delivered: by month and by organization (CD2016-24, 26)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.kernel.clock import LOCAL, begins
from govshare.kernel.months import following, months

Side = Literal["recipient", "provider"]

_DELIVERED = Q(status=RunStatus.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """``undone``: runs that ended without a delivery, stopped or cancelled."""

    deliveries: int = 0
    rows: int = 0
    bytes: int = 0
    undone: int = 0


def monthly(
    first: date, last: date, *, side: Side = "recipient", organizations: Collection[UUID] | None = None
) -> list[tuple[date, Delivered]]:
    """One row for every month, by when the run ended, also where nothing happened; ``organizations`` stand on ``side``, None: all."""
    span = months(first, last)
    if not span:
        return []
    runs = _ended(span)
    if organizations is not None:
        runs = runs.filter(**{f"transfer__{side}__in": organizations})
    by_month = runs.annotate(month=TruncMonth("finished_at", tzinfo=LOCAL)).values("month").order_by("month").annotate(**_sums())
    rows = {row["month"].date(): _delivered(row) for row in by_month}
    return [(month, rows.get(month, Delivered())) for month in span]


def per_organization(first: date, last: date, *, side: Side) -> dict[UUID, Delivered]:
    """The same for the whole span, by the organization on ``side``; those where nothing happened are left out."""
    span = months(first, last)
    if not span:
        return {}
    key = f"transfer__{side}"
    return {row[key]: _delivered(row) for row in _ended(span).values(key).order_by(key).annotate(**_sums())}


def _ended(span: tuple[date, ...]) -> QuerySet[Run]:
    return Run.objects.filter(finished_at__gte=begins(span[0]), finished_at__lt=begins(following(span[-1])))


def _sums() -> dict[str, Any]:
    return {
        "deliveries": Count("id", filter=_DELIVERED),
        "rows": Coalesce(Sum("rows_done", filter=_DELIVERED), 0),
        "bytes": Coalesce(Sum("bytes_done", filter=_DELIVERED), 0),
        "undone": Count("id", filter=~_DELIVERED),
    }


def _delivered(row: Mapping[str, Any]) -> Delivered:
    return Delivered(**{each.name: int(row[each.name]) for each in fields(Delivered)})
