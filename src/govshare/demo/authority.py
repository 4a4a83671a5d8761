"""The demonstration's own certificate authority: root, revocation list, certificates and PKCS #12 files below ``GOVSHARE_HOME/ca``.

It exists in the demonstration only; production uses the city's unified certificates (CD2016-35) and this module refuses to work there.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from govshare.kernel.errors import NotYours
from govshare.regulation.articles import cite

#: Opens every PKCS #12 file of the demonstration; they are worth nothing elsewhere.
PASSPHRASE = "govshare-demo"  # noqa: S105 - published on purpose
LIFE, LIST_LIFE = timedelta(days=1095), timedelta(days=7)
#: Rounds of the bundles' key derivation: their passphrase is published, and there are hundreds of them.
_ROUNDS = 2048
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_STEM = re.compile(r"[\w.-]{1,80}")


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, and where both lie as PEM and PKCS #12."""

    der: bytes = field(repr=False)
    certificate: Path  # PEM
    key: Path  # PEM, 0600
    bundle: Path  # PKCS #12, for browsers


class DemoAuthority:
    """``DemoAuthority(now=now)`` opens the authority below ``GOVSHARE_HOME/ca``, making it at first use."""

    def __init__(self, *, now: datetime, directory: Path | None = None) -> None:
        if not settings.GOVSHARE_DEMO:
            raise NotYours("内置证书机构只在演示中可用，请使用统一的数字证书", basis=cite("CD2016-35"))
        self.directory = directory or settings.GOVSHARE_HOME / "ca"
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path("root.pem").exists():
            self._make_root(now)
        self._root = x509.load_pem_x509_certificate(self._path("root.pem").read_bytes())
        key = load_pem_private_key(self._path("root.key").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("root.key holds no ECDSA key")
        self._key = key
        if not self._path("root.crl").exists():
            self._write_list([], now)

    @property
    def root(self) -> bytes:
        """The root's certificate, PEM: the platform's trust anchor in the demonstration."""
        return self._path("root.pem").read_bytes()

    @property
    def revocation_list(self) -> bytes:
        """The list in force, DER."""
        return self._path("root.crl").read_bytes()

    def person(self, stem: str, *, name: str, organization: str, now: datetime, rsa_key: bool = False) -> Identity:
        """A certificate for signing in; ``stem`` names its files. The key is ECDSA P-256, or RSA of 2048 bits."""
        return self._issue(stem, _name(name, organization), usage=ExtendedKeyUsageOID.CLIENT_AUTH, hosts=(), now=now, rsa_key=rsa_key)

    def system(self, stem: str, *, name: str, organization: str, now: datetime) -> Identity:
        """A certificate for a department's system."""
        return self._issue(stem, _name(name, organization), usage=ExtendedKeyUsageOID.CLIENT_AUTH, hosts=(), now=now)

    def server(self, stem: str, *, hosts: Sequence[str], now: datetime) -> Identity:
        """A certificate for a TLS server reached under ``hosts``, names or addresses."""
        return self._issue(stem, _name(hosts[0], "锦享演示"), usage=ExtendedKeyUsageOID.SERVER_AUTH, hosts=hosts, now=now)

    def identity(self, stem: str) -> Identity | None:
        """What was issued under ``stem`` before."""
        paths = self._paths(stem)
        if not all(path.exists() for path in paths):
            return None
        return Identity(x509.load_pem_x509_certificate(paths[0].read_bytes()).public_bytes(Encoding.DER), *paths)

    def revoke(self, identity: Identity, *, now: datetime) -> bytes:
        """Put a certificate in the list; return the new list, DER. The platform knows once the list is loaded."""
        serial = x509.load_der_x509_certificate(identity.der).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        others = [row for row in self._listed() if row.serial_number != serial]
        return self._write_list([*others, entry.build()], now)

    def renew_list(self, *, now: datetime) -> bytes:
        """The same list, signed anew; to be loaded at every start, for a list lives a week."""
        return self._write_list(self._listed(), now)

    def _listed(self) -> list[x509.RevokedCertificate]:
        return list(x509.load_der_x509_crl(self.revocation_list))

    def _write_list(self, entries: Sequence[x509.RevokedCertificate], now: datetime) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._root.subject)
        builder = builder.last_update(now).next_update(now + LIST_LIFE)
        for entry in entries:
            builder = builder.add_revoked_certificate(entry)
        data = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)
        _write(self._path("root.crl"), data)
        return data

    def _make_root(self, now: datetime) -> None:
        key, subject = ec.generate_private_key(ec.SECP256R1()), _name("锦享演示根证书", "锦享演示")
        builder = _builder(subject, subject, key.public_key(), now, timedelta(days=3650)).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        certificate = builder.add_extension(_usage(authority=True), critical=True).sign(key, hashes.SHA256())
        _write(self._path("root.key"), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        _write(self._path("root.pem"), certificate.public_bytes(Encoding.PEM))

    def _issue(
        self, stem: str, subject: x509.Name, *, usage: x509.ObjectIdentifier, hosts: Sequence[str], now: datetime, rsa_key: bool = False
    ) -> Identity:
        key: Key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._root.subject, key.public_key(), now, LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(authority=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(issuer, critical=False)  # newer clients insist on it
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return self._keep(stem, certificate, key)

    def _keep(self, stem: str, certificate: x509.Certificate, key: Key) -> Identity:
        pem, secret, bundle = self._paths(stem)
        encryption = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_ROUNDS).build(PASSPHRASE.encode())
        _write(secret, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        _write(bundle, serialize_key_and_certificates(stem.encode(), key, certificate, [self._root], encryption))
        _write(pem, certificate.public_bytes(Encoding.PEM))
        return Identity(certificate.public_bytes(Encoding.DER), pem, secret, bundle)

    def _paths(self, stem: str) -> tuple[Path, Path, Path]:
        if not _STEM.fullmatch(stem):
            raise ValueError(f"not a file name: {stem}")
        return self._path(f"{stem}.pem"), self._path(f"{stem}.key"), self._path(f"{stem}.p12")

    def _path(self, name: str) -> Path:
        return self.directory / name


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, data: bytes) -> None:
    """Replace the file in one step; nobody else may read it."""
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    draft.replace(path)
