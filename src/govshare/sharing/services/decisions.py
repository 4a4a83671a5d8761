"""The provider's answer: item by item, or a refusal of the whole, or of a longer term (CD2016-22, 25.2)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.queries import ListedEntry
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, Refused, WrongState
from govshare.regulation.secrecy import refuse_secret
from govshare.sharing.models import Demand, Grant
from govshare.sharing.queries import parties
from govshare.sharing.rules import Because, Decision, DemandStatus, Side, way
from govshare.sharing.rules.decisions import LESS_THAN_ASKED, NO_REFUSAL, Asked, faults, quoted, unfounded
from govshare.sharing.rules.demands import AGREED, Duty
from govshare.sharing.rules.elements import condition_faults, modes_offered
from govshare.sharing.rules.grants import FOLLOWS_CATALOG, obstacles
from govshare.sharing.rules.plans import check_running
from govshare.sharing.services import acceptance, acts, granting, grounds


@transaction.atomic
def decide(*, demand: UUID, decision: Decision, by: Actor, now: datetime, version: int | None = None) -> Grant:
    """Give items with their treatment and terms. What is less than asked has its ground; Refused (CD2016-22) when it has none."""
    found, _move = acts.take(demand, "grant", by=by, now=now, version=version)
    if found.renews:
        raise WrongState("这是一项续期，请答复截止时间", basis=AGREED)
    listed = _current(found)
    asked = Asked(
        elements=found.elements(),
        quota_per_day=granting.quota_asked(found),
        terms=found.published_terms,
        items={item.id: item for item in listed.items},
    )
    refuse_secret(decision.texts())
    acts.said("opinion", decision.opinion, basis=AGREED, required=False)
    _check(decision, asked, now)
    return granting.give(found, "grant", listed, decision, by=by, now=now, late=_answered(found, by=by, now=now))


def _current(demand: Demand) -> ListedEntry:
    """The entry as the demand saw it; a newer revision must be looked at by the demanding department first."""
    listed = parties.listed(demand.entry_id)
    way(listed, parties.side(demand, Side.RECIPIENT))
    known = {item.id: item for item in listed.items}
    gone = [row.name for row in demand.items.all() if row.item not in known]
    gone += [fault.message for fault in condition_faults(demand.elements().conditions, known)]
    if gone or demand.mode not in modes_offered(listed):
        raise WrongState(
            f"资源已发布新版，{'、'.join(gone) or '所求的共享模式'}不再提供；请要求补正，由需求部门修改后重新提出", basis=FOLLOWS_CATALOG
        )
    return listed


def _check(decision: Decision, asked: Asked, now: datetime) -> None:
    found = faults(decision, asked, today=local_date(now))
    if found:
        raise Invalid("答复内容有误，请按所指之处改正", basis=AGREED, faults=found)
    missing = unfounded(decision, asked)
    if missing:
        raise Refused(
            f"非因法定事由不得拒绝：{missing[0].message}", basis=NO_REFUSAL, detail={fault.place: fault.message for fault in missing}
        )
    grounds.all_for_refusal(decision.grounds())


def _answered(demand: Demand, *, by: Actor, now: datetime) -> bool:
    """The provider's duty is kept; tells whether late. Nobody need press any more."""
    kept = duties.keep(kind=Duty.DECIDE, about=demand.number, now=now, by=by)
    duties.drop(kind=Duty.PRESS, about=demand.number, reason="提供部门已答复", now=now, by=by)
    return demand.status == DemandStatus.PRESSED or bool(kept and kept.late)


@transaction.atomic
def refuse(*, demand: UUID, ground: UUID | None, reason: str, by: Actor, now: datetime, version: int | None = None) -> Demand:
    """Refuse the whole, on a registered legal ground only."""
    found, move = acts.take(demand, "refuse", by=by, now=now, version=version)
    grounds.for_refusal(ground)
    late = _answered(found, by=by, now=now)
    return acceptance.close_refused(found, move.verb, ground=ground, reason=reason, by=by, now=now, late=late)


@transaction.atomic
def agree_renewal(
    *,
    demand: UUID,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    because: Because | None = None,
    opinion: str = "",
    version: int | None = None,
) -> Grant:
    """Agree to a longer term; a shorter one than asked has its ground."""
    found, move = acts.take(demand, "grant", by=by, now=now, version=version)
    if not found.renews:
        raise WrongState("这不是续期，请逐项答复", basis=AGREED)
    listed, given = _current(found), parties.facts(found.renews)
    check_running(given, local_date(now))
    if obstacles(given, listed):
        raise WrongState(f"授权 {given.number} 所依据的资源已变更，不能续期", basis=FOLLOWS_CATALOG)
    words = acts.said("opinion", opinion, basis=AGREED, required=False)
    _check_renewal(found, ends_on, because)
    late = _answered(found, by=by, now=now)
    granting.write_reason(found, because)
    return granting.prolong(found, found.renews, move.verb, ends_on or found.ends_on, by=by, now=now, note=words, late=late)


def _check_renewal(demand: Demand, ends_on: date | None, because: Because | None) -> None:
    asked, running = demand.ends_on, demand.renews
    if ends_on is None or asked is None or running is None:
        return
    if not running.ends_on < ends_on <= asked:
        fault = Fault("ends_on", f"应晚于 {running.ends_on.isoformat()}，且不晚于所求的 {asked.isoformat()}")
        raise Invalid("续期的截止时间有误", basis=AGREED, faults=[fault])
    if ends_on < asked:
        founded = because is not None and (because.ground is not None or quoted(because.quote, demand.published_terms))
        if not founded:
            raise Refused("续期短于所求，须选择法定依据，或摘录共享目录已公布的共享条件", basis=LESS_THAN_ASKED)
        if because and because.ground:
            grounds.for_refusal(because.ground)
