"""Certificate authorities for tests: RSA and ECDSA by ``cryptography``, SM2 by the ``openssl`` command.

Nothing of the platform is used here, so that what it accepts was made by somebody else.
"""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def key(algorithm: str = "ecdsa") -> Key:
    if algorithm == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def name(common_name: str, organization: str = "测试") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass
class Issued:
    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, text: str, *, pss: bool = False) -> bytes:
        """What a USB key's middleware answers to a challenge."""
        message = text.encode()
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        way = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else padding.PKCS1v15()
        return self.key.sign(message, way, hashes.SHA256())

    def write(self, directory: Path, stem: str) -> tuple[Path, Path]:
        """Certificate and key as PEM files."""
        paths = directory / f"{stem}.pem", directory / f"{stem}.key"
        paths[0].write_bytes(self.pem)
        paths[1].write_bytes(self.key_pem)
        return paths


@dataclass
class Authority:
    """``Authority.root("城市CA")``; ``authority.issue("张三")``; ``authority.subordinate("二级CA")``."""

    issued: Issued
    revoked: dict[int, tuple[datetime, x509.ReasonFlags]] = field(default_factory=dict)

    @classmethod
    def root(cls, common_name: str, algorithm: str = "ecdsa", **options: object) -> "Authority":
        own = key(algorithm)
        return cls(_make(name(common_name), own, None, authority=True, **options))

    @property
    def pem(self) -> bytes:
        return self.issued.pem

    def subordinate(self, common_name: str, **options: object) -> "Authority":
        return Authority(_make(name(common_name), key(), self.issued, authority=True, **options))

    def issue(self, common_name: str, *, algorithm: str = "ecdsa", own: Key | None = None, **options: object) -> Issued:
        return _make(name(common_name), own or key(algorithm), self.issued, **options)

    def revoke(self, issued: Issued, *, reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise, at: datetime | None = None) -> None:
        self.revoked[issued.certificate.serial_number] = (at or datetime.now(UTC), reason)

    def revocation_list(self, *, at: datetime | None = None, hours: float = 24, extension: x509.ExtensionType | None = None) -> bytes:
        """DER of a list of all that was revoked, good for ``hours`` from ``at``."""
        since = at or datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issued.certificate.subject)
        builder = builder.last_update(since).next_update(since + timedelta(hours=hours))
        for serial, (moment, reason) in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
            builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(reason), critical=False).build())
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.issued.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _make(
    subject: x509.Name,
    own: Key,
    issuer: Issued | None,
    *,
    authority: bool = False,
    path_length: int | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    usages: Iterable[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    signs: bool = True,
    hosts: Iterable[str] = (),
    extra: x509.ExtensionType | None = None,
    digest: hashes.HashAlgorithm | None = None,
) -> Issued:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts or now - timedelta(days=1))
        .not_valid_after(ends or now + timedelta(days=3650 if authority else 365))
        .add_extension(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=signs and not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
    if hosts:
        names = [x509.IPAddress(ip_address(h)) if h[0].isdigit() else x509.DNSName(h) for h in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    signer = issuer.key if issuer else own
    return Issued(builder.sign(signer, digest or hashes.SHA256()), own)


SM2_ID = "distid:1234567812345678"


@dataclass
class Sm2Authority:
    """An SM2 authority of the ``openssl`` command, in a directory of its own."""

    directory: Path

    def __post_init__(self) -> None:
        self._openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", "ca.key")
        self._openssl(
            *("req", "-x509", "-new", "-key", "ca.key", "-sm3", "-sigopt", SM2_ID, "-subj", "/C=CN/O=Test/CN=SM2 Root"),
            *("-days", "3650", "-out", "ca.pem", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )
        (self.directory / "index.txt").write_text("")
        (self.directory / "ca.cnf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sm3\npolicy=p\n"
            "default_crl_days=2\n[p]\ncommonName=supplied\n[leaf]\nbasicConstraints=critical,CA:FALSE\n"
            "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n"
        )

    @property
    def pem(self) -> bytes:
        return (self.directory / "ca.pem").read_bytes()

    def issue(self, stem: str, common_name: str) -> bytes:
        """PEM of a fresh key's certificate; the key stays in ``stem.key``."""
        self._openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", f"{stem}.key")
        subject = f"/C=CN/O=Test/CN={common_name}"
        self._openssl("req", "-new", "-key", f"{stem}.key", "-sm3", "-sigopt", SM2_ID, "-utf8", "-subj", subject, "-out", f"{stem}.csr")
        self._openssl(
            *("x509", "-req", "-in", f"{stem}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-sm3", "-sigopt", SM2_ID, "-vfyopt", SM2_ID),
            *("-days", "100", "-extfile", "ca.cnf", "-extensions", "leaf", "-CAcreateserial", "-out", f"{stem}.pem"),
        )
        return (self.directory / f"{stem}.pem").read_bytes()

    def sign(self, stem: str, text: str) -> bytes:
        (self.directory / "text").write_bytes(text.encode())
        return self._openssl("dgst", "-sm3", "-sign", f"{stem}.key", "-sigopt", SM2_ID, "text")

    def revoke(self, stem: str) -> None:
        self._openssl("ca", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-revoke", f"{stem}.pem")

    def revocation_list(self) -> bytes:
        self._openssl("ca", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-sigopt", SM2_ID, "-gencrl", "-out", "crl.pem")
        return (self.directory / "crl.pem").read_bytes()

    def _openssl(self, *arguments: str) -> bytes:
        return subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True).stdout
