"""File resource administrators with the authority of the tier, and keep the filing current (CD2016-29.2)."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Appointment, Filing, FilingChange, FilingStatus, Organization, Person
from govshare.organizations.services import locking
from govshare.organizations.services.words import fitting

DUTY = "organizations:filing"


def about(person: Person, body: Organization) -> str:
    """What the duty to file is about: this person's being resource administrator there."""
    return f"{body.pk}:{person.pk}"


def owe(person: Person, body: Organization, *, by: Actor, now: datetime) -> None:
    """A change arose that must be filed; part of the caller's transaction. One open duty per person is enough."""
    key = about(person, body)
    open_duty = duty_queries.find(DUTY, key)
    if open_duty is not None and open_duty.kept_at is None and open_duty.dropped_at is None:
        return
    duties.start(
        kind=DUTY,
        about=key,
        title=f"信息资源管理员“{person.name}”的变动报备",
        owner=str(body.pk),
        basis=rules.FILING,
        working_days=duty_queries.parameter(str(rules.FILING_TERM)),
        now=now,
        by=by,
    )


def waive(person: Person, body: Organization, *, reason: str, by: Actor, now: datetime) -> None:
    """Nothing is owed any more by an organization that ceases; part of the caller's transaction."""
    duties.drop(kind=DUTY, about=about(person, body), reason=reason, now=now, by=by)


@transaction.atomic
def file(*, organization: UUID | str, person: UUID | str, change: FilingChange, effective_on: date, by: Actor, now: datetime) -> Filing:
    """Tell the authority who is, is no longer, or stands in as resource administrator; particulars are copied as they are now."""
    by.need(Role.RESOURCE_ADMIN, Role.LEADER, basis=rules.FILING)
    by.need_own(organization, basis=rules.FILING)
    body = locking.organization(organization)
    somebody = _administrator(person, body)
    _check_change(somebody, body, change, on=local_date(now))
    filing = Filing(
        organization=body,
        authority=queries.authority_for(body.pk),
        person=somebody,
        change=change,
        effective_on=effective_on,
        name=somebody.name,
        duty=somebody.duty,
        phone=somebody.phone,
        filed_at=now,
        filed_by=by.id,
    )
    duties.keep(kind=DUTY, about=about(somebody, body), now=now, by=by)
    filing.receipt = _record(filing, "file", by=by, now=now)
    filing.save(force_insert=True)
    return filing


def _administrator(person_id: UUID | str, body: Organization) -> Person:
    """Anybody who is, was, or stands in for a resource administrator there, also after leaving."""
    posts = Appointment.objects.filter(organization=body, role=Role.RESOURCE_ADMIN)
    try:
        somebody = Person.objects.get(pk=person_id)
    except (Person.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个人员，请核对编号", basis=rules.FILING) from error
    if not (posts.filter(person=somebody) or posts.filter(stand_ins__person=somebody)).exists():
        raise NotFound("此人不曾任本部门信息资源管理员", basis=rules.FILING)
    return somebody


def _check_change(person: Person, body: Organization, change: FilingChange, *, on: date) -> None:
    serves = any(person.pk == holder.pk for holder in queries.holders(organization=body.pk, role=Role.RESOURCE_ADMIN, on=on))
    if change is FilingChange.LEFT and serves:
        raise WrongState(f"“{person.name}”仍任信息资源管理员，请先结束任命再报备", basis=rules.FILING)
    if change is not FilingChange.LEFT and not serves:
        raise WrongState(f"“{person.name}”现不任信息资源管理员，请报备“不再担任”", basis=rules.FILING)


@transaction.atomic
def acknowledge(*, filing: UUID | str, by: Actor, now: datetime) -> Filing:
    """The authority takes the filing on its books 「备案」."""
    row = _open(filing, by)
    return _answer(row, FilingStatus.ACKNOWLEDGED, "", "acknowledge", by=by, now=now)


@transaction.atomic
def send_back(*, filing: UUID | str, reason: str, by: Actor, now: datetime) -> Filing:
    """The authority returns an incomplete filing; the duty to file runs anew."""
    row = _open(filing, by)
    why = rules.need_text(reason, "reason", "请写明需要补正什么", basis=rules.FILING)
    fitting(Filing, basis=rules.FILING, answer=why)
    owe(row.person, row.organization, by=by, now=now)
    return _answer(row, FilingStatus.RETURNED, why, "return", by=by, now=now)


def _open(filing_id: UUID | str, by: Actor) -> Filing:
    by.need(Role.AUTHORITY, basis=rules.FILING)
    rows = Filing.objects.select_for_update(of=("self",)).select_related("organization", "person")
    try:
        row = rows.get(pk=filing_id)
    except (Filing.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这份备案，请核对编号", basis=rules.FILING) from error
    if str(row.authority_id) != by.organization:
        raise NotFound("没有这份备案，请核对编号", basis=rules.FILING)
    if row.status != FilingStatus.FILED:
        raise WrongState(f"这份备案{row.get_status_display()}，不再变动", basis=rules.FILING)
    return row


def _answer(row: Filing, status: FilingStatus, answer: str, verb: str, *, by: Actor, now: datetime) -> Filing:
    row.status, row.answer, row.answered_at, row.answered_by = status, answer, now, by.id
    row.save(update_fields=["status", "answer", "answered_at", "answered_by"])
    _record(row, verb, by=by, now=now)
    return row


def _record(row: Filing, verb: str, *, by: Actor, now: datetime) -> str:
    return audit.record(
        action=f"organizations:filing:{verb}",
        basis=rules.FILING,
        by=by,
        now=now,
        about=str(row.pk),
        reason=row.answer,
        parties=[str(row.organization_id), str(row.authority_id)],
        detail={"person": str(row.person_id), "name": row.name, "change": row.change, "effective_on": str(row.effective_on)},
    ).number
