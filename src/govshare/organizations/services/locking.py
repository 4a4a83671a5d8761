"""Lock, then look: the rows other services of the room begin with, locked until the transaction ends."""

from uuid import UUID

from django.core.exceptions import ValidationError

from govshare.kernel.errors import NotFound, WrongState
from govshare.organizations import rules
from govshare.organizations.models import Appointment, Organization, Person, System


def organization(organization_id: UUID | str) -> Organization:
    """Raises ``NotFound``; ``WrongState`` when it was merged or split away."""
    try:
        body = Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    except (Organization.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个组织机构，请核对编号", basis=rules.REGISTRATION) from error
    if not body.active:
        raise WrongState(f"“{body.name}”已撤并，请向承接单位办理", basis=rules.REGISTRATION)
    return body


def person(person_id: UUID | str) -> Person:
    """Raises ``NotFound``; ``WrongState`` once left."""
    try:
        found = Person.objects.select_for_update(no_key=True, of=("self",)).select_related("organization").get(pk=person_id)
    except (Person.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个人员，请核对编号", basis=rules.IDENTITY) from error
    if found.left_at is not None:
        raise WrongState(f"“{found.name}”已离任", basis=rules.IDENTITY)
    return found


def appointment(appointment_id: UUID | str) -> Appointment:
    """Raises ``NotFound``; ``WrongState`` once ended. Its person is locked first."""
    try:
        looked = Appointment.objects.get(pk=appointment_id)
        person(looked.person_id)
        found = (
            Appointment.objects.select_for_update(no_key=True, of=("self",)).select_related("person", "organization").get(pk=appointment_id)
        )
    except (Appointment.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这项任命，请核对编号", basis=rules.APPOINTMENTS) from error
    if found.ended_at is not None:
        raise WrongState("这项任命已经结束", basis=rules.APPOINTMENTS)
    return found


def system(system_id: UUID | str) -> System:
    """Raises ``NotFound``; ``WrongState`` once retired."""
    try:
        found = System.objects.select_for_update(no_key=True, of=("self",)).select_related("organization").get(pk=system_id)
    except (System.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个业务系统，请核对编号", basis=rules.IDENTITY) from error
    if found.retired_at is not None:
        raise WrongState(f"“{found.name}”已停用", basis=rules.IDENTITY)
    return found
