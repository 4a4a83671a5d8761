"""What goes on by itself: entries follow their department's successor, and search follows new names."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Entry, Listing
from govshare.catalog.rules.choices import IN_CATALOG
from govshare.catalog.services import acts, shelf
from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM
from govshare.organizations import queries as organizations
from govshare.regulation.conventions import convention

SUCCESSION = convention("PC-10")


def follow_successions(*, now: datetime) -> int:
    """Give every entry to the department that answers for it now; return how many changed hands."""
    inherited = Entry.objects.filter(provider__successions__isnull=False).distinct()
    return sum(_follow(entry, now=now) for entry in inherited.values_list("pk", flat=True))


@transaction.atomic
def _follow(entry: UUID, *, now: datetime) -> bool:
    found = acts.locked(entry)
    former = found.provider
    heir = organizations.successor(former.pk, matter=str(found.pk))
    if heir.pk == former.pk:
        return False
    found.provider = heir
    found.save(update_fields=["provider"])
    listing = Listing.objects.select_related("listed__entry").filter(entry=found, status__in=IN_CATALOG).first()
    if listing is not None and listing.listed is not None:
        listing.entry = found
        shelf.put(listing, listing.listed)
    reason = f"{former.name}的事项由{heir.name}承接"
    duties.hand_over(owner=str(former.pk), to=str(heir.pk), about=[found.code], reason=reason, by=PLATFORM, now=now)
    acts.note(
        found,
        revision=found.last_revision,
        action="catalog:entry:take-over",
        basis=SUCCESSION,
        reason=reason,
        by=PLATFORM,
        now=now,
        parties=[str(former.pk), str(heir.pk)],
    )
    return True


@transaction.atomic
def renew_search() -> int:
    """Build every search row anew, for names of departments and categories that changed; return how many there are."""
    listings = Listing.objects.select_related("entry__provider", "listed__entry", "listed__node").filter(status__in=IN_CATALOG)
    shown = [(listing, listing.listed) for listing in listings.select_for_update(of=("self",)).order_by("pk") if listing.listed]
    for listing, revision in shown:
        shelf.put(listing, revision)
    return len(shown)
