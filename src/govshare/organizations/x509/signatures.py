"""Signature checks: RSA and ECDSA by ``cryptography``, SM2 with SM3 by the GmSSL library."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from gmssl_pyx.gmsslext import sm2_verify

from govshare.organizations.x509 import structure
from govshare.organizations.x509.errors import Untrusted

SM2_WITH_SM3: Final = "1.2.156.10197.1.501"
SM2_ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
#: GB/T 35276: the signer's id when none was agreed.
SM2_SIGNER: Final = b"1234567812345678"
SMALLEST_RSA: Final = 2048  # bits
CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How something was signed, as its signer says: ``oid``, and for RSA and ECDSA hash and padding."""

    oid: str
    hash: hashes.HashAlgorithm | None = None
    parameters: object = None


def algorithm_of(spki: bytes) -> str:
    """``rsa``, ``ecdsa`` or ``sm2``; refuses what is weak or unknown. ``spki`` is a DER SubjectPublicKeyInfo."""
    if structure.is_sm2(spki):
        structure.sm2_point(spki)
        return "sm2"
    match _load(spki):
        case rsa.RSAPublicKey() as key if key.key_size >= SMALLEST_RSA:
            return "rsa"
        case ec.EllipticCurvePublicKey() as key if isinstance(key.curve, CURVES):
            return "ecdsa"
    raise Untrusted("不支持这种密钥：请用 SM2、不少于2048位的 RSA，或 P-256、P-384、P-521 的 ECDSA")


def signed_by(spki: bytes, *, message: bytes, signature: bytes, scheme: Scheme) -> bool:
    """Whether the key signed ``message`` in the way a certificate or list names in its ``scheme``; SHA-1 and MD5 never count."""
    if structure.is_sm2(spki):
        return scheme.oid == SM2_WITH_SM3 and _sm2_signed(spki, message, signature)
    if not isinstance(scheme.hash, HASHES):
        return False
    key = _load(spki)
    try:
        if isinstance(key, rsa.RSAPublicKey) and isinstance(scheme.parameters, padding.PKCS1v15 | padding.PSS):
            key.verify(signature, message, scheme.parameters, scheme.hash)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(scheme.parameters, ec.ECDSA):
            key.verify(signature, message, scheme.parameters)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def answered_by(spki: bytes, *, text: str, signature: bytes) -> bool:
    """Whether the key signed a challenge: RSA (PKCS #1 v1.5 or PSS) or ECDSA with SHA-256, SM2 with SM3.

    ECDSA and SM2 signatures come as DER or, from USB-key middleware, as 64 bytes r‖s.
    """
    message = text.encode()
    if structure.is_sm2(spki):
        return _sm2_signed(spki, message, signature)
    key = _load(spki)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _holds(lambda: key.verify(_as_der(signature), message, ec.ECDSA(hashes.SHA256())))
    if isinstance(key, rsa.RSAPublicKey):
        ways = (padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO))
        return any(_holds(partial(key.verify, signature, message, way, hashes.SHA256())) for way in ways)
    return False


def _holds(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except InvalidSignature:
        return False
    return True


def _load(spki: bytes) -> object:
    try:
        return load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Untrusted("证书里的公钥无法识别") from error


def _sm2_signed(spki: bytes, message: bytes, signature: bytes) -> bool:
    try:
        der = _as_der(signature)
        r, s = decode_dss_signature(der)
    except (ValueError, InvalidSignature):
        return False
    if not (0 < r < SM2_ORDER and 0 < s < SM2_ORDER):
        return False
    return bool(sm2_verify(structure.sm2_point(spki), message, der, SM2_SIGNER))


def _as_der(signature: bytes) -> bytes:
    """Ecdsa-Sig-Value in DER, of itself or of r‖s; ``InvalidSignature`` for anything else."""
    try:
        return encode_dss_signature(*decode_dss_signature(signature))
    except ValueError:
        if len(signature) != 64:
            raise InvalidSignature from None
        return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
