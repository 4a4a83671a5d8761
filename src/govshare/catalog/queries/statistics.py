"""How the catalog grew and how it stands: by month, by providing department, now (CD2016-6, 13, 16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from govshare.catalog.models import Entry, Revision, Step
from govshare.catalog.rules.choices import IN_CATALOG, ListingStatus, Status, VerificationStatus
from govshare.kernel.clock import LOCAL, begins
from govshare.kernel.months import following, months

#: What is counted, and the acts that count as it; an entry counts once a month, however often it was done.
_ACTS = {
    "registered": ("catalog:entry:create",),
    "submitted": ("catalog:entry:submit",),
    "published": ("catalog:entry:publish",),
    "listed": ("catalog:listing:confirm", "catalog:listing:adjust"),
    "delisted": ("catalog:listing:delist", "catalog:listing:lapse"),
    "retired": ("catalog:entry:retire",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Entries that were registered, submitted, published … within a span."""

    registered: int = 0
    submitted: int = 0
    published: int = 0
    listed: int = 0
    delisted: int = 0
    retired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Entries by where they stand now. An entry worked on beside its published revision counts in both."""

    drafts: int = 0
    in_review: int = 0
    published: int = 0
    filed: int = 0
    returned: int = 0
    listed: int = 0
    changed: int = 0
    verification_pending: int = 0
    not_shared: int = 0
    without_interface: int = 0
    retired: int = 0


def monthly(first: date, last: date, *, providers: Collection[UUID] | None = None) -> list[tuple[date, Growth]]:
    """One row for every month from that of ``first`` to that of ``last``, also where nothing happened."""
    span = months(first, last)
    if not span:
        return []
    steps = _steps(span, providers).annotate(month=TruncMonth("taken_at", tzinfo=LOCAL))
    rows = {row["month"].date(): _growth(row) for row in steps.values("month").order_by("month").annotate(**_counts())}
    return [(month, rows.get(month, Growth())) for month in span]


def per_provider(first: date, last: date) -> dict[UUID, Growth]:
    """The same for the whole span, by providing department; those where nothing happened are left out."""
    span = months(first, last)
    if not span:
        return {}
    rows = _steps(span, None).values("entry__provider").order_by("entry__provider").annotate(**_counts())
    return {row["entry__provider"]: _growth(row) for row in rows}


def standing(*, providers: Collection[UUID] | None = None) -> Standing:
    """How the entries of some departments, or of all, stand now."""
    entries = Entry.objects.all() if providers is None else Entry.objects.filter(provider__in=providers)
    revisions = Revision.objects.filter(entry__in=entries)
    return Standing(**_revisions(revisions), **_listings(entries))


def _steps(span: tuple[date, ...], providers: Collection[UUID] | None) -> QuerySet[Step]:
    within = Step.objects.filter(taken_at__gte=begins(span[0]), taken_at__lt=begins(following(span[-1])))
    return within if providers is None else within.filter(entry__provider__in=providers)


def _counts() -> dict[str, Count]:
    return {name: Count("entry", distinct=True, filter=Q(action__in=actions)) for name, actions in _ACTS.items()}


def _growth(row: Mapping[str, Any]) -> Growth:
    return Growth(**{each.name: row[each.name] for each in fields(Growth)})


def _revisions(revisions: QuerySet[Revision]) -> dict[str, int]:
    return revisions.aggregate(
        drafts=Count("id", filter=Q(status=Status.DRAFT, adjusted=False)),
        in_review=Count("id", filter=Q(status=Status.REVIEW)),
        published=Count("id", filter=Q(status=Status.PUBLISHED)),
        retired=Count("id", filter=Q(status=Status.RETIRED)),
    )


def _listings(entries: QuerySet[Entry]) -> dict[str, int]:
    shown = Q(listing__status__in=IN_CATALOG)
    return entries.aggregate(
        filed=Count("id", distinct=True, filter=Q(listing__status=ListingStatus.FILED)),
        returned=Count("id", distinct=True, filter=Q(listing__status=ListingStatus.RETURNED)),
        listed=Count("id", distinct=True, filter=shown),
        changed=Count("id", distinct=True, filter=Q(listing__status=ListingStatus.CHANGED)),
        without_interface=Count("id", distinct=True, filter=shown & Q(listing__search_row__has_route=False)),
        verification_pending=Count("id", distinct=True, filter=Q(verifications__status=VerificationStatus.PENDING)),
        not_shared=Count("id", distinct=True, filter=Q(verifications__status=VerificationStatus.VERIFIED)),
    )
