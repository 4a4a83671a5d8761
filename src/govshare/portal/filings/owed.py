"""What a department still has to file: one line per person with a running duty, and which change it is."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from govshare.duties import queries as duties
from govshare.duties.queries import Standing
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Filing, FilingChange, Person, StandIn
from govshare.organizations.queries.posts import in_force
from govshare.organizations.services.filings import DUTY


@dataclass(frozen=True, slots=True)
class Owed:
    """``change`` and ``day`` are what the records say; the department may say otherwise."""

    person: Person
    change: str
    day: date
    standing: Standing


def owed(organization: UUID, *, now: datetime) -> list[Owed]:
    """The most urgent first."""
    running = [duty for duty in duties.open_for(str(organization), now=now) if duty.kind == DUTY]
    standings = duties.standings(running, now=now)
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=[duty.about.rpartition(":")[2] for duty in running])}
    found = []
    for standing in standings:
        person = people.get(standing.duty.about.rpartition(":")[2])
        if person is not None:
            change, day = likely(person, organization, on=local_date(now))
            found.append(Owed(person, change, day, standing))
    return found


def likely(person: Person, organization: UUID, *, on: date) -> tuple[str, date]:
    """Which change it must be: left, standing in, appointed, or particulars corrected; and since when."""
    posts = person.appointments.filter(organization=organization, role=Role.RESOURCE_ADMIN).order_by("-starts_on")
    if not any(holder.pk == person.pk for holder in queries.holders(organization=organization, role=Role.RESOURCE_ADMIN, on=on)):
        latest = posts.first()
        return FilingChange.LEFT, (latest.ends_on if latest and latest.ends_on else on)
    own = posts.filter(in_force(on)).first()
    if own is None:
        stand = StandIn.objects.filter(in_force(on), person=person, appointment__role=Role.RESOURCE_ADMIN).order_by("starts_on").first()
        return FilingChange.STANDS_IN, stand.starts_on if stand else on
    filed = Filing.objects.filter(person=person, organization=organization).exclude(status="returned").order_by("-filed_at").first()
    if filed is not None and filed.change != FilingChange.LEFT:
        return FilingChange.CORRECTED, on
    return FilingChange.APPOINTED, own.starts_on


def candidates(organization: UUID) -> list[Person]:
    """Everybody who is, was, or stands in for a resource administrator there."""
    posts = Person.objects.filter(appointments__organization=organization, appointments__role=Role.RESOURCE_ADMIN)
    stands = Person.objects.filter(standing_in__appointment__organization=organization, standing_in__appointment__role=Role.RESOURCE_ADMIN)
    return sorted({*posts, *stands}, key=lambda person: (person.left_at is not None, person.name))
