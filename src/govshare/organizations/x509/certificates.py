"""Reading one certificate into plain values."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from govshare.organizations.x509 import signatures, structure
from govshare.organizations.x509.errors import MALFORMED, Untrusted
from govshare.organizations.x509.signatures import Scheme

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
LARGEST = 16 * 1024  # bytes; a certificate is one or two kilobytes

#: Critical extensions this platform acts upon; any other critical one means: do not use (RFC 5280, 4.2).
_UNDERSTOOD = frozenset({ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE})


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """What a certificate says. Names are DER, so that they compare byte by byte; ``None`` usages: it does not say."""

    der: bytes = field(repr=False)
    serial: str  # lower-case hex
    subject: str
    subject_name: bytes = field(repr=False)
    issuer_name: bytes = field(repr=False)
    spki: bytes = field(repr=False)
    algorithm: str  # rsa, ecdsa or sm2
    not_before: datetime
    not_after: datetime
    is_authority: bool
    path_length: int | None
    may_sign: bool | None
    may_sign_certificates: bool | None
    may_sign_lists: bool | None
    client_use: bool | None
    critical_unknown: tuple[str, ...]
    signed_part: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    scheme: Scheme

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER, lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def key_digest(self) -> str:
        return hashlib.sha256(self.spki).hexdigest()

    @property
    def subject_digest(self) -> str:
        return hashlib.sha256(self.subject_name).hexdigest()

    @property
    def self_issued(self) -> bool:
        return self.subject_name == self.issuer_name

    def valid_at(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after

    def issued(self, other: "ReadCertificate") -> bool:
        """Whether ``other`` names this one as its issuer and carries its signature."""
        return other.issuer_name == self.subject_name and signatures.signed_by(
            self.spki, message=other.signed_part, signature=other.signature, scheme=other.scheme
        )


def hex_serial(number: int) -> str:
    return format(number, "x")


def read(data: bytes) -> ReadCertificate:
    """Read one certificate, DER or PEM. Raises ``Untrusted`` with what is wrong."""
    if len(data) > LARGEST:
        raise Untrusted("证书过大，请核对文件")
    try:
        certificate = x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data[:200] else x509.load_der_x509_certificate(data)
        der = certificate.public_bytes(Encoding.DER)
        if not der.endswith(b"\x00" + certificate.signature):  # a bit string with unused bits: a second spelling of the same certificate
            raise Untrusted("证书编码不规范")
        return _described(certificate, der, structure.public_key_info(der))
    except MALFORMED as error:
        raise Untrusted("证书无法读取，请核对是否为 X.509 证书（DER 或 PEM）") from error


def _described(certificate: x509.Certificate, der: bytes, spki: bytes) -> ReadCertificate:
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    return ReadCertificate(
        der=der,
        serial=hex_serial(certificate.serial_number),
        subject=certificate.subject.rfc4514_string()[:400],
        subject_name=certificate.subject.public_bytes(),
        issuer_name=certificate.issuer.public_bytes(),
        spki=spki,
        algorithm=signatures.algorithm_of(spki),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_authority=constraints is not None and constraints.ca,
        path_length=None if constraints is None else constraints.path_length,
        may_sign=None if usage is None else usage.digital_signature,
        may_sign_certificates=None if usage is None else usage.key_cert_sign,
        may_sign_lists=None if usage is None else usage.crl_sign,
        client_use=None if extended is None else _for_clients(extended),
        critical_unknown=tuple(e.oid.dotted_string for e in certificate.extensions if e.critical and e.oid not in _UNDERSTOOD),
        signed_part=certificate.tbs_certificate_bytes,
        signature=certificate.signature,
        scheme=scheme_of(certificate),
    )


def _for_clients(extended: x509.ExtendedKeyUsage) -> bool:
    return ExtendedKeyUsageOID.CLIENT_AUTH in extended or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in extended


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def scheme_of(signed: x509.Certificate | x509.CertificateRevocationList) -> Scheme:
    """How the certificate or list says it was signed."""
    oid = signed.signature_algorithm_oid.dotted_string
    if oid == signatures.SM2_WITH_SM3:
        return Scheme(oid)
    try:
        return Scheme(oid, signed.signature_hash_algorithm, signed.signature_algorithm_parameters)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise Untrusted("不支持证书的签名算法") from error
