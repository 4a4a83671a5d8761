"""Notices 「通知」: what happened that this person should know, told from what the rooms have on record; and which were seen."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext

from govshare.alerts import queries as alerts
from govshare.alerts.models import Alert
from govshare.alerts.models import Step as AlertStep
from govshare.alerts.rules import ANSWERERS, WORKFLOW
from govshare.alerts.rules import Rule as AlertRule
from govshare.catalog.models import Step
from govshare.duties.models import DutyChange
from govshare.duties.rules import Act
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.organizations.models import Certificate, CertificateStatus, Filing, StandIn
from govshare.portal.desk import whose
from govshare.portal.models import SeenNotice
from govshare.sharing import queries as sharing
from govshare.sharing.models import Event, Notice
from govshare.sharing.queries.demands import READERS

LOOKS_BACK = timedelta(days=60)
MOST = 200
CERTIFICATE_ENDS_WITHIN = timedelta(days=30)

_DESK = READERS | {Role.AUTHORITY}
_GUARDS = frozenset({Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})
_DEMANDS = {
    "sharing:demand:return-inside",
    "sharing:demand:decline-inside",
    "sharing:demand:grant-at-once",
    "sharing:demand:accept",
    "sharing:demand:ask-before-accepting",
    "sharing:demand:ask-before-deciding",
    "sharing:demand:ask-when-pressed",
    "sharing:demand:refuse-acceptance",
    "sharing:demand:grant",
    "sharing:demand:refuse",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One notice. ``kind``: what it is about (entry, demand, grant, duty, filing, certificate, post, list); ``about``: which one."""

    key: str
    at: datetime
    kind: str
    about: str
    heading: str
    text: str
    seen: bool = False


def notices(by: Actor, *, now: datetime) -> list[Note]:
    """The newest first, of the last sixty days, at most two hundred."""
    found = sorted(_found(by, now), key=lambda note: (note.at, note.key), reverse=True)[:MOST]
    seen = _seen(by, [note.key for note in found])
    return [replace(note, seen=note.key in seen) for note in found]


def unread(by: Actor, *, now: datetime) -> int:
    """How many of them were not looked at yet; two statements, since every page shows it."""
    keys = [note.key for note in _late_lists(now)] if by.is_one_of(_GUARDS) else []
    sources = [
        rows.order_by()
        .annotate(notice_of=Value(prefix), notice_pk=Cast("pk", TextField()), notice_at=F(at))
        .values_list("notice_of", "notice_pk", "notice_at")
        for prefix, at, rows in _rows(by, now)
    ]
    if sources:
        first, *others = sources
        keys += [f"{prefix}{pk}" for prefix, pk, _ in first.union(*others, all=True).order_by("-notice_at")[:MOST]]
    return len(keys) - SeenNotice.objects.filter(person=whose.key(by), key__in=keys).count() if keys else 0


@transaction.atomic
def mark_seen(*, keys: Iterable[str], by: Actor, now: datetime) -> int:
    """The person has looked at these; keys that name no notice of theirs are left out. Returns how many are new."""
    person = whose.person(by)
    wanted = set(keys) & {note.key for note in notices(by, now=now) if not note.seen}
    SeenNotice.objects.bulk_create(
        [SeenNotice(person=person, key=key, seen_at=now, seen_by=by.id) for key in sorted(wanted)], ignore_conflicts=True
    )
    return len(wanted)


@transaction.atomic
def mark_all_seen(*, by: Actor, now: datetime) -> int:
    """The person has looked at all there are."""
    return mark_seen(keys=[note.key for note in notices(by, now=now)], by=by, now=now)


def _seen(by: Actor, keys: Collection[str]) -> set[str]:
    return set(SeenNotice.objects.filter(person=whose.key(by), key__in=keys).values_list("key", flat=True))


def _found(by: Actor, now: datetime) -> Iterator[Note]:
    for prefix, at, rows in _rows(by, now):
        for row in rows.order_by(f"-{at}")[:MOST]:
            yield _TOLD[prefix](row)
    if by.is_one_of(_GUARDS):
        yield from _late_lists(now)


def _rows(by: Actor, now: datetime) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """What there is to tell ``by``: the beginning of the keys, the field that says when, the rows."""
    since, mine, me = now - LOOKS_BACK, whose.as_id(by.organization), whose.key(by)
    if by.is_one_of(_DESK):
        yield "sharing:", "sent_at", sharing.grants.notices(by).filter(sent_at__gte=since)
        owed = Q(owner=by.organization) | Q(owner_before=by.organization)
        yield "duty:", "changed_at", DutyChange.objects.filter(owed, changed_at__gte=since).select_related("duty")
    if by.is_one_of({Role.REGISTRAR, Role.REVIEWER, Role.LEADER}):
        own = Step.objects.filter(entry__provider=mine, action__in=_catalog_headings(), taken_at__gte=since)
        yield "step:", "taken_at", own.exclude(taken_by=by.id).select_related("entry")
    if by.is_one_of(READERS):
        theirs = Event.objects.filter(demand__in=sharing.demands.own(by), action__in=_DEMANDS, taken_at__gte=since)
        yield "event:", "taken_at", theirs.exclude(taken_by=by.id).select_related("demand")
    if by.is_one_of({Role.RESOURCE_ADMIN, Role.LEADER}):
        yield "filing:", "answered_at", Filing.objects.filter(organization=mine, answered_at__gte=since)
    if by.is_one_of({Role.AUDIT_ADMIN}):
        yield "alert:", "raised_at", Alert.objects.filter(raised_at__gte=since)
    if by.is_one_of(ANSWERERS | {Role.AUDIT_ADMIN}):
        steps = AlertStep.objects.filter(alert__in=alerts.visible(by), taken_at__gte=since).exclude(taken_by=by.id)
        yield "alert-step:", "taken_at", steps.select_related("alert")
    if by.kind == "person":
        ending = Certificate.objects.filter(person=me, status=CertificateStatus.BOUND, not_after__gte=now).defer("der")
        yield "certificate:", "not_after", ending.filter(not_after__lt=now + CERTIFICATE_ENDS_WITHIN)
        yield "stand-in:", "arranged_at", StandIn.objects.filter(person=me, arranged_at__gte=since).select_related("appointment__person")


