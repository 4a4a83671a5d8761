"""The two ways in, a TLS client certificate or a signed challenge, and what follows (CD2016-35, PC-14 to PC-18). No passwords."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from govshare.audit import services as audit
from govshare.duties.queries import parameter
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound, NotSignedIn, NotYours, Refused
from govshare.organizations import queries, rules
from govshare.organizations.models import Certificate, Challenge, Session, Ticket
from govshare.organizations.queries import trust
from govshare.organizations.queries.actors import digest, unused_ticket
from govshare.organizations.queries.posts import Standing
from govshare.organizations.services import certificates
from govshare.organizations.x509 import signatures

log = structlog.get_logger("organizations")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class OpenChallenge:
    """``text`` is to be signed, as UTF-8, before ``expires_at``."""

    id: UUID
    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. ``standings`` are the posts among which a person may choose."""

    token: str = field(repr=False)
    expires_at: datetime
    actor: Actor
    standings: tuple[Standing, ...] = ()


def open_challenge(*, now: datetime) -> OpenChallenge:
    """A text nobody has signed before; it names this platform, so that it is of no use at another."""
    expires = now + timedelta(seconds=parameter(str(rules.CHALLENGE)))
    text = f"govshare sign-in\n{settings.GOVSHARE_LOG_ORIGIN}\n{secrets.token_hex(32)}\n{now.isoformat()}"
    challenge = Challenge.objects.create(text=text, opened=now, expires=expires)
    return OpenChallenge(challenge.pk, text, expires)


def answer_challenge(*, challenge_id: UUID | str, certificate_der: bytes, signature: bytes, now: datetime) -> SignedIn:
    """Sign in with a challenge signed by the certificate's key. The challenge is used up, whatever comes of it."""
    text = _use_challenge(challenge_id, now)

    def answer() -> SignedIn:
        shown = trust.read(certificate_der)
        if not signatures.answered_by(shown.spki, text=text, signature=signature):
            raise NotSignedIn("签名核验不通过，请用该证书的私钥对质询原文签名", basis=rules.CHALLENGE)
        return _enter(certificate_der, way="challenge", now=now)

    return _recording_failure(answer, certificate_der, now)


def sign_in(*, certificate_der: bytes, now: datetime) -> SignedIn:
    """Sign in by a TLS connection that proved the certificate's key; for machines, on the sign-in port."""
    return _recording_failure(lambda: _enter(certificate_der, way="tls", now=now), certificate_der, now)


def open_ticket(*, certificate_der: bytes, now: datetime) -> str:
    """A one-time ticket that carries a TLS certificate sign-in over to the portal."""

    def open_it() -> str:
        certificate = _let_in(certificate_der, now)
        ticket = secrets.token_urlsafe(32)
        expires = now + timedelta(seconds=parameter(str(rules.TICKET)))
        Ticket.objects.create(digest=digest(ticket), certificate=certificate, opened=now, expires=expires)
        return ticket

    return _recording_failure(open_it, certificate_der, now)


def redeem_ticket(*, ticket: str, now: datetime) -> SignedIn:
    """Turn a ticket into a session, once, in time."""
    with transaction.atomic():
        row = unused_ticket(Ticket.objects.select_for_update(), ticket=ticket, now=now)
        row.used = now
        row.save(update_fields=["used"])
        der = bytes(row.certificate.der)
    return _recording_failure(lambda: _enter(der, way="ticket", now=now), der, now)


def _use_challenge(challenge_id: UUID | str, now: datetime) -> str:
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update().filter(pk=challenge_id, used=None, expires__gt=now).first()
        if challenge is None:
            raise NotSignedIn("登录质询无效、已用过或已过期，请重新取一个", basis=rules.CHALLENGE)
        challenge.used = now
        challenge.save(update_fields=["used"])
        return challenge.text


def _let_in(der: bytes, now: datetime) -> Certificate:
    """The certificate on file, when it holds. ``admit`` commits by itself, so that a renewal waiting for confirmation is kept."""
    known = certificates.admit(der=der, now=now)
    trust.check(known, now=now)
    return known


def _enter(der: bytes, *, way: str, now: datetime) -> SignedIn:
    certificate = _let_in(der, now)
    with transaction.atomic():
        actor = queries.actor_of_certificate(der=der, now=now)
        standings = _standings(certificate, now)
        return _open(certificate, actor, standings, standings[0] if standings else None, way=way, now=now)


