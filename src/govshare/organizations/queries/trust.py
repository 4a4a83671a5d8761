"""Whom the platform trusts, and whether a bound certificate still holds (CD2016-35, PC-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from govshare.duties.queries import parameter
from govshare.kernel.errors import NotSignedIn, NotYours, Unavailable
from govshare.organizations import rules
from govshare.organizations.models import (
    Certificate,
    CertificateStatus,
    CredentialEpoch,
    Person,
    RevocationList,
    RevokedSerial,
    System,
    TrustAnchor,
)
from govshare.organizations.x509 import certificates as x509
from govshare.organizations.x509 import paths
from govshare.organizations.x509.certificates import ReadCertificate
from govshare.organizations.x509.errors import Untrusted

#: Reasons for which an authority revokes a certificate in the ordinary course of replacing it; its key is not suspect.
ORDINARY = frozenset({"superseded", "cessationOfOperation"})


def anchors() -> list[TrustAnchor]:
    """Roots and intermediates in use, roots first."""
    return sorted(TrustAnchor.objects.filter(withdrawn_at=None), key=lambda anchor: anchor.issuer_id is not None)


def epoch() -> int:
    """A number that grows with every change of certificates, anchors and lists."""
    return CredentialEpoch.objects.values_list("value", flat=True).get()


@dataclass(frozen=True, slots=True)
class LateList:
    """An authority whose list should have been replaced by ``due``; from ``refused_from`` on its certificates are refused."""

    anchor: TrustAnchor
    revocation_list: RevocationList | None  # None: never loaded
    due: datetime
    refused_from: datetime


def late_lists(*, now: datetime) -> list[LateList]:
    """What ``doctor``, the metrics and the alarm report: lists past their next update, and authorities without any."""
    grace = timedelta(hours=parameter(str(rules.LATE_LIST)))
    current = {row.anchor_id: row for row in RevocationList.objects.filter(current=True).defer("der")}
    found = []
    for anchor in anchors():
        row = current.get(anchor.pk)
        due = row.next_update if row else anchor.added_at
        if due < now:
            found.append(LateList(anchor, row, due, due + grace))
    return found


def read(der: bytes) -> ReadCertificate:
    """What was shown, as plain values; ``NotSignedIn`` when it cannot be read."""
    try:
        return x509.read(der)
    except Untrusted as error:
        raise NotSignedIn(str(error), basis=rules.IDENTITY) from error


def path_of(leaf: ReadCertificate, *, now: datetime) -> list[TrustAnchor]:
    """The authorities above a certificate never seen before, nearest first. ``NotSignedIn`` when there is no way to a trusted root."""
    known = {anchor.fingerprint: anchor for anchor in anchors()}
    readable = {fingerprint: x509.read(bytes(anchor.der)) for fingerprint, anchor in known.items()}
    roots = [readable[fingerprint] for fingerprint, anchor in known.items() if anchor.issuer_id is None]
    between = [readable[fingerprint] for fingerprint, anchor in known.items() if anchor.issuer_id is not None]
    try:
        path = paths.check_client(leaf, roots=roots, between=between, now=now)
    except Untrusted as error:
        raise NotSignedIn(str(error), basis=rules.IDENTITY) from error
    return [known[issuer.fingerprint] for issuer in path]


def check_not_listed(serial: str, path: Sequence[TrustAnchor], *, now: datetime) -> None:
    """Refuse when the certificate, or an authority above it, stands in its issuer's list; or when such a list is too late."""
    serials = [serial, *(anchor.serial for anchor in path[:-1])]
    lists = {
        row.anchor_id: row
        for row in RevocationList.objects.filter(anchor__in=path, current=True)
        .only("anchor", "next_update")
        .annotate(hit=Exists(RevokedSerial.objects.filter(revocation_list=OuterRef("pk"), serial__in=serials)))
    }
    for shown, issuer in zip(serials, path, strict=True):
        current = lists.get(issuer.pk)
        _check_timely(issuer, current, now=now)
        if current is not None and _listed(current, shown):
            raise NotYours("证书已被签发机构吊销，请联系签发机构换证", basis=rules.IDENTITY)


def _listed(current: RevocationList, serial: str) -> bool:
    return bool(getattr(current, "hit", True)) and RevokedSerial.objects.filter(revocation_list=current, serial=serial).exists()


def _check_timely(issuer: TrustAnchor, current: RevocationList | None, *, now: datetime) -> None:
    due = current.next_update if current else issuer.added_at
    if now > due and now > due + timedelta(hours=parameter(str(rules.LATE_LIST))):
        raise Unavailable(f"“{issuer.name}”的吊销列表逾期未更新，暂不能核验证书，请联系平台安全管理员", basis=rules.LATE_LIST)


def find(fingerprint: str) -> Certificate | None:
    """The certificate on file with its holder and three levels of authorities."""
    return (
        Certificate.objects.select_related("person__organization", "system__organization", "anchor__issuer__issuer")
        .defer("der", "anchor__der", "anchor__issuer__der", "anchor__issuer__issuer__der")
        .filter(fingerprint=fingerprint)
        .first()
    )


def check(certificate: Certificate, *, now: datetime) -> None:
    """Whether a certificate on file lets its holder in at ``now``. ``NotYours`` says why not; asked again with every request."""
    if certificate.status != CertificateStatus.BOUND:
        raise NotYours(_CLOSED[CertificateStatus(certificate.status)], basis=rules.RENEWAL)
    if not certificate.not_before <= now <= certificate.not_after:
        raise NotYours("证书不在有效期内，请换证后再登录", basis=rules.IDENTITY)
    holder = certificate.person or certificate.system
    if holder is None or not holder.organization.active or _gone(certificate):
        raise NotYours("证书持有者已离任、停用或所在单位已撤并", basis=rules.IDENTITY)
    path = _authorities(certificate)
    if any(anchor.withdrawn_at is not None or not anchor.not_before <= now <= anchor.not_after for anchor in path):
        raise NotYours("签发机构已撤出平台的信任名单或其证书已过期", basis=rules.IDENTITY)
    check_not_listed(certificate.serial, path, now=now)


_CLOSED = {
    CertificateStatus.PENDING: "这张证书换了密钥，须经安全管理员确认后才能使用",
    CertificateStatus.REJECTED: "这张证书未获安全管理员确认，请使用已绑定的证书",
    CertificateStatus.REVOKED: "这张证书已在平台停用，请联系安全管理员",
}


def _gone(certificate: Certificate) -> bool:
    person, system = certificate.person, certificate.system
    return (person is not None and person.left_at is not None) or (system is not None and system.retired_at is not None)


def _authorities(certificate: Certificate) -> list[TrustAnchor]:
    path = [certificate.anchor]
    while (issuer := path[-1].issuer) is not None:
        path.append(issuer)
    return path


def key_is_suspect(key_digest: str) -> bool:
    """Whether a certificate with this key was stopped here, or revoked by its authority for other than ordinary reasons."""
    same_key = Certificate.objects.filter(key_digest=key_digest)
    if same_key.filter(status__in=[CertificateStatus.REVOKED, CertificateStatus.REJECTED]).exists():
        return True
    listed = RevokedSerial.objects.exclude(reason__in=ORDINARY).filter(revocation_list__current=True)
    return any(
        listed.filter(revocation_list__anchor=anchor, serial=serial).exists() for anchor, serial in same_key.values_list("anchor", "serial")
    )


def certificates_of(holder: Person | System) -> list[Certificate]:
    """All certificates a person or a system ever had, the newest first."""
    return list(holder.certificates.defer("der").order_by("-presented_at", "-id"))