def _by_sharing(row: Notice) -> Note:
    kind, about = ("grant", str(row.grant_id)) if row.grant_id else ("demand", str(row.demand_id))
    return Note(key=f"sharing:{row.pk}", at=row.sent_at, kind=kind, about=about, heading=row.get_kind_display(), text=row.text)


def _moved_duty(row: DutyChange) -> Note:
    text = gettext("%(title)s：应于 %(before)s 改为 %(after)s；%(reason)s") % {
        "title": row.duty.title,
        "before": row.due_before,
        "after": row.due_after,
        "reason": row.reason,
    }
    heading = gettext("期限变动：%(act)s") % {"act": Act(row.act).label}
    return Note(key=f"duty:{row.pk}", at=row.changed_at, kind="duty", about=str(row.duty_id), heading=heading, text=text)


def _step(row: Step) -> Note:
    text = f"{row.entry.code} · {row.taken_by_name}" + (f"：{row.reason}" if row.reason else "")
    heading = _catalog_headings()[row.action]
    return Note(key=f"step:{row.pk}", at=row.taken_at, kind="entry", about=row.entry.code, heading=heading, text=text)


def _event(row: Event) -> Note:
    text = f"{row.demand.number} {row.demand.entry_name} · {row.organization_name}" + (f"：{row.note}" if row.note else "")
    return Note(key=f"event:{row.pk}", at=row.taken_at, kind="demand", about=str(row.demand_id), heading=row.label, text=text)


def _filing(row: Filing) -> Note:
    heading = gettext("信息资源管理员备案：%(status)s") % {"status": row.get_status_display()}
    text = f"{row.name} · {row.get_change_display()}" + (f"：{row.answer}" if row.answer else "")
    return Note(key=f"filing:{row.pk}", at=row.answered_at or row.filed_at, kind="filing", about=str(row.pk), heading=heading, text=text)


def _own_certificate(row: Certificate) -> Note:
    text = gettext("您的证书（尾号 %(tail)s）%(day)s 到期，请向签发机构办理换证") % {
        "tail": row.serial[-4:].upper(),
        "day": local_date(row.not_after),
    }
    at = row.not_after - CERTIFICATE_ENDS_WITHIN
    return Note(key=f"certificate:{row.pk}", at=at, kind="certificate", about=str(row.pk), heading=gettext("证书将到期"), text=text)


def _stand_in(row: StandIn) -> Note:
    text = gettext("%(starts)s 至 %(ends)s 代 %(name)s 的“%(role)s”岗位：%(reason)s") % {
        "starts": row.starts_on,
        "ends": row.ends_on,
        "name": row.appointment.person.name,
        "role": Role(row.appointment.role).label,
        "reason": row.reason,
    }
    return Note(key=f"stand-in:{row.pk}", at=row.arranged_at, kind="post", about=str(row.pk), heading=gettext("代岗安排"), text=text)


def _alert(row: Alert) -> Note:
    heading = gettext("异常取数：%(rule)s") % {"rule": gettext(AlertRule(row.rule).label)}
    text = " · ".join(filter(None, (row.number, row.organization_name, row.who_name)))
    return Note(key=f"alert:{row.pk}", at=row.raised_at, kind="alert", about=str(row.pk), heading=heading, text=text)


def _alert_step(row: AlertStep) -> Note:
    heading = gettext("异常取数：%(rule)s") % {"rule": gettext(WORKFLOW[row.verb].label)}
    text = f"{row.alert.number} · {row.organization_name}：{row.note}"
    return Note(key=f"alert-step:{row.pk}", at=row.taken_at, kind="alert", about=str(row.alert_id), heading=heading, text=text)


_TOLD: Mapping[str, Callable[[Any], Note]] = {
    "alert:": _alert,
    "alert-step:": _alert_step,
    "sharing:": _by_sharing,
    "duty:": _moved_duty,
    "step:": _step,
    "event:": _event,
    "filing:": _filing,
    "certificate:": _own_certificate,
    "stand-in:": _stand_in,
}


def _late_lists(now: datetime) -> Iterator[Note]:
    for late in organizations.late_lists(now=now):
        text = gettext("“%(name)s”的吊销列表逾期未更新；%(day)s 起它签发的证书一律不予放行") % {
            "name": late.anchor.name,
            "day": f"{late.refused_from.astimezone():%Y-%m-%d %H:%M}",
        }
        key = f"late-list:{late.anchor.pk}:{late.due:%Y%m%d%H%M}"
        yield Note(key=key, at=late.due, kind="list", about=str(late.anchor.pk), heading=gettext("吊销列表逾期"), text=text)


def _catalog_headings() -> dict[str, str]:
    return {
        "catalog:entry:return": gettext("审核退回修改"),
        "catalog:entry:publish": gettext("审核通过，已发布并备案"),
        "catalog:listing:confirm": gettext("主管部门确认列入共享目录"),
        "catalog:listing:adjust": gettext("主管部门调整并列入共享目录"),
        "catalog:listing:send-back": gettext("主管部门退回"),
        "catalog:listing:delist": gettext("主管部门移出共享目录"),
        "catalog:verification:verify": gettext("主管部门核定不予共享"),
        "catalog:verification:return": gettext("主管部门核定退回"),
    }
