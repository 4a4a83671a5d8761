"""What filing 「备案」 a published revision does to the entry's standing with the authority (CD2016-13.2, 14, 16, 17, 18)."""

from datetime import datetime

from govshare.catalog.models import Entry, Listing, Revision, Verification
from govshare.catalog.queries.contents import snapshot
from govshare.catalog.rules.choices import IN_CATALOG, ListingStatus, ShareType, VerificationStatus
from govshare.catalog.rules.contents import changed_key_elements
from govshare.catalog.rules.workflows import LISTING, VERIFICATION
from govshare.catalog.services import notices, shelf
from govshare.kernel.actor import Actor

_LAPSING = (VerificationStatus.PENDING, VerificationStatus.RETURNED)


def file(entry: Entry, revision: Revision, *, by: Actor, now: datetime) -> None:
    """Hand ``revision``, just published, to the authority.

    What is shared goes for listing, what is not shared for verification, a non-authoritative copy for neither (PC-25).
    An entry already listed stays as it is listed until the authority has decided on changed key elements (PC-23).
    """
    _lapse(entry, *_LAPSING, by=by, now=now)
    listing = Listing.objects.select_related("listed").filter(entry=entry).first()
    if revision.share_type == ShareType.NONE:
        Verification.objects.create(entry=entry, revision=revision, status=VerificationStatus.PENDING, filed_at=now, filed_by=by.id)
    if revision.share_type != ShareType.NONE and revision.authoritative:
        _for_listing(entry, listing, revision, by=by, now=now)
    elif listing is not None:
        _no_longer_for_listing(listing, revision, by=by, now=now)


def withdraw(entry: Entry, *, by: Actor, now: datetime) -> None:
    """The entry ends: out of the sharing catalog, nothing left to verify or to provide."""
    listing = Listing.objects.filter(entry=entry).exclude(status=ListingStatus.DELISTED).first()
    if listing is not None:
        take_down(listing, verb="lapse", by=by, now=now)
    _lapse(entry, *_LAPSING, VerificationStatus.VERIFIED, by=by, now=now)


def take_down(listing: Listing, *, verb: str, opinion: str = "", by: Actor, now: datetime) -> None:
    """Out of the sharing catalog, by the authority's decision (``delist``) or with the entry's end (``lapse``)."""
    listing.status, listing.listed = LISTING.check(verb, status=listing.status, roles=by.roles).target, None
    listing.decided_at, listing.decided_by, listing.opinion = now, by.id, opinion
    listing.save()
    shelf.remove(listing)
    notices.access_no_longer_owed(listing.entry, by=by, now=now)


def put_up(listing: Listing, revision: Revision, *, by: Actor, now: datetime) -> None:
    """Show ``revision`` in the sharing catalog; a verification as not shared no longer applies."""
    listing.listed = listing.filed = revision
    listing.save()
    for former in Verification.objects.filter(entry=listing.entry, status=VerificationStatus.VERIFIED):
        former.status = VerificationStatus.LAPSED
        former.save(update_fields=["status"])
    notices.access_owed(listing.entry, provided=shelf.put(listing, revision), by=by, now=now)


def _for_listing(entry: Entry, listing: Listing | None, revision: Revision, *, by: Actor, now: datetime) -> None:
    if listing is None:
        Listing.objects.create(entry=entry, status=ListingStatus.FILED, filed=revision, filed_at=now, filed_by=by.id)
        return
    listing.filed, listing.filed_at, listing.filed_by = revision, now, by.id
    if listing.listed and not changed_key_elements(snapshot(listing.listed), snapshot(revision)):
        listing.status = LISTING.check("follow", status=listing.status, roles=by.roles).target
        put_up(listing, revision, by=by, now=now)
        return
    if listing.status != ListingStatus.FILED:
        verb = "file_change" if listing.listed else "file_again"
        listing.status = LISTING.check(verb, status=listing.status, roles=by.roles).target
    listing.save()


def _no_longer_for_listing(listing: Listing, revision: Revision, *, by: Actor, now: datetime) -> None:
    """Listed: the authority decides (PC-23). Not listed yet: there is nothing left to decide."""
    listing.filed, listing.filed_at, listing.filed_by = revision, now, by.id
    if listing.status in IN_CATALOG:
        listing.status = LISTING.check("file_change", status=listing.status, roles=by.roles).target
        listing.save()
    elif listing.status != ListingStatus.DELISTED:
        take_down(listing, verb="lapse", by=by, now=now)


def _lapse(entry: Entry, *statuses: str, by: Actor, now: datetime) -> None:
    for former in Verification.objects.filter(entry=entry, status__in=statuses):
        former.status = VERIFICATION.check("lapse", status=former.status, roles=by.roles).target
        former.decided_at, former.decided_by = now, by.id
        former.save(update_fields=["status", "decided_at", "decided_by"])
