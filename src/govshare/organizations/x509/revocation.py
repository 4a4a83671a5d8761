"""Revocation lists 「吊销列表」 (RFC 5280, section 5): whole, direct lists only."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from govshare.organizations.x509 import signatures
from govshare.organizations.x509.certificates import ReadCertificate, hex_serial, scheme_of
from govshare.organizations.x509.errors import MALFORMED, Untrusted

LARGEST = 64 * 1024 * 1024  # bytes; about a million lines


@dataclass(frozen=True, slots=True)
class Line:
    serial: str  # lower-case hex
    since: datetime
    reason: str  # the standard's own word; ``unspecified`` when none is given


@dataclass(frozen=True, slots=True)
class ReadList:
    der: bytes = field(repr=False)
    issuer_name: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime
    lines: tuple[Line, ...] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER, lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()


def read(data: bytes) -> tuple[ReadList, x509.CertificateRevocationList]:
    """Read a list, DER or PEM, whose signature nobody has checked yet."""
    if len(data) > LARGEST:
        raise Untrusted("吊销列表过大，请核对文件")
    try:
        parsed = x509.load_pem_x509_crl(data) if b"-----BEGIN" in data[:200] else x509.load_der_x509_crl(data)
        if parsed.next_update_utc is None:
            raise Untrusted("吊销列表没有写明下次更新时间，不能使用")
        _check_whole(parsed)
        lines = {line.serial: line for line in map(_line, parsed)}
        read_list = ReadList(
            der=parsed.public_bytes(Encoding.DER),
            issuer_name=parsed.issuer.public_bytes(),
            this_update=parsed.last_update_utc,
            next_update=parsed.next_update_utc,
            lines=tuple(lines.values()),
        )
    except MALFORMED as error:
        raise Untrusted("吊销列表无法读取，请核对是否为 X.509 CRL（DER 或 PEM）") from error
    return read_list, parsed


def signed_by(parsed: x509.CertificateRevocationList, issuer: ReadCertificate) -> bool:
    """Whether ``issuer`` may sign lists and signed this one."""
    return (
        issuer.is_authority
        and issuer.may_sign_lists is not False
        and parsed.issuer.public_bytes() == issuer.subject_name
        and signatures.signed_by(issuer.spki, message=parsed.tbs_certlist_bytes, signature=parsed.signature, scheme=scheme_of(parsed))
    )


def _check_whole(parsed: x509.CertificateRevocationList) -> None:
    """A delta, partial or indirect list says nothing about the certificates it leaves out."""
    for extension in parsed.extensions:
        value = extension.value
        if isinstance(value, x509.IssuingDistributionPoint) and not (
            value.only_contains_ca_certs
            or value.only_contains_attribute_certs
            or value.indirect_crl
            or value.only_some_reasons
            or value.only_contains_user_certs
        ):
            continue
        if extension.critical or extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            raise Untrusted("请装载完整的吊销列表：增量、分段或间接的列表不能使用")


def _line(entry: x509.RevokedCertificate) -> Line:
    reason = "unspecified"
    for extension in entry.extensions:
        if extension.oid == CRLEntryExtensionOID.CRL_REASON and isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason.value
        elif extension.critical:
            raise Untrusted("吊销列表含有平台不能识别的关键扩展")
    return Line(hex_serial(entry.serial_number), entry.revocation_date_utc, reason)
