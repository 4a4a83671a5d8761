"""Lists that people work from: the department's own catalog, its review queue, and what waits for the authority."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from govshare.catalog.models import Entry, Listing, Revision, Step, Verification
from govshare.catalog.rules.choices import PENDING, ListingStatus, Status, VerificationStatus
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """One line of the department's own resource catalog 「资源目录」. A status that does not apply is empty."""

    id: UUID
    code: str
    version: int
    name: str
    share_type: str
    status: str  # of the revision that stands: published, else being worked on, else how it ended
    pending: str  # of a revision worked on beside a published one
    revision: int
    listing: str
    verification: str
    last_action: str  # of the latest act on it
    last_at: datetime | None


def own_entries(organization: UUID, *, status: str = "") -> list[OwnEntry]:
    """All entries of one department, by code; ``status`` keeps those that stand at it."""
    acts = Step.objects.filter(entry=OuterRef("pk")).order_by("-id")
    living = Entry.objects.filter(provider=organization).select_related("listing").order_by("code")
    living = living.annotate(last_action=Subquery(acts.values("action")[:1]), last_at=Subquery(acts.values("taken_at")[:1]))
    rows = [_own(entry) for entry in living.prefetch_related(_REVISIONS, _VERIFICATIONS)]
    return [row for row in rows if not status or status in {row.status, row.pending}]


def review_queue(organization: UUID) -> QuerySet[Revision]:
    """Revisions that wait for the department's reviewer, the oldest first."""
    waiting = Revision.objects.filter(entry__provider=organization, status=Status.REVIEW)
    return waiting.select_related("entry", "node").order_by("submitted_at", "id")


def filed_queue(authority: UUID | str) -> QuerySet[Listing]:
    """What departments of the authority's tier filed for listing and it has not decided on, the oldest first."""
    waiting = Listing.objects.filter(status__in=[ListingStatus.FILED, ListingStatus.CHANGED])
    return _below(waiting, authority).select_related("entry__provider", "filed", "listed").order_by("filed_at", "entry_id")


def verification_queue(authority: UUID | str) -> QuerySet[Verification]:
    """What departments of the authority's tier filed as not shared and it has not verified, the oldest first."""
    waiting = Verification.objects.filter(status=VerificationStatus.PENDING)
    return _below(waiting, authority).select_related("entry__provider", "revision__ground").order_by("filed_at", "id")


def listings(authority: UUID | str, *, status: str = "") -> QuerySet[Listing]:
    """Everything departments of the authority's tier ever filed for listing, the latest first; ``status`` keeps those at it."""
    rows = Listing.objects.filter(status=status) if status else Listing.objects.all()
    return _below(rows, authority).select_related("entry__provider", "filed", "listed").order_by("-filed_at", "entry_id")


def verifications(authority: UUID | str, *, status: str = "") -> QuerySet[Verification]:
    """Everything departments of the authority's tier ever filed as not shared, the latest first."""
    rows = Verification.objects.filter(status=status) if status else Verification.objects.all()
    return _below(rows, authority).select_related("entry__provider", "revision__ground").order_by("-filed_at", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision of the authority that the department has not answered: adjusted, sent back, delisted."""

    code: str
    entry: UUID
    status: str
    opinion: str
    decided_at: datetime


def told_by_authority(organization: UUID) -> list[Told]:
    """What the authority returned, adjusted or took out, with its words, the latest first."""
    mine = Listing.objects.filter(entry__provider=organization, decided_at__isnull=False)
    answered = mine.filter(Q(status__in=[ListingStatus.RETURNED, ListingStatus.DELISTED]) | Q(listed__adjusted=True))
    listings = answered.exclude(opinion="").select_related("entry")
    returned = Verification.objects.filter(entry__provider=organization, status=VerificationStatus.RETURNED).select_related("entry")
    decided: list[Listing | Verification] = [*listings, *returned]
    told = [
        Told(code=row.entry.code, entry=row.entry_id, status=row.status, opinion=row.opinion, decided_at=row.decided_at)
        for row in decided
        if row.decided_at
    ]
    return sorted(told, key=lambda row: row.decided_at, reverse=True)


Row = TypeVar("Row", Listing, Verification)
_REVISIONS = Prefetch("revisions", queryset=Revision.objects.order_by("number"))
_VERIFICATIONS = Prefetch("verifications", queryset=Verification.objects.exclude(status=VerificationStatus.LAPSED))


def _own(entry: Entry) -> OwnEntry:
    revisions = list(entry.revisions.all())
    published = next((each for each in revisions if each.status == Status.PUBLISHED), None)
    pending = next((each for each in revisions if each.status in PENDING), None)
    shown = published or pending or revisions[-1]
    verifications = sorted(entry.verifications.all(), key=lambda each: each.filed_at)
    return OwnEntry(
        id=entry.pk,
        code=entry.code,
        version=entry.version,
        name=shown.name,
        share_type=shown.share_type,
        status=shown.status,
        pending=pending.status if published and pending else "",
        revision=shown.number,
        listing=entry.listing.status if hasattr(entry, "listing") else "",
        verification=verifications[-1].status if verifications else "",
        last_action=getattr(entry, "last_action", None) or "",
        last_at=getattr(entry, "last_at", None),
    )


def _below(rows: QuerySet[Row], authority: UUID | str) -> QuerySet[Row]:
    """Rows of departments whose authority this is."""
    body: Organization = organizations.get(authority)
    below = Q(entry__provider__tier=body.tier)
    if body.tier == Tier.DISTRICT:
        below &= Q(entry__provider__region=body.region)
    return rows.filter(below)