def _standings(certificate: Certificate, now: datetime) -> tuple[Standing, ...]:
    return tuple(queries.current_standings(certificate.person, on=local_date(now))) if certificate.person else ()


def _open(
    certificate: Certificate, actor: Actor, standings: tuple[Standing, ...], chosen: Standing | None, *, way: str, now: datetime
) -> SignedIn:
    """A session with a fresh token of 256 random bits; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    session = Session.objects.create(
        digest=digest(token),
        certificate=certificate,
        appointment=chosen.appointment if chosen else None,
        stand_in=chosen.stand_in if chosen else None,
        opened=now,
        last_seen=now,
        expires=now + timedelta(minutes=parameter(str(rules.LONGEST))),
    )
    audit.record(
        action="organizations:session:open",
        basis=rules.IDENTITY,
        by=actor,
        now=now,
        about=str(session.pk),
        detail={"way": way, "roles": "、".join(sorted(actor.roles))},
    )
    return SignedIn(token, session.expires, actor, standings)


@transaction.atomic
def choose_appointment(*, token: str, standing: str, by: Actor, now: datetime) -> SignedIn:
    """Go on in another of one's posts (an appointment's or stand-in's id); the token changes, the absolute limit does not."""
    current = queries.open_session(token=token, now=now)
    chosen = next((each for each in current.standings if each.id == standing), None)
    if chosen is None or by.id != current.actor.id:
        raise NotYours("这不是您现任的职务或代岗", basis=rules.APPOINTMENTS)
    _end(current.session, by=by, now=now)
    certificate = current.session.certificate
    actor = chosen.actor(certificate=certificate.fingerprint)
    opened = _open(certificate, actor, tuple(current.standings), chosen, way="choose", now=now)
    Session.objects.filter(digest=digest(opened.token)).update(expires=current.session.expires)
    return SignedIn(opened.token, current.session.expires, actor, opened.standings)


@transaction.atomic
def sign_out(*, token: str, by: Actor, now: datetime) -> None:
    """End the session. Ending one that is over already is no error."""
    session = Session.objects.select_for_update().filter(digest=digest(token), ended_at=None).first()
    if session is None:
        return
    if by.id != str(session.certificate.person_id or session.certificate.system_id):
        raise NotYours("只能退出自己的登录", basis=rules.IDENTITY)
    _end(session, by=by, now=now)
    audit.record(action="organizations:session:close", basis=rules.IDENTITY, by=by, now=now, about=str(session.pk))


@transaction.atomic
def end(*, session: UUID, by: Actor, now: datetime) -> None:
    """End another of one's own sessions: left open elsewhere. Ending one that is over already is no error."""
    row = Session.objects.select_for_update(of=("self",)).select_related("certificate").filter(pk=session).first()
    if row is None or by.kind != "person" or by.id != str(row.certificate.person_id):
        raise NotFound("没有这次登录，或者不是您的，请刷新后再看", basis=rules.IDENTITY)
    if row.ended_at is None:
        _end(row, by=by, now=now)
        audit.record(action="organizations:session:close", basis=rules.IDENTITY, by=by, now=now, about=str(row.pk))


def _end(session: Session, *, by: Actor, now: datetime) -> None:
    session.ended_at, session.ended_by = now, by.id
    session.save(update_fields=["ended_at", "ended_by"])


def _recording_failure(attempt: Callable[[], _Result], der: bytes, now: datetime) -> _Result:
    """Record a failed sign-in of somebody on file; a certificate nobody knows is only logged (a stranger may not fill the evidence)."""
    try:
        return attempt()
    except Refused as refusal:
        named = queries.named_by(der)
        if named is not None:
            audit.record_refusal(refusal=refusal, action="organizations:session:open", by=named, now=now)
        log.warning("sign-in refused", code=refusal.code, basis=str(refusal.basis), on_file=named is not None)
        raise


def sweep(*, now: datetime) -> int:
    """Forget challenges and tickets of yesterday, and sessions a month after their end. Their evidence stays. Returns rows removed."""
    day, month = now - timedelta(days=1), now - timedelta(days=30)
    removed = 0
    for rows in (
        Challenge.objects.filter(expires__lt=day),
        Ticket.objects.filter(expires__lt=day),
        Session.objects.filter(expires__lt=month),
    ):
        removed += rows.delete()[0]
    return removed
