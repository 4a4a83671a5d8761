"""Who uses an information resource, and how much (CD2016-28, 36).

What the platform counts while serving (times, volume, items) belongs to the provider, who may know how its data is used (36),
and to the authority; another department gets it on application, with the consent of both (28). Until then it sees its own use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from govshare.catalog.models import Entry
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound, NotYours, Refused
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.regulation.articles import cite
from govshare.sharing.models import Grant
from govshare.sharing.rules import GrantStatus

STATISTICS = cite("CD2016-28")
LISTED = cite("CD2016-16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One department's use: grants in force and over, deliveries with their rows and bytes, the last one."""

    organization: UUID
    name: str
    active_grants: int = 0
    ended_grants: int = 0
    deliveries: int = 0
    rows: int = 0
    bytes: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """``users``: all of them, most rows first, for those who may know; else only the asker's own use, and ``withheld`` says why."""

    users: tuple[Use, ...]
    withheld: Refused | None

    @property
    def own(self) -> Use | None:
        """The asker's own use, when that is all there is to see."""
        return self.users[0] if self.withheld and self.users else None


def permit(entry_id: UUID, *, by: Actor) -> None:
    """Raise unless ``by`` may see who uses the entry: its provider's people, and the authority of the provider's tier."""
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("没有这条信息资源，请核对代码", basis=LISTED)
    if by.organization == str(entry.provider_id):
        return
    if Role.AUTHORITY in by.roles and by.organization == str(organizations.authority_for(entry.provider_id).pk):
        return
    raise NotYours("使用情况的统计由提供部门和信息化主管部门掌握；其他部门须提出申请，征得二者同意后使用", basis=STATISTICS)


def usage(entry_id: UUID, *, by: Actor, now: datetime) -> Usage:
    """The entry's use, as much of it as ``by`` may know."""
    try:
        permit(entry_id, by=by)
    except NotYours as withheld:
        own = Q(recipient__in=organizations.houses(by.organization))
        return Usage(users=tuple(_uses(entry_id, own, now)), withheld=withheld)
    return Usage(users=tuple(_uses(entry_id, Q(), now)), withheld=None)


def _uses(entry_id: UUID, whose: Q, now: datetime) -> Iterator[Use]:
    grants = Grant.objects.filter(whose, entry=entry_id)
    running = Q(status=GrantStatus.ACTIVE, ends_on__gte=local_date(now))
    rows = (
        grants.values("recipient", "recipient__name")
        .order_by("recipient")
        .annotate(active_grants=Count("id", filter=running), ended_grants=Count("id", filter=~running))
    )
    taken = _deliveries(grants.values_list("id", flat=True))
    uses = [
        Use(
            organization=row["recipient"],
            name=row["recipient__name"],
            active_grants=row["active_grants"],
            ended_grants=row["ended_grants"],
            **taken.get(row["recipient"], {}),
        )
        for row in rows
    ]
    yield from sorted(uses, key=lambda use: (-use.rows, -use.active_grants, use.name))


def _deliveries(grants: Any) -> dict[UUID, dict[str, Any]]:
    runs = Run.objects.filter(transfer__grant__in=grants, status=RunStatus.DELIVERED)
    rows = (
        runs.values("transfer__recipient")
        .order_by("transfer__recipient")
        .annotate(
            deliveries=Count("id"), rows=Coalesce(Sum("rows_done"), 0), bytes=Coalesce(Sum("bytes_done"), 0), last_at=Max("finished_at")
        )
    )
    return {row["transfer__recipient"]: {name: row[name] for name in ("deliveries", "rows", "bytes", "last_at")} for row in rows}
