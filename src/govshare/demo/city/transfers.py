"""Deliveries under grants: the first a day after the grant, more as its plan says, by the very code that the worker runs (CD2016-24)."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from govshare.demo.city.agenda import Story, Wait
from govshare.demo.city.people import City, signed_in
from govshare.demo.main_wants import LONG
from govshare.demo.wants import Want
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import OPEN, RunStatus, TransferStatus
from govshare.exchange.services import carry, orders, runs
from govshare.kernel.actor import Actor
from govshare.kernel.clock import Clock
from govshare.kernel.roles import Role
from govshare.sharing.models import Grant
from govshare.sharing.rules import GrantStatus
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose


def delivered(city: City, want: Want) -> Story:
    """Ordered, and run at night as often as the plan says, while the grant holds."""
    if not possible(city, want):
        return
    yield Wait(days=1)
    transfer = order(city, want)
    for pause in (0, *want.runs):
        yield Wait(days=pause, night=True)
        if not _holds(city, want):
            return
        transfer = _of_the_grant_now(city, want, transfer)
        if run(city, want, transfer).status != RunStatus.DELIVERED:
            return


def possible(city: City, want: Want) -> bool:
    """Both have front-end databases, and there is a table that is not read at its own slow pace: that one runs when the city stands."""
    table = want.resource.table
    return table is not None and not table.pace and {(want.body.key, "receive"), (want.resource.body.key, "provide")} <= city.fronts.keys()


def order(city: City, want: Want) -> Transfer:
    provider, table = want.resource.body.key, want.resource.table
    if table is None:
        raise LookupError(f"no table: {want.resource.id}")
    name = f"from_{provider}_{table.name.removeprefix(f'{provider}_')}"
    grant, target = city.grants[want.id], city.fronts[want.body.key, "receive"]
    taken = Transfer.objects.filter(target=target, table__startswith=name, status=TransferStatus.ACTIVE).count()
    return orders.order(grant=grant, target=target, table=f"{name}_{taken + 1}" if taken else name, by=recipient(city, want), now=city.now)


def _of_the_grant_now(city: City, want: Want, transfer: Transfer) -> Transfer:
    """Under a grant that took the place of another, a transfer of its own."""
    if transfer.grant_id == city.grants[want.id]:
        return transfer
    orders.close(transfer=transfer.pk, reason="授权已变更，改在新授权下传输", by=recipient(city, want), now=city.now)
    return order(city, want)


def run(city: City, want: Want, transfer: Transfer) -> Run:
    """One delivery, then and there."""
    queued = runs.start(transfer=transfer.pk, by=recipient(city, want), now=city.now)
    carry_out(city, queued)
    return Run.objects.get(pk=queued.pk)


def carry_out(city: City, queued: Run) -> None:
    """What the worker does with a queued run; the job it was queued with finds nothing left to do."""
    carry.carry_out(queued.pk, queued.token, clock=since(city.now))


def since(moment: datetime) -> Clock:
    """A clock that reads ``moment`` now and goes on from there as fast as any."""
    begun = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - begun)


def recipient(city: City, want: Want) -> Actor:
    return city.actor(want.body, Role.RESOURCE_ADMIN)


def begin_long(now: datetime) -> None:
    """What every start does: the next delivery of the long transfer is on its way when the processes are up."""
    by = signed_in(LONG.body, Role.RESOURCE_ADMIN)
    grant = Grant.objects.filter(recipient_id=UUID(by.organization), application=LONG.application, status=GrantStatus.ACTIVE).first()
    target = FrontDatabase.objects.filter(organization_id=UUID(by.organization), purpose=Purpose.RECEIVE, retired_at=None).first()
    if grant is None or target is None:
        return
    transfer = Transfer.objects.filter(grant=grant, status=TransferStatus.ACTIVE).first()
    transfer = transfer or orders.order(
        grant=grant.pk, target=target.pk, table=f"from_{LONG.resource.body.key}_contributions", by=by, now=now
    )
    if not transfer.runs.filter(status__in=OPEN).exists():
        runs.start(transfer=transfer.pk, by=by, now=now)


def _holds(city: City, want: Want) -> bool:
    grant = Grant.objects.get(pk=city.grants[want.id])
    return grant.status == GrantStatus.ACTIVE and grant.ends_on >= city.agenda.today
