"""People, posts and systems of an organization that ceases go on in the one that takes over."""

from datetime import datetime

from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Organization, Person, System
from govshare.organizations.rules import posts_of
from govshare.organizations.services import appointments, filings


def move_everybody(body: Organization, *, to: Organization, document: str, by: Actor, now: datetime) -> None:
    """Posts end here and begin there on the same day; a post the successor does not have (an authority's) just ends.

    Part of the caller's transaction and evidence. A staff number or system name that is taken there gets the old short name in front.
    """
    taken = set(to.people.filter(left_at=None).values_list("number", flat=True))
    for person in Person.objects.select_for_update().filter(organization=body, left_at=None).order_by("pk"):
        person.organization = to
        person.number = f"{body.short_name}{person.number}"[:40] if person.number in taken else person.number
        person.save(update_fields=["organization", "number"])
        for post in person.appointments.filter(organization=body, ended_at=None).order_by("pk"):
            _carry_over(post, to=to, document=document, by=by, now=now)
    names = set(to.systems.filter(retired_at=None).values_list("name", flat=True))
    for system in System.objects.select_for_update().filter(organization=body, retired_at=None).order_by("pk"):
        system.organization = to
        system.name = f"{body.short_name}{system.name}"[:120] if system.name in names else system.name
        system.save(update_fields=["organization", "name"])


def _carry_over(post: Appointment, *, to: Organization, document: str, by: Actor, now: datetime) -> None:
    today, last_day = local_date(now), post.ends_on
    over = last_day is not None and last_day < today
    if not over:
        appointments.close(post, reason=document, by=by, now=now)
        filings.waive(post.person, post.organization, reason=document, by=by, now=now)
    if over or post.role not in posts_of(to):
        return
    if post.role == Role.RESOURCE_ADMIN:
        filings.owe(post.person, to, by=by, now=now)
    Appointment.objects.create(
        person=post.person,
        organization=to,
        role=post.role,
        starts_on=max(today, post.starts_on),
        ends_on=last_day,
        document=document,
        appointed_at=now,
        appointed_by=by.id,
    )
