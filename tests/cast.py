"""The people and organizations every test plays with, put there by the real services.

``cast.organization("provider")`` · ``cast.person("provider", Role.REVIEWER)`` · ``cast.actor("provider", Role.REVIEWER)``.
Organizations: ``authority`` (the city's, which runs the platform), ``provider``, ``recipient``, ``third``,
``district_authority`` and ``district`` (a department of that district). Each has one person per post it can have,
who is put there when first mentioned.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from stdnum.cn import uscc

from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Organization, Person, System
from govshare.organizations.queries import Standing
from govshare.organizations.services import appointments, bodies, founding, people, systems
from tests.worlds import STARTS, world_of

CITY, DISTRICT = "510100", "510104"
BODIES = {
    "provider": ("成都市市场监督管理局", "市市场监管局", "department", "city", CITY),
    "recipient": ("成都市住房和城乡建设局", "市住建局", "department", "city", CITY),
    "third": ("成都市人力资源和社会保障局", "市人社局", "department", "city", CITY),
    "district_authority": ("成都市锦江区智慧城市建设局", "锦江区智慧城市局", "authority", "district", DISTRICT),
    "district": ("成都市锦江区民政局", "锦江区民政局", "department", "district", DISTRICT),
}
SURNAMES = "赵钱孙李周吴郑王冯陈"


def credit_code(ordinal: int, *, region: str = CITY) -> str:
    """A valid 统一社会信用代码 of a made-up government body."""
    stem = f"11{region}MB{ordinal:07d}"
    return stem + uscc.calc_check_digit(stem)


@dataclass
class Cast:
    """Founded with the authority and its first officers; everybody else joins when first mentioned, to keep tests quick."""

    now: datetime
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[tuple[str, Role], Person] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)

    def organization(self, who: str) -> Organization:
        if who not in self.organizations:
            self.organizations[who] = self._register(who)
        return self.organizations[who]

    def person(self, who: str, role: Role) -> Person:
        if (who, role) not in self.people:
            self.people[who, role] = self._appoint(who, role)
        return self.people[who, role]

    def actor(self, who: str, role: Role) -> Actor:
        """The person in that post, as after signing in; ``Role.SYSTEM`` gives the organization's system."""
        if role is Role.SYSTEM:
            return self._system_actor(who)
        person = self.person(who, role)
        post = person.appointments.select_related("person", "organization").get(role=role, ended_at=None)
        return Standing(post).actor(certificate=fingerprint(str(person.pk)))

    def system(self, who: str) -> System:
        if who not in self.systems:
            by = self.actor(who, Role.RESOURCE_ADMIN)
            self.systems[who] = systems.register(organization=self.organization(who).pk, name="业务协同系统", by=by, now=self.now)
        return self.systems[who]

    def _register(self, who: str) -> Organization:
        if who == "district":
            self.organization("district_authority")
        name, short_name, kind, tier, region = BODIES[who]
        return bodies.register(
            name=name,
            short_name=short_name,
            uscc=credit_code(list(BODIES).index(who) + 2, region=region),
            kind=kind,
            tier=tier,
            region=region,
            by=self.actor("authority", Role.SYSTEM_ADMIN),
            now=self.now,
        )

    def _appoint(self, who: str, role: Role) -> Person:
        """A leader is put there by the 系统管理员, everybody else by the own leader."""
        body = self.organization(who)
        by = self.actor("authority", Role.SYSTEM_ADMIN) if role is Role.LEADER else self.actor(who, Role.LEADER)
        person = people.add(
            organization=body.pk, name=_name(body.short_name, role), number=f"{role}-1", phone="028-00000000", by=by, now=self.now
        )
        appointments.appoint(person=person.pk, organization=body.pk, role=role, starts_on=local_date(self.now), by=by, now=self.now)
        return person

    def _system_actor(self, who: str) -> Actor:
        system, body = self.system(who), self.organization(who)
        return Actor(
            kind="system",
            id=str(system.pk),
            name=system.name,
            organization=str(body.pk),
            organization_name=body.name,
            roles=frozenset({Role.SYSTEM}),
            certificate=fingerprint(str(system.pk)),
        )


def fingerprint(text: str) -> str:
    """Stands where a certificate's SHA-256 fingerprint stands."""
    return hashlib.sha256(text.encode()).hexdigest()


def assemble(now: datetime) -> Cast:
    """Found the platform; whoever a test mentions is put there by the real services."""
    officers = {role: founding.Officer(name=_name("市", role), number=f"A{n:03d}") for n, role in enumerate(founding.FIRST)}
    authority, first = founding.found(
        name="成都市经济和信息化局",
        short_name="市经信局",
        uscc=credit_code(1),
        tier="city",
        region=CITY,
        officers=officers,
        document="成办发〔2016〕1号",
        now=now,
    )
    return Cast(now, {"authority": authority}, {("authority", role): person for role, person in first.items()})


def _name(prefix: str, role: Role) -> str:
    return SURNAMES[list(Role).index(role)] + prefix[-1] + role.label[0]


@pytest.fixture
def cast(db: None) -> Any:
    """The whole cast, in the test's own transaction (or in its ``own_database``: call ``assemble`` there)."""
    return world_of(founded)


def founded() -> Cast:
    return assemble(utc_now())


STARTS["cast"] = founded
