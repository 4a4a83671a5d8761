"""Posts in force, and who exercises them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from govshare.kernel.actor import Actor
from govshare.organizations.models import Appointment, Person, StandIn
from govshare.organizations.rules import Post


def in_force(on: date, prefix: str = "") -> Q:
    """Appointments or stand-ins in force on a day; one ended before its time is over on the day it was ended."""

    def q(**conditions: object) -> Q:
        return Q(**{prefix + name: value for name, value in conditions.items()})

    begun, over = q(starts_on__lte=on), q(ends_on__isnull=True) | q(ends_on__gt=on) | q(ends_on=on, ended_at__isnull=True)
    return begun & over


@dataclass(frozen=True, slots=True)
class Standing:
    """One way in which a person may act: an own appointment, or another's as stand-in 代岗."""

    appointment: Appointment
    stand_in: StandIn | None = None

    @property
    def id(self) -> str:
        return str((self.stand_in or self.appointment).pk)

    @property
    def person(self) -> Person:
        return self.stand_in.person if self.stand_in else self.appointment.person

    def actor(self, *, certificate: str) -> Actor:
        """The person in this post; ``certificate`` is the SHA-256 fingerprint signed in with."""
        return Actor(
            kind="person",
            id=str(self.person.pk),
            name=self.person.name,
            organization=str(self.appointment.organization_id),
            organization_name=self.appointment.organization.name,
            roles=frozenset({self.appointment.role}),
            certificate=certificate,
            standing_in_for=str(self.appointment.person_id) if self.stand_in else "",
        )


def current_standings(person: Person, *, on: date) -> list[Standing]:
    """Own appointments first, oldest first, then those exercised for others; none once the person left."""
    if person.left_at is not None:
        return []
    own = Appointment.objects.filter(in_force(on), person=person, organization__active=True).select_related("organization")
    found = [Standing(appointment) for appointment in sorted(own, key=_oldest_first)]
    for standing in found:
        standing.appointment.person = person
    standing_in = StandIn.objects.filter(in_force(on), person=person)
    if standing_in.exists():  # few ever do, and every request asks
        others = standing_in.filter(in_force(on, "appointment__"), appointment__organization__active=True)
        rows = others.select_related("person", "appointment__person", "appointment__organization")
        found += [Standing(row.appointment, row) for row in sorted(rows, key=_oldest_first)]
    return found


def _oldest_first(row: Appointment | StandIn) -> tuple[date, UUID]:
    return row.starts_on, row.pk


def holders(*, organization: UUID | str, role: str, on: date) -> list[Person]:
    """Who can act in ``role`` for ``organization`` on a day, stand-ins included, without those who left."""
    held = Appointment.objects.filter(in_force(on), organization_id=organization, role=role)
    standing_in = StandIn.objects.filter(in_force(on), appointment__in=held)
    ids: Iterable[UUID] = {*held.values_list("person", flat=True), *standing_in.values_list("person", flat=True)}
    return list(Person.objects.filter(pk__in=ids, left_at=None).order_by("added_at", "id"))


def posts_held(person: Person) -> list[Post]:
    """Everything the person holds or will hold, for rules about posts that exclude one another."""
    own = Appointment.objects.filter(person=person, ended_at=None)
    others = StandIn.objects.filter(person=person, ended_at=None).select_related("appointment")
    return [Post(row.role, row.starts_on, row.ends_on) for row in own] + [
        Post(row.appointment.role, row.starts_on, row.ends_on) for row in others
    ]
