"""Whether a department may raise a demand on an entry at all, and which way it would go: asked before one is drafted, and when it is."""

from dataclasses import dataclass

from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Refused
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization
from govshare.sharing.rules import Way, way
from govshare.sharing.rules.access import TRANSITION, check_tiers
from govshare.sharing.rules.demands import DEMAND, DRAFTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The parties of a demand that may be drafted. ``transitional``: across tiers, directly (PC-45)."""

    way: Way
    recipient: Organization
    provider: Organization
    transitional: bool


def permit(listed: ListedEntry, *, by: Actor) -> Opening:
    """How ``by`` may demand ``listed`` (as ``parties.listed`` gives it); raises why not: role, own entry, class, tier."""
    by.need(*sorted(DRAFTERS), basis=DEMAND)
    chosen = way(listed, by.organization)
    recipient, provider = organizations.get(by.organization), organizations.get(listed.organization)
    transitional = check_tiers(
        recipient=(recipient.tier, recipient.region),
        provider=(provider.tier, provider.region),
        transition=duties.parameter(str(TRANSITION)) == 1,
    )
    return Opening(way=chosen, recipient=recipient, provider=provider, transitional=transitional)


def why_not(listed: ListedEntry, *, by: Actor) -> Refused | None:
    """The refusal's own words for a button that cannot be pressed; None when it can."""
    try:
        permit(listed, by=by)
    except Refused as refusal:
        return refusal
    return None
