"""Organizations, their authorities and their successors."""

from uuid import UUID

from govshare.kernel.errors import NotFound
from govshare.organizations.models import Organization, OrganizationKind, Succession, Tier
from govshare.organizations.rules import REGISTRATION


def get(organization_id: UUID | str) -> Organization:
    """The organization, also a former one. Raises ``NotFound``."""
    try:
        return Organization.objects.get(pk=organization_id)
    except (Organization.DoesNotExist, ValueError) as error:
        raise NotFound("没有这个组织机构，请核对编号", basis=REGISTRATION) from error


def operator() -> Organization | None:
    """The authority that runs this platform; None before the first start."""
    return Organization.objects.filter(operator=True).first()


def authority_for(organization_id: UUID | str) -> Organization:
    """The 信息化主管部门 of its tier: the district's own for a district body, the city's for a city body."""
    body = get(organization_id)
    authorities = Organization.objects.filter(active=True, kind=OrganizationKind.AUTHORITY, tier=body.tier)
    if body.tier == Tier.DISTRICT:
        authorities = authorities.filter(region=body.region)
    authority = authorities.first()
    if authority is None:
        raise NotFound(f"尚未登记{body.get_tier_display()}信息化主管部门（{body.region}），请先登记", basis=REGISTRATION)
    return authority


def successor(organization_id: UUID | str, *, matter: str = "") -> Organization:
    """Who now answers for what the organization had: itself while active, else who took ``matter`` over, else the main successor.

    ``matter`` is the id of a thing (an entry, a demand, a grant) that a split may have named.
    """
    body = get(organization_id)
    seen = {body.pk}
    while True:
        rows = list(Succession.objects.filter(predecessor=body).select_related("successor"))
        named = next((row for row in rows if matter and matter in row.matters), None)
        following = named or (None if body.active else next((row for row in rows if row.main), None))
        if following is None or following.successor_id in seen:
            return body
        body = following.successor
        seen.add(body.pk)


def houses(organization_id: UUID | str) -> set[UUID]:
    """The organization and all that were merged into it or it was split from: whose matters it may look at."""
    known: set[UUID] = set(Organization.objects.filter(pk=organization_id).values_list("pk", flat=True)) if organization_id else set()
    fresh = known
    while fresh:
        fresh = set(Succession.objects.filter(successor__in=fresh).values_list("predecessor", flat=True)) - known
        known = known | fresh
    return known
