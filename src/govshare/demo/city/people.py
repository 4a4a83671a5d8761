"""Everybody by the keys of the roster, and how they act: the same values that signing in gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from govshare.demo.authority import DemoAuthority
from govshare.demo.city.agenda import Agenda
from govshare.demo.data import people
from govshare.demo.frontends import FrontEnds
from govshare.demo.roster import AUTHORITY, BODIES, Body
from govshare.demo.sm2 import Sm2Authority
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, CertificateStatus, Organization, Person
from govshare.organizations.queries import Standing

_DUTIES = {
    Role.LEADER: "分管信息化工作的副局长",
    Role.REGISTRAR: "信息中心工程师",
    Role.REVIEWER: "办公室副主任",
    Role.RESOURCE_ADMIN: "信息中心主任",
    Role.AUTHORITY: "信息资源处四级调研员",
    Role.SYSTEM_ADMIN: "平台运行科工程师",
    Role.SECURITY_ADMIN: "网络安全科工程师",
    Role.AUDIT_ADMIN: "机关纪委审计员",
}


def staff_number(role: Role, *, successor: bool = False) -> str:
    return f"{list(Role).index(role) + 1 + 100 * successor:04d}"


def name_of(body: Body, role: Role, *, successor: bool = False) -> str:
    return people.officer(f"{body.key} {role}{' 2' * successor}")


@dataclass(slots=True)
class City:
    """The city while it is being told. ``front_ends`` None: there are no departments' databases (tests)."""

    agenda: Agenda
    front_ends: FrontEnds | None = None
    roster: Sequence[Body] = BODIES
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[tuple[str, Role], Person] = field(default_factory=dict)
    entries: dict[str, UUID] = field(default_factory=dict)  # by the resource's key
    fronts: dict[tuple[str, str], UUID] = field(default_factory=dict)  # by body and purpose
    grants: dict[str, UUID] = field(default_factory=dict)  # by the want's key
    issuers: tuple[DemoAuthority, Sm2Authority] | None = None
    _actors: dict[tuple[str, Role], Actor] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.agenda.now

    def organization(self, body: Body) -> Organization:
        return self.organizations[body.key]

    def person(self, body: Body, role: Role) -> Person:
        return self.people[body.key, role]

    def actor(self, body: Body, role: Role) -> Actor:
        """The person in a post as after signing in."""
        key = (body.key, role)
        if key not in self._actors:
            self._actors[key] = _signed_in(Appointment.objects.filter(person=self.people[key], role=role, ended_at=None))
        return self._actors[key]

    def changed(self, body: Body) -> None:
        """Posts or certificates there are others now."""
        self._actors = {key: actor for key, actor in self._actors.items() if key[0] != body.key}

    def authority_of(self, body: Body) -> Body:
        if body.tier == "city":
            return AUTHORITY
        return next(each for each in self.roster if each.kind == "authority" and each.region == body.region)

    @staticmethod
    def duty_of(role: Role) -> str:
        return _DUTIES[role]


def signed_in(body: Body, role: Role) -> Actor:
    """Whoever holds the post now, in a city that stands already."""
    return _signed_in(Appointment.objects.filter(organization__uscc=body.credit_code, role=role, ended_at=None))


def _signed_in(posts: QuerySet[Appointment]) -> Actor:
    post = posts.select_related("person", "organization").get()
    bound = post.person.certificates.filter(status=CertificateStatus.BOUND).order_by("-bound_at").first()
    return Standing(post).actor(certificate=bound.fingerprint if bound else "")
