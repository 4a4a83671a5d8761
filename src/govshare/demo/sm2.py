"""A second certificate authority of the demonstration, all SM2 with SM3, as the city's unified certificates are (CD2016-35).

Its people sign in by a signed challenge, the way USB-key middleware does: their keys never see TLS. Structures by
asn1crypto, signatures by the GmSSL library; below ``GOVSHARE_HOME/ca/sm2``.
"""

# mypy: disable-error-code="no-untyped-call"
# asn1crypto has no types

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import crl, keys, x509
from gmssl_pyx.gmsslext import sm2_key_generate, sm2_sign

_SM2_WITH_SM3 = "1.2.156.10197.1.501"
_SM2_CURVE = "1.2.156.10197.1.301"
_ROOT_LIFE, _LIFE, _LIST_LIFE = timedelta(days=3650), timedelta(days=1095), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sm2Identity:
    """A certificate, DER, and its key: 64 bytes of point, 32 bytes of secret."""

    der: bytes
    point: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    def sign(self, text: str) -> bytes:
        """DER signature over the UTF-8 of ``text``, with the signer's id that holds when none was agreed."""
        return bytes(sm2_sign(self.secret, self.point, text.encode()))


class Sm2Authority:
    """``Sm2Authority(directory, now=now)`` opens the authority, making it at first use."""

    def __init__(self, directory: Path, *, now: datetime) -> None:
        self.directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._name = _named("锦享演示SM2根证书", "锦享演示")
        self._root = self.identity("root") or self._keep("root", self._certify(self._name, authority=True, life=_ROOT_LIFE, now=now))

    @property
    def root(self) -> bytes:
        """The root's certificate, DER."""
        return self._root.der

    def identity(self, stem: str) -> Sm2Identity | None:
        """What was issued under ``stem`` before."""
        certificate, key = self.directory / f"{stem}.der", self.directory / f"{stem}.key"
        if not (certificate.exists() and key.exists()):
            return None
        secret = bytes.fromhex(key.read_text())
        return Sm2Identity(certificate.read_bytes(), secret[:64], secret[64:])

    def person(self, stem: str, *, name: str, organization: str, now: datetime) -> Sm2Identity:
        return self._keep(stem, self._certify(_named(name, organization), authority=False, life=_LIFE, now=now))

    def revocation_list(self, *, now: datetime) -> bytes:
        """An empty list, signed anew, DER; to be loaded at every start."""
        body = crl.TbsCertList(
            {
                "version": "v2",
                "signature": {"algorithm": _SM2_WITH_SM3},
                "issuer": self._name,
                "this_update": {"utc_time": now.replace(microsecond=0)},
                "next_update": {"utc_time": (now + _LIST_LIFE).replace(microsecond=0)},
            }
        )
        signed = {"tbs_cert_list": body, "signature_algorithm": {"algorithm": _SM2_WITH_SM3}, "signature": self._signature(body.dump())}
        return bytes(crl.CertificateList(signed).dump())

    def _signature(self, body: bytes) -> bytes:
        return bytes(sm2_sign(self._root.secret, self._root.point, body))

    def _certify(self, subject: x509.Name, *, authority: bool, life: timedelta, now: datetime) -> Sm2Identity:
        point, secret = sm2_key_generate()
        body = x509.TbsCertificate(
            {
                "version": "v3",
                "serial_number": secrets.randbits(120) + 1,
                "signature": {"algorithm": _SM2_WITH_SM3},
                "issuer": self._name,
                "validity": {
                    "not_before": {"utc_time": (now - timedelta(minutes=5)).replace(microsecond=0)},
                    "not_after": {"utc_time": (now + life).replace(microsecond=0)},
                },
                "subject": subject,
                "subject_public_key_info": _public(point),
                "extensions": _extensions(authority=authority),
            }
        )
        signer = (secret, point) if authority else (self._root.secret, self._root.point)
        signature = bytes(sm2_sign(*signer, body.dump()))
        signed = {"tbs_certificate": body, "signature_algorithm": {"algorithm": _SM2_WITH_SM3}, "signature_value": signature}
        return Sm2Identity(bytes(x509.Certificate(signed).dump()), point, secret)

    def _keep(self, stem: str, identity: Sm2Identity) -> Sm2Identity:
        key = self.directory / f"{stem}.key"
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write((identity.point + identity.secret).hex())
        (self.directory / f"{stem}.der").write_bytes(identity.der)
        return identity


def _named(common_name: str, organization: str) -> x509.Name:
    name: x509.Name = x509.Name.build({"country_name": "CN", "organization_name": organization, "common_name": common_name})
    return name


def _public(point: bytes) -> keys.PublicKeyInfo:
    return keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", _SM2_CURVE)},
            "public_key": keys.ECPointBitString(b"\x04" + point),
        }
    )


def _extensions(*, authority: bool) -> list[dict[str, object]]:
    usage = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    found: list[dict[str, object]] = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": authority}},
        {"extn_id": "key_usage", "critical": True, "extn_value": usage},
    ]
    if not authority:
        found.append({"extn_id": "extended_key_usage", "critical": False, "extn_value": ["client_auth"]})
    return found
