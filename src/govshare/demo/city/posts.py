"""The city's bodies, the people in their posts, and the filing of resource administrators with the authority (CD2016-15, 29.2)."""

from govshare.demo.city import certificates
from govshare.demo.city.agenda import Story, days, soon
from govshare.demo.city.people import City, name_of, staff_number
from govshare.demo.data.posts import HANDED_OVER
from govshare.demo.roster import AUTHORITY, CITY, Body
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.models import Filing, FilingChange, Person
from govshare.organizations.services import appointments, bodies, filings, founding, people

FOUNDING_DOCUMENT = "成办发〔2016〕20号"


def founded(city: City) -> Story:
    """The first officers, then every body with its leader, day by day; each body goes on by itself."""
    first = {role: founding.Officer(name=name_of(AUTHORITY, role), number=staff_number(role)) for role in founding.FIRST}
    organization, officers = founding.found(
        name=AUTHORITY.name,
        short_name=AUTHORITY.short_name,
        uscc=AUTHORITY.credit_code,
        tier="city",
        region=CITY,
        officers=first,
        document=FOUNDING_DOCUMENT,
        now=city.now,
    )
    city.organizations[AUTHORITY.key] = organization
    for role, person in officers.items():
        city.people[AUTHORITY.key, role] = person
    certificates.trust_all(city)
    yield soon(10)
    _posts_filled(city, AUTHORITY)
    for body in city.roster:
        if body is not AUTHORITY:
            yield soon(2)
            _registered(city, body)
            city.agenda.add(f"posts {body.key}", _set_up(city, body), day=1)


def _set_up(city: City, body: Body) -> Story:
    """The leader fills the posts, and the resource administrator is filed."""
    _posts_filled(city, body)
    yield days(1)
    filing = file(city, body, Role.RESOURCE_ADMIN)
    yield days(1)
    acknowledge(city, body, filing)


def _registered(city: City, body: Body) -> None:
    city.organizations[body.key] = bodies.register(
        name=body.name,
        short_name=body.short_name,
        uscc=body.credit_code,
        kind=body.kind,
        tier=body.tier,
        region=body.region,
        by=city.actor(AUTHORITY, Role.SYSTEM_ADMIN),
        now=city.now,
    )
    _appointed(city, body, Role.LEADER)


def _posts_filled(city: City, body: Body) -> None:
    for role in body.posts:
        if (body.key, role) not in city.people:
            _appointed(city, body, role)
    for role in body.people:
        leaves = (body.key, role.value) in HANDED_OVER
        certificates.issue(city, body, role, name=f"{certificates.stem(body, role)}-former" if leaves else "")


def _appointed(city: City, body: Body, role: Role) -> None:
    by = city.actor(AUTHORITY, Role.SYSTEM_ADMIN) if role is Role.LEADER else city.actor(body, Role.LEADER)
    person = city.people.get((body.key, body.holder(role))) or add_person(city, body, role)
    organization = city.organization(body).pk
    appointments.appoint(person=person.pk, organization=organization, role=role, starts_on=city.agenda.today, by=by, now=city.now)
    city.people[body.key, role] = person


def add_person(city: City, body: Body, role: Role, *, successor: bool = False) -> Person:
    """A colleague on file, for this post; ``successor``: the one who comes after the first."""
    by = city.actor(AUTHORITY, Role.SYSTEM_ADMIN) if role is Role.LEADER else city.actor(body, Role.LEADER)
    return people.add(
        organization=city.organization(body).pk,
        name=name_of(body, role, successor=successor),
        number=staff_number(role, successor=successor),
        duty=city.duty_of(role),
        phone=f"028-6188{staff_number(role, successor=successor)}",
        by=by,
        now=city.now,
    )


def file(city: City, body: Body, role: Role, *, change: FilingChange = FilingChange.APPOINTED, person: Person | None = None) -> Filing:
    return filings.file(
        organization=city.organization(body).pk,
        person=(person or city.person(body, role)).pk,
        change=change,
        effective_on=local_date(city.now),
        by=city.actor(body, Role.RESOURCE_ADMIN),
        now=city.now,
    )


def acknowledge(city: City, body: Body, filing: Filing) -> None:
    filings.acknowledge(filing=filing.pk, by=city.actor(city.authority_of(body), Role.AUTHORITY), now=city.now)
