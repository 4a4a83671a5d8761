"""Whether a department may raise a demand on an entry at all, and which way it would go: asked before one is drafted, and when it is."""

from dataclasses import dataclass

from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Refused
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization
from govshare.sharing.models import Grant
from govshare.sharing.queries import parties
from govshare.sharing.rules import Elements, Way, way
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


def of_grant(grant: Grant) -> Elements:
    """What a renewal asks for: what the grant gives, for longer."""
    given = parties.facts(grant)
    return Elements(
        application=grant.application,
        users=given.users,
        items=tuple(item.item for item in given.items if item.use != "condition"),
        mode=given.mode,
        duty_basis=grant.demand.duty_basis,
        purpose=given.purpose,
        conditions=given.conditions,
        quota_per_day=given.quota_per_day,
        case_number_required=given.case_number_required,
    )
