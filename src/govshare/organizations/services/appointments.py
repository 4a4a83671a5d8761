"""Appoint, end, stand in (CD2016-15, PC-11, PC-12)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from govshare.audit import services as audit
from govshare.duties.queries import parameter
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Appointment, Organization, Person, StandIn
from govshare.organizations.rules import Post
from govshare.organizations.services import filings, locking
from govshare.organizations.services.words import fitting


@transaction.atomic
def appoint(
    *,
    person: UUID | str,
    organization: UUID | str,
    role: Role,
    starts_on: date,
    ends_on: date | None = None,
    document: str = "",
    by: Actor,
    now: datetime,
) -> Appointment:
    """Give ``person``, who works there, a post of ``organization`` from ``starts_on`` to ``ends_on`` (both included)."""
    somebody, body = locking.person(person), locking.organization(organization)
    rules.check_appointer(role, body.pk, by, of_leader=leads(somebody, body, now))
    rules.check_not_oneself(somebody.pk, by)
    return enter(somebody, body, role, starts_on=starts_on, ends_on=ends_on, document=document, by=by, now=now)


def leads(person: Person, body: Organization, now: datetime) -> bool:
    """Whether the person is 分管领导 there today."""
    return any(person.pk == leader.pk for leader in queries.holders(organization=body.pk, role=Role.LEADER, on=local_date(now)))


def enter(
    person: Person, body: Organization, role: Role, *, starts_on: date, ends_on: date | None, document: str, by: Actor, now: datetime
) -> Appointment:
    """Check and store; who may is the caller's question (``appoint``, a handover, or the founding)."""
    rules.check_post(role, body)
    rules.check_dates(starts_on, ends_on)
    if person.organization_id != body.pk:
        raise Invalid("只能任命本单位在册人员，请先登记人员", basis=rules.WHO_APPOINTS, faults=[Fault("person", "不是本单位人员")])
    _check_free(person, body, Post(role, starts_on, ends_on))
    appointment = Appointment.objects.create(
        person=person,
        organization=body,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        **fitting(Appointment, basis=rules.APPOINTMENTS, document=document),
        appointed_at=now,
        appointed_by=by.id,
    )
    if role is Role.RESOURCE_ADMIN:
        filings.owe(person, body, by=by, now=now)
    audit.record(
        action="organizations:appointment:begin",
        basis=rules.APPOINTMENTS,
        by=by,
        now=now,
        about=str(appointment.pk),
        parties=[str(body.pk)],
        detail={
            "person": str(person.pk),
            "name": person.name,
            "role": role,
            "starts_on": str(starts_on),
            "ends_on": str(ends_on or ""),
            "document": document,
        },
    )
    return appointment


def _check_free(person: Person, body: Organization, post: Post) -> None:
    rules.check_exclusive(post, queries.posts_held(person))
    for held in Appointment.objects.filter(person=person, organization=body, role=post.role, ended_at=None):
        if post.overlaps(Post(held.role, held.starts_on, held.ends_on)):
            raise WrongState(f"“{person.name}”在这段时间已任此职，请先结束原任命", basis=rules.APPOINTMENTS)


@transaction.atomic
def end(*, appointment: UUID | str, reason: str, by: Actor, now: datetime) -> Appointment:
    """End a post at once; sessions opened in it end with it."""
    post = locking.appointment(appointment)
    rules.check_appointer(Role(post.role), post.organization_id, by, of_leader=leads(post.person, post.organization, now))
    why = rules.need_text(reason, "reason", "请填写结束任命的原因", basis=rules.APPOINTMENTS)
    fitting(Appointment, basis=rules.APPOINTMENTS, end_reason=why)
    close(post, reason=why, by=by, now=now)
    audit.record(
        action="organizations:appointment:end",
        basis=rules.APPOINTMENTS,
        by=by,
        now=now,
        about=str(post.pk),
        reason=why,
        parties=[str(post.organization_id)],
        detail={"person": str(post.person_id), "name": post.person.name, "role": post.role},
    )
    return post


