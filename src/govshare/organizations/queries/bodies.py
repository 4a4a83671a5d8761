"""Organizations, their authorities and their successors."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, NotFound, NotYours
from govshare.kernel.memory import remembered
from govshare.organizations.models import Organization, OrganizationKind, Succession, Tier
from govshare.organizations.rules import REGISTRATION


def get(organization_id: UUID | str) -> Organization:
    """The organization, also a former one. Raises ``NotFound``."""
    return _get(str(organization_id))


@remembered
def _get(organization_id: str) -> Organization:
    try:
        return Organization.objects.get(pk=organization_id)
    except (Organization.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个组织机构，请核对编号", basis=REGISTRATION) from error


@remembered
def operator() -> Organization | None:
    """The authority that runs this platform; None before the first start."""
    return Organization.objects.filter(operator=True).first()


def need_operator(by: Actor, *, basis: Basis) -> None:
    """What holds for everybody on the platform is the business of the authority that runs it, not of a district's."""
    body = operator()
    if body is None or by.organization != str(body.pk):
        raise NotYours("这件事对全平台生效，由运行平台的信息化主管部门办理", basis=basis)


def authority_for(organization_id: UUID | str) -> Organization:
    """The 信息化主管部门 of its tier: the district's own for a district body, the city's for a city body."""
    return _authority_for(str(organization_id))


@remembered
def _authority_for(organization_id: str) -> Organization:
    body = get(organization_id)
    authorities = Organization.objects.filter(active=True, kind=OrganizationKind.AUTHORITY, tier=body.tier)
    if body.tier == Tier.DISTRICT:
        authorities = authorities.filter(region=body.region)
    authority = authorities.first()
    if authority is None:
        raise NotFound(f"尚未登记{body.get_tier_display()}信息化主管部门（{body.region}），请先登记", basis=REGISTRATION)
    return authority


def area(authority_id: UUID | str) -> frozenset[str]:
    """Ids, as text, of the organizations whose 信息化主管部门 this is, itself and former ones included; none for a department."""
    authority = get(authority_id)
    if authority.kind != OrganizationKind.AUTHORITY:
        return frozenset()
    bodies = Organization.objects.filter(tier=authority.tier)
    if authority.tier == Tier.DISTRICT:
        bodies = bodies.filter(region=authority.region)
    return frozenset(map(str, bodies.values_list("pk", flat=True)))


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


@dataclass(frozen=True, slots=True)
class Passing:
    """One succession: what of ``predecessor`` went to ``successor``; ``main``: all that was not named elsewhere."""

    predecessor: UUID
    successor: UUID
    main: bool
    matters: tuple[str, ...]


@remembered
def successions() -> tuple[Passing, ...]:
    """Every succession there was; a city has some a year."""
    rows = Succession.objects.values_list("predecessor", "successor", "main", "matters")
    return tuple(Passing(before, after, main, tuple(matters)) for before, after, main, matters in rows)


def houses(organization_id: UUID | str) -> set[UUID]:
    """The organization and all that were merged into it or it was split from."""
    return _before(organization_id, main_only=False)


def at(organization_id: UUID | str, side: str, *, key: str = "pk") -> Q:
    """Rows on whose ``side`` (the name of a field that holds an organization) this one stands: its own; those of all whose
    main successor it is; and of what others gave away in a split, what was given to it by id (``key`` holds the id)."""
    mine = _before(organization_id, main_only=True)
    found = Q(**{f"{side}__in": mine})
    for passing in successions():
        if passing.successor in mine and not passing.main:
            given = [matter for text in passing.matters if (matter := _as_id(text))]
            found |= Q(**{side: passing.predecessor, f"{key}__in": given})
    return found


def _before(organization_id: UUID | str, *, main_only: bool) -> set[UUID]:
    """The organization and all before it; an id that is none has nobody."""
    itself = _as_id(str(organization_id))
    known = {itself} if itself else set()
    fresh = known
    while fresh:
        fresh = {each.predecessor for each in successions() if each.successor in fresh and (each.main or not main_only)} - known
        known = known | fresh
    return known


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
