"""Grants given and received, and what the platform told a department about them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound, Refused
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.sharing.models import Grant, Notice
from govshare.sharing.queries.demands import READERS
from govshare.sharing.queries.plans import obstacles
from govshare.sharing.rules.demands import DEMAND

HOLDERS = READERS | {Role.SYSTEM}  # a department's system works under its grants


def visible(by: Actor) -> QuerySet[Grant]:
    """What ``by`` may see: grants of the own department, given or received, and those under its authority."""
    mine, none = by.organization, Q(pk__in=[])
    department = organizations.at(mine, "recipient") | organizations.at(mine, "provider") if by.is_one_of(HOLDERS) else none
    authority = organizations.at(mine, "authority") if Role.AUTHORITY in by.roles else none
    seen = Q() if by.kind == "platform" else department | authority
    return Grant.objects.filter(seen).select_related("recipient", "provider", "authority").prefetch_related("items")


def get(grant_id: UUID, *, by: Actor) -> Grant:
    """One grant; NotFound when there is none or ``by`` may not see it."""
    found = visible(by).filter(id=grant_id).first()
    if found is None:
        raise NotFound("没有这个授权，或者您无权查看，请核对授权编号", basis=DEMAND)
    return found


def given(by: Actor) -> QuerySet[Grant]:
    """Grants on what the actor's own department provides."""
    return visible(by).filter(organizations.at(by.organization, "provider"))


def received(by: Actor) -> QuerySet[Grant]:
    """Grants the actor's own department works under."""
    return visible(by).filter(organizations.at(by.organization, "recipient"))


def obstacle(grant: Grant, *, now: datetime) -> Refused | None:
    """Why the grant gives no data now; None when it does."""
    return obstacles([grant], now=now)[0]


def notices(by: Actor) -> QuerySet[Notice]:
    """What the platform told the actor's department, newest first."""
    readable = by.is_one_of(READERS | {Role.AUTHORITY})
    told = organizations.at(by.organization, "organization", key="grant_id") | organizations.at(
        by.organization, "organization", key="demand_id"
    )
    return Notice.objects.filter(told if readable else Q(pk__in=[])).select_related("demand", "grant")
