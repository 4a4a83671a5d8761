"""People come, stand in, hand over and go; certificates follow them (CD2016-15, 29.2, 35; PC-12, PC-16, PC-19)."""

from datetime import timedelta

from govshare.demo.city import certificates, posts
from govshare.demo.city.agenda import Story, days, soon
from govshare.demo.city.people import City
from govshare.demo.data.posts import CONFIRMED, HANDED_OVER, NOT_FILED, RENEWED, STAND_INS
from govshare.demo.roster import AUTHORITY, Body
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Certificate, CertificateStatus, FilingChange, Person
from govshare.organizations.services import appointments, people
from govshare.organizations.services import certificates as services


def begin(city: City) -> None:
    bodies = {body.key: body for body in city.roster}
    for (key, role), day in HANDED_OVER.items():
        if key in bodies:
            city.agenda.add(f"handover {key} {role}", _handed_over(city, bodies[key], Role(role)), day=day)
    for key, role, colleague, day, length in STAND_INS:
        if key in bodies:
            city.agenda.add(f"stand-in {key}", _stood_in(city, bodies[key], Role(role), Role(colleague), length), day=day)
    for key, role, day in RENEWED:
        if key in bodies:
            city.agenda.add(f"renewal {key}", _renewed(city, bodies[key], Role(role)), day=day)


def _handed_over(city: City, body: Body, role: Role) -> Story:
    leaver = city.person(body, role)
    colleague = posts.add_person(city, body, role, successor=True)
    yield soon(30)
    by = city.actor(body, Role.LEADER)
    note = "在办登记和申请、前置库口令封存单、取数计划表一并移交。"
    people.hand_over(person=leaver.pk, to=colleague.pk, note=note, by=by, now=city.now)
    city.people[body.key, role] = colleague
    city.changed(body)
    yield soon(20)
    certificates.renew_lists(city)
    certificates.issue(city, body, role)
    _stopped(city, leaver)
    yield days(1)
    if role is Role.RESOURCE_ADMIN and body.key not in NOT_FILED:
        for change, person in ((FilingChange.APPOINTED, colleague), (FilingChange.LEFT, leaver)):
            filing = posts.file(city, body, role, change=change, person=person)
            yield days(1)
            posts.acknowledge(city, body, filing)


def _stopped(city: City, leaver: Person) -> None:
    """Who leaves the platform leaves the certificate."""
    for row in Certificate.objects.filter(person=leaver, status=CertificateStatus.BOUND):
        services.revoke(certificate=row.pk, reason="人员离任", by=city.actor(AUTHORITY, Role.SECURITY_ADMIN), now=city.now)


def _stood_in(city: City, body: Body, role: Role, colleague: Role, length: int) -> Story:
    post = Appointment.objects.get(person=city.person(body, role), role=role, ended_at=None)
    today, person = local_date(city.now), city.person(body, colleague)
    appointments.stand_in(
        appointment=post.pk,
        person=person.pk,
        starts_on=today,
        ends_on=today + timedelta(days=length),
        reason="原任职人员参加脱产培训",
        by=city.actor(body, Role.LEADER),
        now=city.now,
    )
    yield days(2)
    if role is Role.RESOURCE_ADMIN:
        posts.file(city, body, role, change=FilingChange.STANDS_IN, person=person)  # the authority has not looked at it yet


def _renewed(city: City, body: Body, role: Role) -> Story:
    """A new key waits for the 安全管理员 (PC-16)."""
    certificates.renew_lists(city)
    waiting = certificates.present(city, body, role)
    yield days(1)
    if body.key in CONFIRMED:
        services.confirm(certificate=waiting.pk, by=city.actor(AUTHORITY, Role.SECURITY_ADMIN), now=city.now)
