"""The city's bodies, the people in their posts, and the filing of resource administrators with the authority (CD2016-15, 29.2)."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from govshare.demo.data import words
from govshare.demo.roster import AUTHORITY, BODIES, CITY, Body
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Appointment, CertificateStatus, Filing, FilingChange, FilingStatus, Organization, Person
from govshare.organizations.queries import Standing
from govshare.organizations.rules import posts_of
from govshare.organizations.services import appointments, bodies, filings, founding, people

FOUNDING_DOCUMENT = "成办发〔2016〕20号"


@dataclass(slots=True)
class City:
    """Everybody by the keys of the roster; ``actor`` is the person in a post as after signing in."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[tuple[str, Role], Person] = field(default_factory=dict)

    def organization(self, body: Body) -> Organization:
        return self.organizations[body.key]

    def person(self, body: Body, role: Role) -> Person:
        return self.people[body.key, role]

    def actor(self, body: Body, role: Role) -> Actor:
        person = self.person(body, role)
        post = Appointment.objects.select_related("person", "organization").get(person=person, role=role, ended_at=None)
        bound = person.certificates.filter(status=CertificateStatus.BOUND).order_by("-bound_at").first()
        return Standing(post).actor(certificate=bound.fingerprint if bound else "")


def staff_number(role: Role) -> str:
    return f"{list(Role).index(role) + 1:04d}"


def name_of(body: Body, role: Role) -> str:
    return words.person(Random(f"{body.key} {role}"))


def found(now: datetime) -> City:
    """Found the platform if it is not, register every body, fill every post, file every resource administrator."""
    city = City()
    if queries.operator() is None:
        officers = {role: founding.Officer(name=name_of(AUTHORITY, role), number=staff_number(role)) for role in founding.FIRST}
        founding.found(
            name=AUTHORITY.name,
            short_name=AUTHORITY.short_name,
            uscc=AUTHORITY.credit_code,
            tier="city",
            region=CITY,
            officers=officers,
            document=FOUNDING_DOCUMENT,
            now=now,
        )
    for body in BODIES:
        city.organizations[body.key] = _registered(city, body, now)
        for role in sorted(posts_of(city.organization(body)), key=lambda role: (role != Role.LEADER, role)):
            city.people[body.key, role] = _appointed(city, body, role, now)
    for body in BODIES:
        _filed(city, body, now)
    return city


def _registered(city: City, body: Body, now: datetime) -> Organization:
    known = Organization.objects.filter(uscc=body.credit_code).first()
    return known or bodies.register(
        name=body.name,
        short_name=body.short_name,
        uscc=body.credit_code,
        kind=body.kind,
        tier=body.tier,
        region=body.region,
        by=city.actor(AUTHORITY, Role.SYSTEM_ADMIN),
        now=now,
    )


def _appointed(city: City, body: Body, role: Role, now: datetime) -> Person:
    organization = city.organization(body)
    held = Appointment.objects.filter(organization=organization, role=role, ended_at=None).select_related("person").first()
    if held is not None:
        return held.person
    by = city.actor(AUTHORITY, Role.SYSTEM_ADMIN) if role is Role.LEADER else city.actor(body, Role.LEADER)
    person = organization.people.filter(number=staff_number(role), left_at=None).first() or people.add(
        organization=organization.pk, name=name_of(body, role), number=staff_number(role), phone="028-00000000", by=by, now=now
    )
    appointments.appoint(person=person.pk, organization=organization.pk, role=role, starts_on=local_date(now), by=by, now=now)
    return person


def _filed(city: City, body: Body, now: datetime) -> None:
    organization, person = city.organization(body), city.person(body, Role.RESOURCE_ADMIN)
    filing = Filing.objects.filter(organization=organization, person=person).first() or filings.file(
        organization=organization.pk,
        person=person.pk,
        change=FilingChange.APPOINTED,
        effective_on=local_date(now),
        by=city.actor(body, Role.RESOURCE_ADMIN),
        now=now,
    )
    if filing.status == FilingStatus.FILED:
        authority = next(each for each in BODIES if city.organization(each).pk == filing.authority_id)
        filings.acknowledge(filing=filing.pk, by=city.actor(authority, Role.AUTHORITY), now=now)
