"""Many people at once, out of a workbook: looked at first, then all of them or none (CD2016-15, 35)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, Refused
from govshare.organizations import people_sheet, rules
from govshare.organizations.models import Person
from govshare.organizations.people_sheet import Line
from govshare.organizations.services import appointments, locking, people
from govshare.regulation.workbooks import Row


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be put on file, and what stands in the way; each fault names its cell."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


@transaction.atomic
def preview(*, organization: UUID | str, rows: Sequence[Row], by: Actor, now: datetime) -> Preview:
    """Do everything that ``apply`` would, collect what is refused, and leave no trace."""
    rules.check_keeper(by, organization)
    locking.organization(organization)
    sheet = people_sheet.read(rows)
    faults = list(sheet.faults)
    place = transaction.savepoint()
    for line in sheet.lines:
        faults += _tried(line, organization, by=by, now=now)
    transaction.savepoint_rollback(place)
    return Preview(sheet.lines, tuple(sorted(set(faults), key=_by_cell)))


@transaction.atomic
def apply(*, organization: UUID | str, rows: Sequence[Row], by: Actor, now: datetime) -> tuple[Person, ...]:
    """Put everybody on file and into their posts, by the very services that do it one by one; with a single fault nobody."""
    rules.check_keeper(by, organization)
    body = locking.organization(organization)
    sheet = people_sheet.read(rows)
    faults = list(sheet.faults)
    if not faults:
        for line in sheet.lines:
            faults += _tried(line, organization, by=by, now=now)
    if faults:
        raise Invalid(f"名单有 {len(faults)} 处须改正，没有登记任何人", basis=rules.IDENTITY, faults=sorted(set(faults), key=_by_cell))
    audit.record(
        action="organizations:person:import",
        basis=rules.IDENTITY,
        by=by,
        now=now,
        about=str(body.pk),
        parties=[str(body.pk)],
        counts={"people": len(sheet.lines), "posts": sum(len(line.roles) for line in sheet.lines)},
    )
    numbers = [line.number for line in sheet.lines]
    return tuple(Person.objects.filter(organization=body, number__in=numbers, left_at=None).order_by("number"))


def _tried(line: Line, organization: UUID | str, *, by: Actor, now: datetime) -> list[Fault]:
    """Enter one person with all posts; what is refused, at its cell."""
    try:
        with transaction.atomic():
            _enter(line, organization, by=by, now=now)
    except Invalid as refusal:
        return [Fault(_cell(line, fault.place), fault.message) for fault in refusal.faults] or [Fault(_cell(line, "name"), str(refusal))]
    except Refused as refusal:
        return [Fault(_cell(line, "role" if line.roles else "number"), str(refusal))]
    return []


def _enter(line: Line, organization: UUID | str, *, by: Actor, now: datetime) -> None:
    person = people.add(organization=organization, name=line.name, number=line.number, duty=line.duty, phone=line.phone, by=by, now=now)
    for role in line.roles:
        appointments.appoint(
            person=person.pk,
            organization=organization,
            role=role,
            starts_on=line.starts_on or local_date(now),
            ends_on=line.ends_on,
            document=line.document,
            by=by,
            now=now,
        )


def _cell(line: Line, place: str) -> str:
    return line.cells.get(place) or line.cells["name"]


def _by_cell(fault: Fault) -> tuple[int, str]:
    digits = "".join(character for character in fault.place if character.isdigit())
    return int(digits or 0), fault.place
