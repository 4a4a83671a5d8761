"""People, posts, stand-ins, handover, systems, filings of resource administrators (CD2016-15, 29.2)."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Limit, Line, Listing, Offset, Reason, Text
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Filing, FilingChange, Person, System
from govshare.organizations.rules import APPOINTMENTS, FILING, IDENTITY, STAND_IN, WHO_APPOINTS
from govshare.organizations.services import appointments, filings, people, systems

router = Router(tags=["人员"])
KEEPERS = (Role.SYSTEM_ADMIN, Role.LEADER)
SYSTEM_KEEPERS = (Role.RESOURCE_ADMIN, Role.LEADER)


class PersonIn(Body):
    organization: UUID
    name: Line
    number: Line
    duty: Line = ""
    phone: Line = ""


class Correction(Body):
    name: Line
    duty: Line = ""
    phone: Line = ""


class PersonOut(Answer):
    id: UUID
    organization_id: UUID
    name: str
    number: str
    duty: str


class HandoverIn(Body):
    to: UUID
    note: Text = ""
    leaves: bool = True


class HandoverOut(Answer):
    id: UUID


class AppointmentIn(Body):
    person: UUID
    organization: UUID
    role: Role
    starts_on: date
    ends_on: date | None = None
    document: Line = ""


class AppointmentOut(Answer):
    id: UUID
    person_id: UUID
    organization_id: UUID
    role: str
    starts_on: date
    ends_on: date | None


class StandInIn(Body):
    person: UUID
    starts_on: date
    ends_on: date
    reason: Line


class StandInOut(Answer):
    id: UUID
    appointment_id: UUID
    person_id: UUID
    starts_on: date
    ends_on: date


class SystemIn(Body):
    organization: UUID
    name: Line
    purpose: Line = ""


class SystemOut(Answer):
    id: UUID
    organization_id: UUID
    name: str
    purpose: str


class FilingIn(Body):
    organization: UUID
    person: UUID
    change: FilingChange
    effective_on: date


class FilingOut(Answer):
    id: UUID
    organization_id: UUID
    person_id: UUID
    change: str
    effective_on: date
    status: str


@router.get("/people", response=Listing[PersonOut], **endpoint(basis=IDENTITY))
def list_people(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """本单位在册人员。"""
    rows = Person.objects.filter(organization_id=actor(request).organization, left_at=None).order_by("added_at", "id")
    return Listing.of(rows, offset=offset, limit=limit)


@router.post("/people", response={201: PersonOut}, **endpoint(*KEEPERS, basis=WHO_APPOINTS))
def add_person(request: HttpRequest, body: PersonIn) -> object:
    """登记人员。"""
    return Status(201, people.add(**body.dict(), by=actor(request), now=utc_now()))


@router.put("/people/{person_id}", response=PersonOut, **endpoint(*KEEPERS, basis=WHO_APPOINTS))
def correct_person(request: HttpRequest, person_id: UUID, body: Correction) -> object:
    """更正人员信息。"""
    return people.correct(person=person_id, **body.dict(), by=actor(request), now=utc_now())


@router.post("/people/{person_id}/handover", response={201: HandoverOut}, **endpoint(*KEEPERS, basis=APPOINTMENTS))
def hand_over(request: HttpRequest, person_id: UUID, body: HandoverIn) -> object:
    """交接：把在办事项交给同事。"""
    return Status(201, people.hand_over(person=person_id, **body.dict(), by=actor(request), now=utc_now()))


@router.get("/appointments", response=Listing[AppointmentOut], **endpoint(basis=APPOINTMENTS))
def list_appointments(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """本单位现行任命。"""
    rows = Appointment.objects.filter(organization_id=actor(request).organization, ended_at=None).order_by("starts_on", "id")
    return Listing.of(rows, offset=offset, limit=limit)


@router.post("/appointments", response={201: AppointmentOut}, **endpoint(*KEEPERS, basis=WHO_APPOINTS))
def appoint(request: HttpRequest, body: AppointmentIn) -> object:
    """任命。"""
    return Status(201, appointments.appoint(**body.dict(), by=actor(request), now=utc_now()))


@router.post("/appointments/{appointment_id}/end", response=AppointmentOut, **endpoint(*KEEPERS, basis=WHO_APPOINTS))
def end_appointment(request: HttpRequest, appointment_id: UUID, body: Reason) -> object:
    """结束任命，立即生效。"""
    return appointments.end(appointment=appointment_id, reason=body.reason, by=actor(request), now=utc_now())


@router.post("/appointments/{appointment_id}/stand-ins", response={201: StandInOut}, **endpoint(*KEEPERS, basis=STAND_IN))
def stand_in(request: HttpRequest, appointment_id: UUID, body: StandInIn) -> object:
    """安排代岗。"""
    return Status(201, appointments.stand_in(appointment=appointment_id, **body.dict(), by=actor(request), now=utc_now()))


@router.post("/stand-ins/{stand_in_id}/end", response=StandInOut, **endpoint(*KEEPERS, basis=STAND_IN))
def end_stand_in(request: HttpRequest, stand_in_id: UUID) -> object:
    """提前结束代岗。"""
    return appointments.end_stand_in(stand_in=stand_in_id, by=actor(request), now=utc_now())


@router.get("/systems", response=Listing[SystemOut], **endpoint(basis=IDENTITY))
def list_systems(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """本单位登记的系统。"""
    rows = System.objects.filter(organization_id=actor(request).organization, retired_at=None).order_by("name")
    return Listing.of(rows, offset=offset, limit=limit)


@router.post("/systems", response={201: SystemOut}, **endpoint(*SYSTEM_KEEPERS, basis=IDENTITY))
def register_system(request: HttpRequest, body: SystemIn) -> object:
    """登记业务系统。"""
    return Status(201, systems.register(**body.dict(), by=actor(request), now=utc_now()))


@router.post("/systems/{system_id}/retire", response=SystemOut, **endpoint(*SYSTEM_KEEPERS, basis=IDENTITY))
def retire_system(request: HttpRequest, system_id: UUID) -> object:
    """停用业务系统，立即生效。"""
    return systems.retire(system=system_id, by=actor(request), now=utc_now())


@router.get("/filings", response=Listing[FilingOut], **endpoint(*SYSTEM_KEEPERS, Role.AUTHORITY, basis=FILING))
def list_filings(request: HttpRequest, offset: Offset = 0, limit: Limit = 100) -> object:
    """信息资源管理员备案：主管部门看全部待办和已办，部门看本部门。"""
    rows = Filing.objects.order_by("-filed_at", "id")
    if Role.AUTHORITY not in actor(request).roles:
        rows = rows.filter(organization_id=actor(request).organization)
    return Listing.of(rows, offset=offset, limit=limit)


@router.post("/filings", response={201: FilingOut}, **endpoint(*SYSTEM_KEEPERS, basis=FILING))
def file_administrator(request: HttpRequest, body: FilingIn) -> object:
    """把信息资源管理员（变动）报主管部门备案。"""
    return Status(201, filings.file(**body.dict(), by=actor(request), now=utc_now()))


@router.post("/filings/{filing_id}/acknowledge", response=FilingOut, **endpoint(Role.AUTHORITY, basis=FILING))
def acknowledge_filing(request: HttpRequest, filing_id: UUID) -> object:
    """准予备案。"""
    return filings.acknowledge(filing=filing_id, by=actor(request), now=utc_now())


@router.post("/filings/{filing_id}/return", response=FilingOut, **endpoint(Role.AUTHORITY, basis=FILING))
def return_filing(request: HttpRequest, filing_id: UUID, body: Reason) -> object:
    """退回备案，说明原因。"""
    return filings.send_back(filing=filing_id, reason=body.reason, by=actor(request), now=utc_now())
