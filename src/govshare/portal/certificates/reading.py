"""What the pages of certificates show: as much as the visitor may see, how long each lasts, whom it can be bound to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Certificate, CertificateStatus, Person, RevocationList, System, TrustAnchor
from govshare.organizations.queries.trust import LateList
from govshare.organizations.rules import IDENTITY

SOON = timedelta(days=30)
MOST = 50  # people and systems proposed at once


@dataclass(frozen=True, slots=True)
class Trusted:
    """One authority with the list in force and how late it is."""

    anchor: TrustAnchor
    current: RevocationList | None
    late: LateList | None


def visible(by: Actor) -> QuerySet[Certificate]:
    """The 安全管理员 and the 审计管理员 see all; a leader the own department's; everybody their own."""
    rows = Certificate.objects.select_related("person__organization", "system__organization", "anchor").defer("der", "anchor__der")
    if by.is_one_of({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}):
        return rows
    seen = Q(person=UUID(by.id)) if by.kind == "person" else Q(pk__in=[])
    if by.is_one_of({Role.LEADER, Role.RESOURCE_ADMIN}):
        own = UUID(by.organization)
        seen |= Q(system__organization=own) | (Q(person__organization=own) if Role.LEADER in by.roles else Q(pk__in=[]))
    return rows.filter(seen)


def one(certificate: UUID, *, by: Actor) -> Certificate:
    found = visible(by).filter(pk=certificate).first()
    if found is None:
        raise NotFound(gettext("没有这张证书，或者不归您查看，请核对"), basis=IDENTITY)
    return found


def narrowed(rows: QuerySet[Certificate], *, state: str, text: str, now: datetime) -> QuerySet[Certificate]:
    """``state``: a status, ``ending`` (within thirty days) or ``over``; ``text``: holder, number, subject, serial."""
    bound = Q(status=CertificateStatus.BOUND)
    if state == "ending":
        rows = rows.filter(bound, not_after__gte=now, not_after__lt=now + SOON)
    elif state == "over":
        rows = rows.filter(bound, not_after__lt=now)
    elif state in CertificateStatus.values:
        rows = rows.filter(status=state)
    if text := text.strip().replace("\0", "")[:100]:
        rows = rows.filter(
            Q(person__name__icontains=text)
            | Q(person__number=text)
            | Q(system__name__icontains=text)
            | Q(subject__icontains=text)
            | Q(serial__icontains=text.lower())
            | Q(person__organization__short_name__icontains=text)
        )
    return rows.order_by("-presented_at", "-id")


def days_left(certificate: Certificate, *, today: date) -> int:
    return (certificate.not_after.date() - today).days


def holders(text: str, *, by: Actor) -> tuple[list[Person], list[System]]:
    """People and systems on file that ``text`` finds; those without a certificate first when nothing is asked for."""
    text = text.strip().replace("\0", "")[:100]
    people = Person.objects.filter(left_at=None, organization__active=True).select_related("organization")
    systems = System.objects.filter(retired_at=None, organization__active=True).select_related("organization")
    if Role.SECURITY_ADMIN not in by.roles:
        people, systems = people.filter(organization=UUID(by.organization)), systems.none()
    if text:
        people = people.filter(Q(name__icontains=text) | Q(number=text) | Q(organization__short_name__icontains=text))
        systems = systems.filter(Q(name__icontains=text) | Q(organization__short_name__icontains=text))
    else:
        people = people.exclude(certificates__status=CertificateStatus.BOUND).filter(
            appointments__ended_at=None, appointments__isnull=False
        )
        systems = systems.exclude(certificates__status=CertificateStatus.BOUND)
    return list(people.distinct().order_by("organization__name", "name")[:MOST]), list(
        systems.order_by("organization__name", "name")[:MOST]
    )


def trusted(*, now: datetime) -> list[Trusted]:
    """Authorities in use, roots first, then the withdrawn ones."""
    late = {case.anchor.pk: case for case in queries.late_lists(now=now)}
    current = {row.anchor_id: row for row in RevocationList.objects.filter(current=True).defer("der")}
    anchors = TrustAnchor.objects.select_related("issuer").defer("der", "issuer__der").order_by("added_at", "id")
    rows = [Trusted(anchor, current.get(anchor.pk), late.get(anchor.pk)) for anchor in anchors]
    return sorted(rows, key=lambda row: (row.anchor.withdrawn_at is not None, row.anchor.issuer_id is not None))
