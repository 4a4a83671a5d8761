"""The end of a grant, and its confirmation after the entry changed (CD2016-17, 31; PC-44, PC-47)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.audit.services import Promise
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Basis, Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.sharing.models import Grant
from govshare.sharing.queries import grants, parties
from govshare.sharing.rules import Breach, EndReason, GrantStatus, NoticeKind
from govshare.sharing.rules.decisions import NO_REFUSAL
from govshare.sharing.rules.demands import DECIDERS
from govshare.sharing.rules.grants import DUTY_ONLY, EARLY_END, FOLLOWS_CATALOG, obstacles
from govshare.sharing.services import acts, grounds, notices

_BASIS: Mapping[EndReason, Basis] = {EndReason.GROUND: NO_REFUSAL, EndReason.BREACH: DUTY_ONLY}


@transaction.atomic
def end_early(*, grant: UUID, reason: str, by: Actor, now: datetime, ground: UUID | None = None, breach: str = "") -> Grant:
    """End a running grant: the recipient at will, the provider on a legal ground or for a breach, the authority with its reason."""
    found = _lock(grant, by=by)
    found.end_text = acts.said("reason", reason, basis=EARLY_END)
    why = _whose_end(found, by)
    if why == EndReason.BREACH:
        why = _providers_reason(found, ground, breach)
    return _end(found, why, by=by, now=now)


def _whose_end(grant: Grant, by: Actor) -> EndReason:
    """In which capacity ``by`` ends it; BREACH stands for the provider, who must still say why."""
    if Role.AUTHORITY in by.roles and by.organization == parties.answering(grant.authority_id, grant.id):
        return EndReason.AUTHORITY
    by.need(*sorted(DECIDERS), basis=EARLY_END)
    if by.organization == parties.answering(grant.recipient_id, grant.id):
        return EndReason.RECIPIENT
    by.need_own(parties.answering(grant.provider_id, grant.id), basis=EARLY_END)
    return EndReason.BREACH


def _providers_reason(grant: Grant, ground: UUID | None, breach: str) -> EndReason:
    if not breach:
        grant.end_ground = grounds.for_refusal(ground)
        return EndReason.GROUND
    if breach not in Breach.values:
        fault = Fault("breach", f"应为：{'、'.join(Breach.values)}")
        raise Invalid("授权条款中没有这种违约情形", basis=EARLY_END, faults=[fault])
    grant.end_breach = breach
    return EndReason.BREACH


@transaction.atomic
def expire(*, grant: UUID, now: datetime, by: Actor = PLATFORM) -> Grant:
    """Mark a grant whose last day has passed; it has given nothing since."""
    found = _lock(grant, by=by)
    if local_date(now) <= found.ends_on:
        raise WrongState(f"授权 {found.number} 尚未到期", basis=DUTY_ONLY)
    return _end(found, EndReason.EXPIRED, by=by, now=now)


def _end(grant: Grant, why: EndReason, *, by: Actor, now: datetime) -> Grant:
    """A grant ends: by its date, by one of its sides, or by the authority."""
    detail = {"why": why, "breach": grant.end_breach, "ground": str(grant.end_ground or ""), "ends_on": str(grant.ends_on)}
    promise = _record(grant, "end", _BASIS.get(why, EARLY_END), reason=grant.end_text, detail=detail, by=by, now=now)
    grant.status, grant.end_reason, grant.ended_at, grant.ended_by = GrantStatus.ENDED, why, now, by.id
    grant.save()
    _write(grant, "end", f"授权终止：{why.label}", _BASIS.get(why, EARLY_END), promise, note=grant.end_text, by=by, now=now)
    told = [parties.answering(grant.recipient_id, grant.id), parties.answering(grant.provider_id, grant.id)]
    notices.tell(told, NoticeKind.ENDED, grant.demand, grant=grant, text=f"授权 {grant.number} 已终止：{why.label}", now=now)
    return grant


@transaction.atomic
def confirm(*, grant: UUID, by: Actor, now: datetime, opinion: str = "") -> Grant:
    """The provider's word that the granted items as they are now are what it granted; data flows again (PC-44)."""
    found = _lock(grant, by=by)
    by.need(*sorted(DECIDERS), basis=FOLLOWS_CATALOG)
    by.need_own(parties.answering(found.provider_id, found.id), basis=FOLLOWS_CATALOG)
    words = acts.said("opinion", opinion, basis=FOLLOWS_CATALOG, required=False)
    listed = parties.listed(found.entry_id)
    between = obstacles(parties.facts(found), listed)
    if between.regrant:
        raise WrongState(f"{'；'.join(between.regrant)}，不能确认恢复，须由使用部门重新申请", basis=FOLLOWS_CATALOG)
    if not between.rebind:
        raise WrongState(f"授权 {found.number} 所授信息项没有变更，无需确认", basis=FOLLOWS_CATALOG)
    _bind(found)
    detail = {"changes": "；".join(between.rebind), "revision": str(listed.revision)}
    promise = _record(found, "confirm", FOLLOWS_CATALOG, reason=words, detail=detail, by=by, now=now)
    _write(found, "confirm", "变更确认，恢复取数", FOLLOWS_CATALOG, promise, note="；".join(between.rebind)[:2000], by=by, now=now)
    return found


def _bind(grant: Grant) -> None:
    """Take the granted items as listed now."""
    listed = parties.listed(grant.entry_id)
    present = {item.id: item for item in listed.items}
    for row in grant.items.all():
        now = present[row.item]
        row.name, row.type, row.length, row.sensitivity = now.name, now.type, now.length, now.sensitivity
        row.column = now.column if listed.route else ""
        row.save()
    grant.revision = listed.revision
    grant.save(update_fields=["revision"])


@transaction.atomic
def bind_route(*, grant: UUID, now: datetime, by: Actor = PLATFORM) -> bool:
    """Hold a grant given before there was an access route to the first columns it is read from; tells whether it had to be."""
    found = _lock(grant, by=by)
    listed = parties.listed(found.entry_id)
    unbound = any(not row.column for row in found.items.all())
    if not unbound or listed.route is None or obstacles(parties.facts(found), listed):
        return False
    _bind(found)
    promise = _record(found, "bind", FOLLOWS_CATALOG, detail={"revision": str(listed.revision)}, by=by, now=now)
    _write(found, "bind", "接口已提供，可以取数", FOLLOWS_CATALOG, promise, by=by, now=now)
    return True


def _lock(grant_id: UUID, *, by: Actor) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("demand").get(pk=grants.get(grant_id, by=by).pk)
    if grant.status != GrantStatus.ACTIVE:
        raise WrongState(f"授权 {grant.number} {GrantStatus(grant.status).label}，不能再办理", basis=DUTY_ONLY)
    return grant


def _record(
    grant: Grant, verb: str, basis: Basis, *, by: Actor, now: datetime, reason: str = "", detail: Mapping[str, str] | None = None
) -> Promise:
    return audit.record(
        action=f"sharing:grant:{verb}",
        basis=basis,
        by=by,
        now=now,
        reason=reason,
        about=grant.number,
        resource=grant.entry_code,
        grant=grant.number,
        parties=[parties.answering(each, grant.id) for each in (grant.recipient_id, grant.provider_id, grant.authority_id)],
        purpose=grant.purpose,
        detail=detail,
    )


def _write(grant: Grant, verb: str, label: str, basis: Basis, promise: Promise, *, by: Actor, now: datetime, note: str = "") -> None:
    action = f"sharing:grant:{verb}"
    acts.write_event(grant.demand, action=action, label=label, basis=basis, promise=promise, note=note, by=by, now=now, grant=grant)
