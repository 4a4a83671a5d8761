"""The first start: the authority that runs the platform and its first officers, put in by the platform itself, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Organization, OrganizationKind, Person
from govshare.organizations.services import appointments, bodies, people

#: Without one of each nobody could appoint anybody, bind a certificate or look after the evidence.
FIRST = (Role.LEADER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody to be put on file at the first start."""

    name: str
    number: str
    duty: str = ""
    phone: str = ""


@transaction.atomic
def found(
    *,
    name: str,
    short_name: str,
    uscc: str,
    tier: str,
    region: str,
    officers: Mapping[Role, Officer],
    document: str = "",
    now: datetime,
) -> tuple[Organization, dict[Role, Person]]:
    """Register the operating authority and its first officers, one of each of ``FIRST`` at least. Refused ever after.

    The caller's transaction may go on to trust authorities and bind the first certificates (``trust.enter_anchor``,
    ``certificates.enter``), for until then nobody can sign in.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE organizations_organization IN SHARE ROW EXCLUSIVE MODE")
    if queries.operator() is not None:
        raise WrongState("平台已经开通，请由系统管理员登录后办理", basis=rules.REGISTRATION)
    missing = [role.label for role in FIRST if role not in officers]
    if missing:
        raise Invalid(f"开通时还须指定：{'、'.join(missing)}", basis=rules.WHO_APPOINTS, faults=[Fault("officers", "、".join(missing))])
    authority = bodies.enter(
        name=name,
        short_name=short_name,
        uscc=uscc,
        kind=OrganizationKind.AUTHORITY,
        tier=tier,
        region=region,
        operator=True,
        document=document,
        by=PLATFORM,
        now=now,
    )
    first = {role: _install(authority, role, officer, document=document, now=now) for role, officer in officers.items()}
    return authority, first


def _install(authority: Organization, role: Role, officer: Officer, *, document: str, now: datetime) -> Person:
    person = authority.people.filter(number=officer.number).first() or people.enter(
        authority, name=officer.name, number=officer.number, duty=officer.duty, phone=officer.phone, by=PLATFORM, now=now
    )
    appointments.enter(person, authority, role, starts_on=local_date(now), ends_on=None, document=document, by=PLATFORM, now=now)
    return person
