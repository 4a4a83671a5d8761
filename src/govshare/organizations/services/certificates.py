"""Bind, confirm, reject, revoke certificates (CD2016-35, PC-16)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Certificate, CertificateStatus, Person, Session, System, TrustAnchor
from govshare.organizations.queries import trust
from govshare.organizations.services import locking
from govshare.organizations.services.words import fitting
from govshare.organizations.x509.certificates import ReadCertificate


@transaction.atomic
def bind(
    *, certificate: bytes, person: UUID | str | None = None, system: UUID | str | None = None, by: Actor, now: datetime
) -> Certificate:
    """Bind a certificate (DER or PEM) to a filed person or system: its first one, or a replacement brought in person."""
    holder = _one_holder(person, system)
    _need_binder(by, holder, now)
    return enter(holder, certificate, by=by, now=now)


def _one_holder(person: UUID | str | None, system: UUID | str | None) -> Person | System:
    if person is not None and system is None:
        return locking.person(person)
    if system is not None and person is None:
        return locking.system(system)
    raise Invalid("请指明人员或系统，二者选一", basis=rules.RENEWAL, faults=[Fault("person", "与 system 二者填一")])


def enter(holder: Person | System, certificate: bytes, *, by: Actor, now: datetime) -> Certificate:
    """Check and store; who may is the caller's question (``bind``, or the founding)."""
    shown = trust.read(certificate)
    path = trust.path_of(shown, now=now)
    trust.check_not_listed(shown.serial, path, now=now)
    _check_unused(shown, holder)
    row = _new(shown, holder, path[0], CertificateStatus.BOUND, by=by, now=now)
    row.save(force_insert=True)
    _record(row, "bind", by=by, now=now)
    return row


def _check_unused(shown: ReadCertificate, holder: Person | System) -> None:
    """One certificate, one key: one holder."""
    if trust.find(shown.fingerprint) is not None:
        raise WrongState("这张证书已在平台登记，请核对", basis=rules.RENEWAL)
    if trust.key_is_suspect(shown.key_digest):
        raise NotYours("这个密钥的证书已被停用或吊销，请换用新密钥的证书", basis=rules.RENEWAL)
    others = Certificate.objects.filter(key_digest=shown.key_digest).exclude(**_of(holder))
    if others.exists():
        raise NotYours("这个密钥已属于其他人员或系统，不能共用", basis=rules.IDENTITY)


def _of(holder: Person | System) -> dict[str, Person | System]:
    return {"person" if isinstance(holder, Person) else "system": holder}


def _new(
    shown: ReadCertificate,
    holder: Person | System,
    anchor: TrustAnchor,
    status: CertificateStatus,
    *,
    renews: Certificate | None = None,
    by: Actor,
    now: datetime,
) -> Certificate:
    bound = status == CertificateStatus.BOUND
    return Certificate(
        person=holder if isinstance(holder, Person) else None,
        system=holder if isinstance(holder, System) else None,
        anchor=anchor,
        der=shown.der,
        fingerprint=shown.fingerprint,
        serial=shown.serial,
        subject=shown.subject,
        subject_digest=shown.subject_digest,
        key_digest=shown.key_digest,
        algorithm=shown.algorithm,
        not_before=shown.not_before,
        not_after=shown.not_after,
        status=status,
        renews=renews,
        presented_at=now,
        presented_by=by.id,
        bound_at=now if bound else None,
        bound_by=by.id if bound else "",
    )


def _need_binder(by: Actor, holder: Person | System, now: datetime) -> None:
    """The 安全管理员; for a 安全管理员's own certificate another one, or the leader of the authority that runs the platform."""
    body = queries.operator()
    guards = queries.holders(organization=body.pk, role=Role.SECURITY_ADMIN, on=local_date(now)) if body else []
    if isinstance(holder, Person) and any(holder.pk == guard.pk for guard in guards):
        if by.id == str(holder.pk):
            raise NotYours("不能确认自己的证书，请由其他安全管理员或主管部门分管领导办理", basis=rules.RENEWAL)
        if body is not None and by.organization == str(body.pk) and Role.LEADER in by.roles:
            return
    by.need(Role.SECURITY_ADMIN, basis=rules.RENEWAL)


@transaction.atomic
def admit(*, der: bytes, now: datetime) -> Certificate:
    """The certificate on file for what somebody shows, taking in a renewal (PC-16). The caller must check that it holds.

    Same key and same subject as one on file: bound at once. Same subject, new key: kept waiting for the 安全管理员.
    Anything else is unknown and nothing is kept.
    """
    shown = trust.read(der)
    known = trust.find(shown.fingerprint)
    if known is not None:
        return known
    path = trust.path_of(shown, now=now)
    trust.check_not_listed(shown.serial, path, now=now)
    renewed = _renewed(shown)
    if renewed is None:
        raise NotYours(
            "平台没有绑定这张证书，请联系安全管理员",
            basis=rules.RENEWAL,
            detail={"certificate": shown.fingerprint, "subject": shown.subject},
        )
    holder = _lock_holder(renewed)
    if (known := trust.find(shown.fingerprint)) is not None:  # somebody was quicker
        return known
    same_key = renewed.key_digest == shown.key_digest and not trust.key_is_suspect(shown.key_digest)
    status = CertificateStatus.BOUND if same_key else CertificateStatus.PENDING
    row = _new(shown, holder, path[0], status, renews=renewed, by=PLATFORM, now=now)
    row.save(force_insert=True)
    _record(row, "renew" if same_key else "present", by=PLATFORM, now=now)
    return row


