"""Trust anchors and revocation lists: what the 安全管理员 puts in and takes out (CD2016-35, PC-13)."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import RevocationList, RevokedSerial, TrustAnchor
from govshare.organizations.queries import trust as trusted
from govshare.organizations.services.words import fitting
from govshare.organizations.x509 import certificates, paths, revocation
from govshare.organizations.x509.certificates import ReadCertificate
from govshare.organizations.x509.errors import Untrusted

#: How far ahead an authority's clock may be.
CLOCKS_APART = timedelta(minutes=5)

log = structlog.get_logger("organizations")


@transaction.atomic
def add_anchor(*, name: str, certificate: bytes, by: Actor, now: datetime) -> TrustAnchor:
    """Trust a certificate authority: a root, or an intermediate whose issuer is trusted already. DER or PEM."""
    by.need(Role.SECURITY_ADMIN, basis=rules.IDENTITY)
    return enter_anchor(name=name, certificate=certificate, by=by, now=now)


def enter_anchor(*, name: str, certificate: bytes, by: Actor, now: datetime) -> TrustAnchor:
    """Check and store; who may is the caller's question (``add_anchor``, or the founding)."""
    fitting(TrustAnchor, basis=rules.IDENTITY, name=name)
    shown = _read_authority(certificate, now=now)
    if TrustAnchor.objects.filter(fingerprint=shown.fingerprint).exists():
        raise WrongState("这个签发机构已在名单内（含已撤出的）", basis=rules.IDENTITY)
    anchor = TrustAnchor.objects.create(
        name=rules.need_text(name, "name", "请填写签发机构名称", basis=rules.IDENTITY),
        issuer=None if shown.issued(shown) else _issuer_of(shown),
        der=shown.der,
        fingerprint=shown.fingerprint,
        serial=shown.serial,
        algorithm=shown.algorithm,
        not_before=shown.not_before,
        not_after=shown.not_after,
        added_at=now,
        added_by=by.id,
    )
    _record_anchor(anchor, "add", by=by, now=now)
    return anchor


def _read_authority(data: bytes, *, now: datetime) -> ReadCertificate:
    try:
        shown = certificates.read(data)
    except Untrusted as error:
        raise Invalid(str(error), basis=rules.IDENTITY, faults=[Fault("certificate", str(error))]) from error
    if not shown.is_authority or shown.may_sign_certificates is False or shown.critical_unknown or not shown.valid_at(now):
        fault = Fault("certificate", "应为在有效期内、允许签发证书的 CA 证书，不含平台不能识别的关键扩展")
        raise Invalid("这不是可用的签发机构证书", basis=rules.IDENTITY, faults=[fault])
    return shown


def _issuer_of(shown: ReadCertificate) -> TrustAnchor:
    """The trusted authority above an intermediate."""
    known = trusted.anchors()
    read = {anchor.pk: certificates.read(bytes(anchor.der)) for anchor in known}
    roots = [read[anchor.pk] for anchor in known if anchor.issuer_id is None]
    between = [read[anchor.pk] for anchor in known if anchor.issuer_id is not None]
    try:
        nearest = paths.climb(shown, roots=roots, between=between)[0]
    except Untrusted as error:
        message = "请先加入它上级的签发机构"
        raise Invalid(f"{error}，{message}", basis=rules.IDENTITY, faults=[Fault("certificate", message)]) from error
    return next(anchor for anchor in known if anchor.fingerprint == nearest.fingerprint)


@transaction.atomic
def withdraw_anchor(*, anchor: UUID | str, reason: str, by: Actor, now: datetime) -> TrustAnchor:
    """Trust it no more, nor anything beneath it, from this moment."""
    by.need(Role.SECURITY_ADMIN, basis=rules.IDENTITY)
    why = rules.need_text(reason, "reason", "请填写撤出的原因", basis=rules.IDENTITY)
    try:
        row = TrustAnchor.objects.select_for_update().get(pk=anchor)
    except (TrustAnchor.DoesNotExist, ValidationError) as error:
        raise NotFound("没有这个签发机构，请核对编号", basis=rules.IDENTITY) from error
    if row.withdrawn_at is not None:
        raise WrongState("这个签发机构已经撤出", basis=rules.IDENTITY)
    row.withdrawn_at, row.withdrawn_by = now, by.id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record_anchor(row, "withdraw", by=by, now=now, reason=why)
    return row


