"""Who calls: from a session token or from the certificate of a TLS connection (CD2016-35, PC-14, PC-15)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from govshare.duties.queries import parameter
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotSignedIn, NotYours
from govshare.kernel.roles import Role
from govshare.organizations import rules
from govshare.organizations.models import Certificate, Person, Session, System, Ticket
from govshare.organizations.queries import trust
from govshare.organizations.queries.posts import Standing, current_standings

#: How stale ``last_seen`` may be; spares a write with every request.
SEEN_EVERY = timedelta(seconds=30)
#: How long after its last use a session still tells whose it was.
STRANDED = timedelta(days=1)


def digest(token: str) -> bytes:
    """What is kept of a token, a ticket: SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that holds at this moment, and who acts in it."""

    session: Session
    actor: Actor
    standings: list[Standing]  # what the person may choose among; empty for a system


def actor_of_session(*, token: str, now: datetime) -> Actor:
    """Who the token stands for. Raises ``NotSignedIn`` when the session is over for whatever reason."""
    return open_session(token=token, now=now).actor


def open_session(*, token: str, now: datetime) -> OpenSession:
    """The session behind the token, looked at afresh: limits, certificate, revocation, appointment.

    Notes that it was used (``last_seen``), which is what the idle limit counts from.
    """
    session = _session(token)
    if session is None or session.ended_at is not None or now >= session.expires:
        raise NotSignedIn("登录已结束，请重新登录", basis=rules.LONGEST)
    if now - session.last_seen > timedelta(minutes=parameter(str(rules.IDLE))):
        raise NotSignedIn("长时间没有操作，登录已结束，请重新登录", basis=rules.IDLE)
    certificate = session.certificate
    try:
        trust.check(certificate, now=now)
    except NotYours as refusal:
        raise NotSignedIn(str(refusal), basis=refusal.basis) from refusal
    found = _in_session(session, certificate, now=now)
    if now - session.last_seen >= SEEN_EVERY:
        Session.objects.filter(pk=session.pk, last_seen__lt=now).update(last_seen=now)
    return found


def _session(token: str) -> Session | None:
    rows = Session.objects.select_related(
        "certificate__person__organization", "certificate__system__organization", "certificate__anchor__issuer__issuer"
    )
    return next(iter(rows.only(*_LOOKED_AT).filter(digest=digest(token))), None)


def _below(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}__{name}" for name in names)


_AUTHORITY = ("name", "serial", "not_before", "not_after", "added_at", "withdrawn_at", "issuer")
#: What every request looks at; the rest of these seven tables comes when somebody asks for it.
_LOOKED_AT = (
    *("certificate", "appointment", "stand_in", "opened", "last_seen", "expires", "ended_at"),
    *_below("certificate", "person", "system", "anchor", "fingerprint", "serial", "algorithm", "not_before", "not_after", "status"),
    *_below("certificate__person", "name", "left_at", "organization"),
    *_below("certificate__person__organization", "name", "active"),
    *_below("certificate__system", "name", "retired_at", "organization"),
    *_below("certificate__system__organization", "name", "active"),
    *_below("certificate__anchor", *_AUTHORITY),
    *_below("certificate__anchor__issuer", *_AUTHORITY),
    *_below("certificate__anchor__issuer__issuer", *_AUTHORITY),
)


def _in_session(session: Session, certificate: Certificate, *, now: datetime) -> OpenSession:
    if certificate.person is None:
        return OpenSession(session, _holder(certificate, now=now), [])
    standings = current_standings(certificate.person, on=local_date(now))
    chosen = str(session.stand_in_id or session.appointment_id)
    standing = next((standing for standing in standings if standing.id == chosen), None)
    if standing is None:
        raise NotSignedIn("所任职务或代岗已结束，请重新登录", basis=rules.APPOINTMENTS)
    return OpenSession(session, standing.actor(certificate=certificate.fingerprint), standings)


def actor_of_certificate(*, der: bytes, now: datetime) -> Actor:
    """Whose certificate a TLS connection showed. ``NotYours`` when it is unknown, pending, revoked or expired.

    A person with several posts acts in the first one; the machine interfaces are for systems.
    """
    fingerprint = hashlib.sha256(der).hexdigest()
    certificate = trust.find(fingerprint)
    if certificate is None:
        raise NotYours("平台没有绑定这张证书，请联系安全管理员", basis=rules.IDENTITY, detail={"certificate": fingerprint})
    trust.check(certificate, now=now)
    return _holder(certificate, now=now)


def _holder(certificate: Certificate, *, now: datetime) -> Actor:
    if certificate.system is not None:
        return _system(certificate.system, certificate.fingerprint)
    standings = current_standings(certificate.person, on=local_date(now)) if certificate.person else []
    if not standings:
        raise NotYours("目前没有任何任命，请联系本部门分管领导", basis=rules.APPOINTMENTS)
    return standings[0].actor(certificate=certificate.fingerprint)


def _system(system: System, fingerprint: str) -> Actor:
    return Actor(
        kind="system",
        id=str(system.pk),
        name=system.name,
        organization=str(system.organization_id),
        organization_name=system.organization.name,
        roles=frozenset({Role.SYSTEM}),
        certificate=fingerprint,
    )


def named_by(der: bytes) -> Actor | None:
    """Whom a certificate names, let in or not: for the record of a refusal. None for a certificate that is not on file."""
    certificate = trust.find(hashlib.sha256(der).hexdigest())
    if certificate is None:
        return None
    if certificate.system is not None:
        return _system(certificate.system, certificate.fingerprint)
    person = certificate.person
    if person is None:
        return None
    return _without_roles(person, certificate.fingerprint)


def stranded(*, token: str, now: datetime) -> Actor | None:
    """Whose session this was, over since less than a day: so that what was being typed can be kept for that person (PC-81). No roles."""
    session = _session(token)
    person = session.certificate.person if session else None
    if session is None or person is None or person.left_at is not None or now - session.last_seen > STRANDED:
        return None
    return _without_roles(person, session.certificate.fingerprint)


def _without_roles(person: Person, fingerprint: str) -> Actor:
    """Somebody by name who may do nothing."""
    return Actor(
        kind="person",
        id=str(person.pk),
        name=person.name,
        organization=str(person.organization_id),
        organization_name=person.organization.name,
        certificate=fingerprint,
    )


def holder_of_ticket(*, ticket: str, now: datetime) -> str:
    """Who would be signed in, in words; the ticket is not used up. Raises ``NotSignedIn``."""
    certificate = unused_ticket(Ticket.objects.select_related("certificate__person__organization"), ticket=ticket, now=now).certificate
    person = certificate.person
    return f"{person.organization.name} {person.name}" if person else certificate.subject


def unused_ticket(among: QuerySet[Ticket], *, ticket: str, now: datetime) -> Ticket:
    """The ticket, while it is good for a sign-in. Raises ``NotSignedIn``."""
    found = among.filter(digest=digest(ticket), used=None, expires__gt=now).first()
    if found is None:
        raise NotSignedIn("登录票据无效、已用过或已过期，请重新登录", basis=rules.TICKET)
    return found