def _renewed(shown: ReadCertificate) -> Certificate | None:
    """The bound certificate of the same subject that this one renews: with the same key if there is one, else the newest."""
    same_subject = Certificate.objects.filter(subject_digest=shown.subject_digest, status=CertificateStatus.BOUND).order_by("-bound_at")
    return same_subject.filter(key_digest=shown.key_digest).first() or same_subject.first()


def _lock_holder(certificate: Certificate) -> Person | System:
    if certificate.person_id is not None:
        return locking.person(certificate.person_id)
    return locking.system(certificate.system_id or "")


@transaction.atomic
def confirm(*, certificate: UUID | str, by: Actor, now: datetime) -> Certificate:
    """A certificate with a new key is really the holder's: it lets in from now on."""
    row = _waiting(certificate, by, now)
    if trust.key_is_suspect(row.key_digest):
        raise NotYours("这个密钥的证书已被停用或吊销，不能确认", basis=rules.RENEWAL)
    row.status, row.bound_at, row.bound_by = CertificateStatus.BOUND, now, by.id
    row.save(update_fields=["status", "bound_at", "bound_by"])
    _record(row, "confirm", by=by, now=now)
    return row


@transaction.atomic
def reject(*, certificate: UUID | str, reason: str, by: Actor, now: datetime) -> Certificate:
    """A certificate with a new key is not accepted."""
    row = _waiting(certificate, by, now)
    _close(row, CertificateStatus.REJECTED, reason, by=by, now=now)
    _record(row, "reject", by=by, now=now)
    return row


def _waiting(certificate_id: UUID | str, by: Actor, now: datetime) -> Certificate:
    row = _locked(certificate_id)
    _need_binder(by, _lock_holder(row), now)
    if row.status != CertificateStatus.PENDING:
        raise WrongState(f"这张证书{row.get_status_display()}，不在待确认之列", basis=rules.RENEWAL)
    return row


def _locked(certificate_id: UUID | str) -> Certificate:
    try:
        return Certificate.objects.select_for_update(of=("self",)).select_related("person", "system").get(pk=certificate_id)
    except (Certificate.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这张证书，请核对编号", basis=rules.RENEWAL) from error


@transaction.atomic
def revoke(*, certificate: UUID | str, reason: str, by: Actor, now: datetime) -> Certificate:
    """Stop a certificate on this platform at once, without waiting for its authority's list.

    By the 安全管理员; also by the own leader, or the holder who lost it. A person's stop does not touch the department's systems.
    """
    row = _locked(certificate)
    _need_stopper(by, row)
    if row.status != CertificateStatus.BOUND:
        raise WrongState(f"这张证书{row.get_status_display()}，不需停用", basis=rules.RENEWAL)
    _close(row, CertificateStatus.REVOKED, reason, by=by, now=now)
    Session.objects.filter(certificate=row, ended_at=None).update(ended_at=now, ended_by=by.id)
    _record(row, "revoke", by=by, now=now)
    return row


def _need_stopper(by: Actor, row: Certificate) -> None:
    holder = row.person or row.system
    own_leader = Role.LEADER in by.roles and holder is not None and by.organization == str(holder.organization_id)
    if not own_leader and by.id != str(row.person_id):
        by.need(Role.SECURITY_ADMIN, basis=rules.RENEWAL)


def _close(row: Certificate, status: CertificateStatus, reason: str, *, by: Actor, now: datetime) -> None:
    row.status, row.closed_at, row.closed_by = status, now, by.id
    row.close_reason = rules.need_text(reason, "reason", "请填写原因", basis=rules.RENEWAL)
    fitting(Certificate, basis=rules.RENEWAL, close_reason=reason)
    row.save(update_fields=["status", "closed_at", "closed_by", "close_reason"])


def _record(row: Certificate, verb: str, *, by: Actor, now: datetime) -> None:
    holder = row.person or row.system
    audit.record(
        action=f"organizations:certificate:{verb}",
        basis=rules.RENEWAL,
        by=by,
        now=now,
        about=str(row.pk),
        reason=row.close_reason,
        parties=[str(holder.organization_id)] if holder else [],
        digests={"certificate": f"sha256:{row.fingerprint}", "key": f"sha256:{row.key_digest}"},
        detail={
            "holder": str(row.person_id or row.system_id),
            "kind": "person" if row.person_id else "system",
            "subject": row.subject,
            "algorithm": row.algorithm,
            "not_after": row.not_after.isoformat(),
        },
    )
