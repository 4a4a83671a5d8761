"""Add people, keep their particulars current, let them go with a handover."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Appointment, Handover, Organization, Person
from govshare.organizations.services import appointments, filings, locking
from govshare.organizations.services.words import fitting


@transaction.atomic
def add(*, organization: UUID | str, name: str, number: str, duty: str = "", phone: str = "", by: Actor, now: datetime) -> Person:
    """Put a person on file, by the own 分管领导, or by the 系统管理员 for organizations that have none yet."""
    rules.check_keeper(by, organization)
    return enter(locking.organization(organization), name=name, number=number, duty=duty, phone=phone, by=by, now=now)


def enter(body: Organization, *, name: str, number: str, duty: str, phone: str, by: Actor, now: datetime) -> Person:
    """Check and store; who may is the caller's question (``add``, or the founding)."""
    words = fitting(Person, basis=rules.IDENTITY, name=name, number=number, duty=duty, phone=phone)
    staff_number = rules.need_text(number, "number", "请填写工号", basis=rules.IDENTITY)
    if Person.objects.filter(organization=body, number=staff_number, left_at=None).exists():
        raise WrongState("这个工号已在册，请核对", basis=rules.IDENTITY)
    person = Person.objects.create(
        organization=body,
        name=rules.need_text(name, "name", "请填写姓名", basis=rules.IDENTITY),
        number=staff_number,
        duty=words["duty"],
        phone=words["phone"],
        added_at=now,
        added_by=by.id,
    )
    _record(person, "add", by=by, now=now, detail={"name": person.name, "number": person.number})
    return person


@transaction.atomic
def correct(*, person: UUID | str, name: str, duty: str, phone: str, by: Actor, now: datetime) -> Person:
    """Keep name, duty and phone current; for a resource administrator the change must be filed (CD2016-29.2)."""
    somebody = locking.person(person)
    rules.check_keeper(by, somebody.organization_id)
    words = fitting(Person, basis=rules.IDENTITY, name=name, duty=duty, phone=phone)
    somebody.name = rules.need_text(name, "name", "请填写姓名", basis=rules.IDENTITY)
    somebody.duty, somebody.phone = words["duty"], words["phone"]
    somebody.save(update_fields=["name", "duty", "phone"])
    for standing in queries.current_standings(somebody, on=local_date(now)):
        if standing.appointment.role == Role.RESOURCE_ADMIN:
            filings.owe(somebody, standing.appointment.organization, by=by, now=now)
    _record(somebody, "correct", by=by, now=now, detail={"name": somebody.name, "duty": somebody.duty})
    return somebody


@transaction.atomic
def hand_over(*, person: UUID | str, to: UUID | str, note: str = "", leaves: bool = True, by: Actor, now: datetime) -> Handover:
    """All posts of ``person`` pass to a colleague; with ``leaves`` the person is gone from the platform at once.

    Open matters belong to organization and role, so they are the colleague's from now on. ``note`` says what else was
    passed on: drafts, schedules, papers.
    """
    first, second = sorted([str(person), str(to)])  # one order for everybody
    both = {str(row.pk): row for row in (locking.person(first), locking.person(second))}
    leaver, colleague = both[str(person)], both[str(to)]
    posts = _posts_to_pass(leaver, colleague, by, now)
    for post in posts:
        _pass_on(post, colleague, by=by, now=now)
    handover = Handover.objects.create(
        person=leaver,
        to=colleague,
        organization=leaver.organization,
        roles=[post.role for post in posts],
        note=note.strip(),
        leaves=leaves,
        handed_at=now,
        handed_by=by.id,
    )
    if leaves:
        _leave(leaver, by=by, now=now)
    detail = {"to": str(colleague.pk), "roles": "、".join(handover.roles), "leaves": "yes" if leaves else "no", "note": handover.note}
    _record(leaver, "hand-over", by=by, now=now, detail=detail)
    return handover


def _posts_to_pass(leaver: Person, colleague: Person, by: Actor, now: datetime) -> Sequence[Appointment]:
    posts = list(leaver.appointments.filter(organization=leaver.organization, ended_at=None).order_by("pk"))
    if colleague.pk == leaver.pk or colleague.organization_id != leaver.organization_id:
        raise Invalid("请交接给本部门其他人员", basis=rules.APPOINTMENTS, faults=[Fault("to", "本部门其他人员")])
    rules.check_keeper(by, leaver.organization_id)
    is_leader = appointments.leads(leaver, leaver.organization, now)
    for post in posts:
        rules.check_appointer(Role(post.role), post.organization_id, by, of_leader=is_leader)
    rules.check_not_oneself(colleague.pk, by)
    return [post for post in posts if post.ends_on is None or post.ends_on >= local_date(now)]


def _pass_on(post: Appointment, colleague: Person, *, by: Actor, now: datetime) -> None:
    last_day, today = post.ends_on, local_date(now)
    appointments.close(post, reason=f"交接给{colleague.name}", by=by, now=now)
    if not colleague.appointments.filter(organization=post.organization, role=post.role, ended_at=None).exists():
        appointments.enter(
            colleague,
            post.organization,
            Role(post.role),
            starts_on=max(today, post.starts_on),
            ends_on=last_day,
            document=post.document,
            by=by,
            now=now,
        )


def _leave(person: Person, *, by: Actor, now: datetime) -> None:
    for row in person.standing_in.filter(ended_at=None):
        appointments.close_stand_in(row, by=by, now=now)
    person.left_at, person.left_by = now, by.id
    person.save(update_fields=["left_at", "left_by"])


def _record(person: Person, verb: str, *, by: Actor, now: datetime, detail: dict[str, str]) -> None:
    audit.record(
        action=f"organizations:person:{verb}",
        basis=rules.IDENTITY,
        by=by,
        now=now,
        about=str(person.pk),
        parties=[str(person.organization_id)],
        detail=detail,
    )
