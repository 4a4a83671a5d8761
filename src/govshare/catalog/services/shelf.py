"""The row by which search finds a listed entry: made, renewed and taken away in the act that lists or delists it."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from govshare.catalog.models import Listing, Revision, SearchRow
from govshare.catalog.queries.routes import covers
from govshare.catalog.rules.words import vector


def put(listing: Listing, revision: Revision) -> bool:
    """Show ``revision``; return whether a tested route covers it."""
    entry = listing.entry
    provided = covers(revision)
    told = list(revision.items.all())
    items = " ".join(f"{item.name} {item.column}" for item in told)
    words = vector(
        [
            ("A", revision.name),
            ("B", items),
            ("C", entry.provider.name),
            ("C", entry.code),
            ("D", revision.abstract),
        ]
    )
    SearchRow.objects.update_or_create(
        entry=listing,
        defaults={
            "revision": revision.number,
            "code": entry.code,
            "name": revision.name,
            "node_code": revision.node.code,
            "provider": entry.provider,
            "share_type": revision.share_type,
            "modes": revision.modes,
            "update_cycle": revision.update_cycle,
            "sensitivities": sorted({item.sensitivity for item in told}),
            "tier": entry.provider.tier,
            "region": entry.provider.region,
            "has_route": provided,
            "vector": Cast(Value(words), SearchVectorField()),
        },
    )
    return provided


def remove(listing: Listing) -> None:
    SearchRow.objects.filter(entry=listing).delete()


def route_changed(listing: Listing) -> bool:
    """Look again whether a tested route covers what is listed; return the answer."""
    provided = listing.listed is not None and covers(listing.listed)
    SearchRow.objects.filter(entry=listing).update(has_route=provided)
    return provided
