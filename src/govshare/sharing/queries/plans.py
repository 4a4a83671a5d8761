"""From a grant to what it lets through now, and whether that still holds (CD2016-31, 34)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from govshare.catalog.queries import ListedEntry
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound, Refused
from govshare.kernel.keyring import Keyring
from govshare.sharing.models import Grant, PlanEpoch
from govshare.sharing.queries import parties
from govshare.sharing.rules import AccessPlan, GrantStatus
from govshare.sharing.rules.grants import DUTY_ONLY
from govshare.sharing.rules.plans import compile_plan, grant_hash_key


def epoch() -> int:
    """Rises with every committed change of a grant, a listing, a route: what was compiled before is to be looked at again."""
    return PlanEpoch.objects.values_list("epoch", flat=True).get(id=1)


def plan(grant_id: UUID, *, now: datetime) -> AccessPlan:
    """The plan the grant gives now; raises the reason (NotFound, WrongState, Unavailable) when it gives none."""
    seen = epoch()  # first: a change that comes in between is noticed at the next look
    grant = Grant.objects.prefetch_related("items").filter(id=grant_id).first()
    if grant is None:
        raise NotFound("没有这个授权，请核对授权编号", basis=DUTY_ONLY)
    return _compiled(grant, parties.listed(grant.entry_id), now=now, epoch=seen)


def obstacles(grants: Sequence[Grant], *, now: datetime) -> list[Refused | None]:
    """Why each of ``grants`` gives no data now, in their order; None where it does. Few statements for however many, with their items."""
    listed = parties.listed_of({grant.entry_id for grant in grants})
    return [_obstacle(grant, listed.get(grant.entry_id), now=now) for grant in grants]


def _obstacle(grant: Grant, listed: ListedEntry | None, *, now: datetime) -> Refused | None:
    try:
        _compiled(grant, listed or parties.listed(grant.entry_id), now=now, epoch=0)  # nobody works by this plan
    except Refused as refusal:
        return refusal
    return None


def _compiled(grant: Grant, listed: ListedEntry, *, now: datetime, epoch: int) -> AccessPlan:
    key = grant_hash_key(Keyring(settings.GOVSHARE_KEYS).secret("credentials.key"), grant.id)
    return compile_plan(parties.facts(grant), listed, hash_key=key, today=local_date(now), epoch=epoch)


def stands(held: AccessPlan, *, now: datetime) -> bool:
    """Whether ``held`` may still be used: one indexed look while nothing has changed, a new compilation once something has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, (SELECT status FROM sharing_grant WHERE id = %s) FROM sharing_plan_epoch", [held.grant])
        seen, status = cursor.fetchone()
    if status != GrantStatus.ACTIVE or local_date(now) > held.ends_on:
        return False
    if seen == held.epoch:
        return True
    try:
        return plan(held.grant, now=now) == held
    except Refused:
        return False
