"""What time and the catalog do to demands and grants; each one in its own transaction, so that one fault stops no other."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Refused, WrongState
from govshare.sharing.models import Demand, Grant, PlanEpoch
from govshare.sharing.queries import parties
from govshare.sharing.queries.plans import epoch
from govshare.sharing.rules import GrantStatus, NoticeKind, Side, way
from govshare.sharing.rules.demands import OPEN, SILENCE, DemandStatus, Duty
from govshare.sharing.rules.grants import FOLLOWS_CATALOG, REMINDER, obstacles
from govshare.sharing.rules.plans import held_up
from govshare.sharing.services import acts, demands, grants, notices

log = structlog.get_logger("sharing")


@transaction.atomic
def escalate(*, demand: UUID, now: datetime, by: Actor = PLATFORM) -> Demand:
    """Silence past the clock goes to the authority 「督办」. The provider's duty stays open: a late answer is still one."""
    found, move = acts.take(demand, "escalate", by=by, now=now)
    duty = duty_queries.find(Duty.DECIDE, found.number)
    if duty is None or not duty.overdue(local_date(now)):
        raise WrongState("答复期限尚未届满，不转督办", basis=SILENCE)
    found.escalated_at, found.escalated_by = now, by.id
    duties.start(
        kind=Duty.PRESS,
        about=found.number,
        title=f"{Duty.PRESS.label} {found.number}：{found.entry_name}",
        owner=parties.side(found, Side.AUTHORITY),
        basis=SILENCE,
        working_days=duty_queries.parameter(str(SILENCE)),
        now=now,
        by=by,
    )
    text = f"{found.number}（{found.entry_name}）答复期限 {duty.due_on.isoformat()} 已过，转主管部门督办；提供部门仍可答复"
    notices.tell(
        [parties.side(found, each) for each in (Side.AUTHORITY, Side.PROVIDER, Side.RECIPIENT)],
        NoticeKind.OVERDUE,
        found,
        text=text,
        now=now,
    )
    return acts.finish(found, move, by=by, now=now, note=text)


@transaction.atomic
def lapse(*, demand: UUID, now: datetime, by: Actor = PLATFORM) -> Demand:
    """End a demand for what is no longer shared at all (PC-46): no refusal, and nobody owes anything on it."""
    found, move = acts.take(demand, "lapse", by=by, now=now)
    why = _gone(found)
    if why is None:
        raise WrongState("资源仍在共享目录中，需求照常办理", basis=FOLLOWS_CATALOG)
    demands.drop_clocks(found, reason="资源移出共享目录", by=by, now=now)
    sides = (Side.RECIPIENT, Side.PROVIDER) if found.raised_at else (Side.RECIPIENT,)
    notices.tell([parties.side(found, each) for each in sides], NoticeKind.LAPSED, found, text=f"{found.number} 已终止：{why}", now=now)
    return acts.finish(found, move, by=by, now=now, note=why)


def _gone(demand: Demand) -> str | None:
    """Why the entry can no longer be demanded at all, in the refusal's own words; None while it can."""
    try:
        way(parties.listed(demand.entry_id), parties.side(demand, Side.RECIPIENT))
    except Refused as refusal:
        return str(refusal)
    return None


def escalate_overdue(*, now: datetime) -> int:
    """Every demand whose provider let its time pass; tells how many."""
    late = [duty.about for duty in duty_queries.overdue(now=now) if duty.kind == Duty.DECIDE]
    found = Demand.objects.filter(number__in=late, status=DemandStatus.DECIDING).values_list("id", flat=True)
    return _each(found, lambda one: escalate(demand=one, now=now))


def lapse_delisted(*, now: datetime) -> int:
    """Every open demand for an entry that left the sharing catalog."""
    running = Demand.objects.filter(status__in=OPEN - {DemandStatus.DRAFT}).select_related("recipient")
    return _each([demand.pk for demand in running.iterator() if _gone(demand)], lambda one: lapse(demand=one, now=now))


def expire_grants(*, now: datetime) -> int:
    """Every grant whose last day has passed."""
    found = _active().filter(ends_on__lt=local_date(now)).values_list("id", flat=True)
    return _each(found, lambda one: grants.expire(grant=one, now=now))


def remind_expiring(*, now: datetime) -> int:
    """Tell both sides, once for each end date, that a grant is about to end."""
    today = local_date(now)
    soon = today + timedelta(days=duty_queries.parameter(str(REMINDER)))
    found = _active().filter(ends_on__range=(today, soon)).values_list("id", flat=True)
    return _each(found, lambda one: _remind(one, now=now))


@transaction.atomic
def _remind(grant_id: UUID, *, now: datetime) -> None:
    grant = Grant.objects.select_related("demand").get(pk=grant_id)
    told = [parties.answering(grant.recipient_id, grant.id), parties.answering(grant.provider_id, grant.id)]
    text = f"授权 {grant.number}（{grant.entry_name}）将于 {grant.ends_on.isoformat()} 到期；仍需使用的，请在到期前续期"
    notices.tell(told, NoticeKind.EXPIRING, grant.demand, grant=grant, text=text, key=grant.ends_on.isoformat(), now=now)


def follow_catalog(*, now: datetime) -> int:
    """Bind grants to routes that came since; tell both sides of grants that a change of the entry holds up (CD2016-17).

    Looks only when something has changed since it looked last; tells at how many entries it did.
    """
    seen = epoch()
    if not PlanEpoch.objects.filter(followed__lt=seen).exists():
        return 0
    entries = _running(local_date(now)).order_by().values_list("entry", flat=True).distinct()
    looked_at = _each(entries, lambda one: _follow(one, now=now))
    PlanEpoch.objects.filter(followed__lt=seen).update(followed=seen)
    return looked_at


@transaction.atomic
def _follow(entry_id: UUID, *, now: datetime) -> None:
    running = _running(local_date(now)).filter(entry=entry_id).select_related("demand").prefetch_related("items")
    try:
        listed = parties.listed(entry_id)
    except Refused as refusal:
        for grant in running:
            _tell_held_up(grant, f"授权 {grant.number} 暂停取数：{refusal}", now=now)
        return
    for grant in running:
        facts = parties.facts(grant)
        held = held_up(facts, obstacles(facts, listed))
        if held:
            _tell_held_up(grant, held, now=now)
        elif listed.route and not all(item.column for item in facts.items):
            grants.bind_route(grant=grant.pk, now=now)


def _tell_held_up(grant: Grant, text: str, *, now: datetime) -> None:
    told = [parties.answering(grant.recipient_id, grant.id), parties.answering(grant.provider_id, grant.id)]
    key = hashlib.sha256(text.encode()).hexdigest()
    notices.tell(told, NoticeKind.CHANGED, grant.demand, grant=grant, text=text[:1000], key=key, now=now)


def _active() -> QuerySet[Grant]:
    return Grant.objects.filter(status=GrantStatus.ACTIVE)


def _running(today: date) -> QuerySet[Grant]:
    return _active().filter(ends_on__gte=today)


def _each(ids: Iterable[UUID], act: Callable[[UUID], object]) -> int:
    """Do it to each and tell how many; what is refused because it moved on meanwhile is left, what breaks is raised at the end."""
    done, broken = 0, []
    for one in list(ids):
        try:
            act(one)
            done += 1
        except Refused as refusal:
            log.info("left", id=str(one), code=refusal.code, basis=str(refusal.basis))
        except Exception as error:  # noqa: BLE001 - the others still get theirs; raised below
            error.add_note(f"id {one}")
            broken.append(error)
    if broken:
        raise ExceptionGroup("not done for all", broken)
    return done