def close(post: Appointment, *, reason: str, by: Actor, now: datetime) -> None:
    """Mark the post over, and whoever stood in for it; part of the caller's transaction and evidence."""
    today = local_date(now)
    post.ends_on = today if post.ends_on is None else min(post.ends_on, today)
    post.ended_at, post.ended_by, post.end_reason = now, by.id, reason
    post.save(update_fields=["ends_on", "ended_at", "ended_by", "end_reason"])
    for row in post.stand_ins.filter(ended_at=None):
        close_stand_in(row, by=by, now=now)
    if post.role == Role.RESOURCE_ADMIN:
        filings.owe(post.person, post.organization, by=by, now=now)


@transaction.atomic
def stand_in(
    *, appointment: UUID | str, person: UUID | str, starts_on: date, ends_on: date, reason: str, by: Actor, now: datetime
) -> StandIn:
    """Let a colleague exercise a post 「代岗」 between two days, both included, for at most PC-12 days."""
    post = locking.appointment(appointment)
    colleague = locking.person(person)
    rules.check_appointer(Role(post.role), post.organization_id, by, of_leader=leads(post.person, post.organization, now))
    rules.check_not_oneself(colleague.pk, by)
    _check_stand_in(post, colleague, starts_on, ends_on)
    fitting(StandIn, basis=rules.STAND_IN, reason=reason)
    row = StandIn.objects.create(
        appointment=post,
        person=colleague,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=rules.need_text(reason, "reason", "请填写代岗原因", basis=rules.STAND_IN),
        arranged_at=now,
        arranged_by=by.id,
    )
    if post.role == Role.RESOURCE_ADMIN:
        filings.owe(colleague, post.organization, by=by, now=now)
    _record_stand_in(row, "begin", by=by, now=now)
    return row


def _check_stand_in(post: Appointment, colleague: Person, starts_on: date, ends_on: date) -> None:
    rules.check_dates(starts_on, ends_on)
    longest = parameter(str(rules.STAND_IN))
    if ends_on - starts_on >= timedelta(days=longest):
        raise Invalid(f"代岗每次不超过{longest}日", basis=rules.STAND_IN, faults=[Fault("ends_on", f"不超过{longest}日")])
    if colleague.pk == post.person_id or colleague.organization_id != post.organization_id:
        raise Invalid("代岗人须为本部门其他人员", basis=rules.STAND_IN, faults=[Fault("person", "本部门其他人员")])
    rules.check_exclusive(Post(post.role, starts_on, ends_on), queries.posts_held(colleague))
    if post.stand_ins.filter(person=colleague, ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise WrongState(f"“{colleague.name}”在这段时间已代此岗，请先结束原来的代岗", basis=rules.STAND_IN)


@transaction.atomic
def end_stand_in(*, stand_in: UUID | str, by: Actor, now: datetime) -> StandIn:
    """End standing in before its day."""
    try:
        row = (
            StandIn.objects.select_for_update(no_key=True, of=("self",))
            .select_related("appointment__person", "appointment__organization")
            .get(pk=stand_in)
        )
    except (StandIn.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这项代岗，请核对编号", basis=rules.STAND_IN) from error
    post = row.appointment
    rules.check_appointer(Role(post.role), post.organization_id, by, of_leader=leads(post.person, post.organization, now))
    if row.ended_at is not None:
        raise WrongState("这项代岗已经结束", basis=rules.STAND_IN)
    close_stand_in(row, by=by, now=now)
    _record_stand_in(row, "end", by=by, now=now)
    return row


def close_stand_in(row: StandIn, *, by: Actor, now: datetime) -> None:
    """Mark it over; part of the caller's transaction and evidence."""
    row.ends_on = max(row.starts_on, min(row.ends_on, local_date(now)))
    row.ended_at, row.ended_by = now, by.id
    row.save(update_fields=["ends_on", "ended_at", "ended_by"])


def _record_stand_in(row: StandIn, verb: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        action=f"organizations:stand-in:{verb}",
        basis=rules.STAND_IN,
        by=by,
        now=now,
        about=str(row.pk),
        reason=row.reason,
        parties=[str(row.appointment.organization_id)],
        detail={
            "person": str(row.person_id),
            "for": str(row.appointment.person_id),
            "role": row.appointment.role,
            "starts_on": str(row.starts_on),
            "ends_on": str(row.ends_on),
        },
    )