def _record_anchor(anchor: TrustAnchor, verb: str, *, by: Actor, now: datetime, reason: str = "") -> None:
    audit.record(
        action=f"organizations:trust-anchor:{verb}",
        basis=rules.IDENTITY,
        by=by,
        now=now,
        about=str(anchor.pk),
        reason=reason,
        digests={"certificate": f"sha256:{anchor.fingerprint}"},
        detail={"name": anchor.name, "algorithm": anchor.algorithm, "kind": "root" if anchor.issuer_id is None else "intermediate"},
    )


@transaction.atomic
def load_list(*, data: bytes, by: Actor, now: datetime) -> RevocationList:
    """Put a newer revocation list in force, DER or PEM, by the 安全管理员 or the platform's own fetching.

    Refused: signed by nobody trusted, older than the one in force, or already past its next update.
    """
    by.need(Role.SECURITY_ADMIN, Role.PLATFORM, basis=rules.IDENTITY)
    try:
        read, parsed = revocation.read(data)
        anchor = next((a for a in trusted.anchors() if revocation.signed_by(parsed, certificates.read(bytes(a.der)))), None)
    except Untrusted as error:
        raise Invalid(str(error), basis=rules.IDENTITY, faults=[Fault("data", str(error))]) from error
    if anchor is None:
        raise Invalid("吊销列表不是由信任名单内的机构签发", basis=rules.IDENTITY, faults=[Fault("data", "签名核验不通过")])
    anchor = TrustAnchor.objects.select_for_update().get(pk=anchor.pk)
    old = _check_newer(anchor, read, now=now)
    if old is not None and old.fingerprint == read.fingerprint:
        return old
    return _replace(anchor, read, by=by, now=now)


def _check_newer(anchor: TrustAnchor, read: revocation.ReadList, *, now: datetime) -> RevocationList | None:
    old = anchor.revocation_lists.filter(current=True).first()
    if read.this_update > now + CLOCKS_APART or read.next_update <= now:
        raise Invalid("吊销列表不在有效时间内，请取最新的列表", basis=rules.LATE_LIST, faults=[Fault("data", "更新时间不对")])
    if old is not None and read.this_update < old.this_update:
        raise WrongState("这份吊销列表比现行的旧，未予装载", basis=rules.LATE_LIST)
    return old


def _replace(anchor: TrustAnchor, read: revocation.ReadList, *, by: Actor, now: datetime) -> RevocationList:
    """A newer revocation list of one authority is in force from now on."""
    RevokedSerial.objects.filter(revocation_list__anchor=anchor).delete()
    anchor.revocation_lists.filter(current=True).update(current=False)
    row = RevocationList.objects.create(
        anchor=anchor,
        der=read.der,
        fingerprint=read.fingerprint,
        this_update=read.this_update,
        next_update=read.next_update,
        current=True,
        loaded_at=now,
        loaded_by=by.id,
    )
    lines = [RevokedSerial(revocation_list=row, serial=line.serial, since=line.since, reason=line.reason) for line in read.lines]
    RevokedSerial.objects.bulk_create(lines, batch_size=5000)
    audit.record(
        action="organizations:revocation-list:load",
        basis=rules.IDENTITY,
        by=by,
        now=now,
        about=str(anchor.pk),
        counts={"revoked": len(lines)},
        digests={"list": f"sha256:{row.fingerprint}"},
        detail={"name": anchor.name, "this_update": read.this_update.isoformat(), "next_update": read.next_update.isoformat()},
    )
    return row


@transaction.atomic
def report_late_lists(*, now: datetime, by: Actor = PLATFORM) -> int:
    """Raise the alarm, once for each list that is late; return how many are late now."""
    late = queries.late_lists(now=now)
    for case in late:
        row = case.revocation_list
        if row is None or row.alarm_at is not None:
            continue
        RevocationList.objects.filter(pk=row.pk).update(alarm_at=now, alarm_by=by.id)
        audit.record(
            action="organizations:revocation-list:be-late",
            basis=rules.LATE_LIST,
            by=by,
            now=now,
            about=str(case.anchor.pk),
            detail={"name": case.anchor.name, "due": case.due.isoformat(), "refused_from": case.refused_from.isoformat()},
        )
    for case in late:
        log.error("revocation list late", anchor=case.anchor.name, due=case.due.isoformat(), refused_from=case.refused_from.isoformat())
    return len(late)
