"""The own administrator's check 「本部门把关」 of the five elements (CD2016-29.1)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.errors import Fault, Invalid
from govshare.sharing.models import Demand
from govshare.sharing.queries import parties
from govshare.sharing.rules import Element, Side, Way
from govshare.sharing.rules.demands import ACCEPT_DAYS, AUTOMATIC, DEMAND, OWN_CHECK, Duty
from govshare.sharing.services import acceptance, acts, contents, granting


@transaction.atomic
def pass_check(
    *, demand: UUID, checked: Collection[str], by: Actor, now: datetime, opinion: str = "", version: int | None = None
) -> Demand:
    """Confirm each of the five elements: unconditional and in scope gives the grant at once, the rest goes to the authority.

    ``checked`` names the elements verified (``Element``); all five are needed.
    """
    found, move = acts.take(demand, "forward", by=by, now=now, version=version)
    _check_elements(checked)
    words = acts.said("opinion", opinion, basis=OWN_CHECK, required=False)
    listed = parties.listed(found.entry_id)
    found.way = contents.check_complete(found, listed, now=now)
    found.within_scope = listed.in_scope(parties.side(found, Side.RECIPIENT))
    found.checked_at, found.checked_by = now, by.id
    if found.raised_at is None:
        found.raised_at, found.raised_by = now, by.id
    duties.keep(kind=Duty.CHECK, about=found.number, now=now, by=by)
    if found.way != Way.AGREED:
        granting.as_asked(found, "grant_at_once", listed, by=by, now=now, note=words)
        return found
    acts.finish(found, move, by=by, now=now, note=words, detail={"checked": ",".join(sorted(checked))})
    return _to_authority(found, listed, by=by, now=now)


def _check_elements(checked: Collection[str]) -> None:
    missing = [Fault(f"checked.{element}", f"请核定{element.label}") for element in Element if element not in checked]
    if missing:
        raise Invalid("五项要素须逐项核定，缺一不可", basis=OWN_CHECK, faults=missing)


def _to_authority(demand: Demand, listed: ListedEntry, *, by: Actor, now: datetime) -> Demand:
    """Automatic acceptance by convention (PC-32), never outside the scope that the authority itself has set."""
    if demand.within_scope and duty_queries.parameter(str(AUTOMATIC)) == 1:
        return acceptance.accept(demand=demand.pk, by=PLATFORM, now=now)
    duties.start(
        kind=Duty.ACCEPT,
        about=demand.number,
        title=f"{Duty.ACCEPT.label} {demand.number}：{listed.name}",
        owner=parties.side(demand, Side.AUTHORITY),
        basis=DEMAND,
        working_days=duty_queries.parameter(str(ACCEPT_DAYS)),
        now=now,
        by=by,
    )
    return demand


@transaction.atomic
def return_to_drafter(*, demand: UUID, missing: str, by: Actor, now: datetime) -> Demand:
    """Send it back inside the department, saying what is missing 「补正」."""
    found, move = acts.take(demand, "return_inside", by=by, now=now)
    found.missing = acts.said("missing", missing, basis=OWN_CHECK)
    duties.keep(kind=Duty.CHECK, about=found.number, now=now, by=by)
    return acts.finish(found, move, by=by, now=now, note=found.missing)


@transaction.atomic
def decline(*, demand: UUID, reason: str, by: Actor, now: datetime) -> Demand:
    """The department does not raise this demand; it never left the department, so nobody else was refused anything."""
    found, move = acts.take(demand, "decline_inside", by=by, now=now)
    words = acts.said("reason", reason, basis=OWN_CHECK)
    duties.keep(kind=Duty.CHECK, about=found.number, now=now, by=by)
    return acts.finish(found, move, by=by, now=now, note=words)
