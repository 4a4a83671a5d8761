"""The few places where the bytes of a key are taken apart, because no key loader here knows the SM2 curve."""

from asn1crypto.core import Any, ObjectIdentifier, OctetBitString, Sequence
from asn1crypto.x509 import Certificate
from gmssl_pyx.gmsslext import InvalidValueError
from gmssl_pyx.sm2_utils import normalize_sm2_public_key

from govshare.organizations.x509.errors import Untrusted

EC_KEY = "1.2.840.10045.2.1"
SM2_CURVE = "1.2.156.10197.1.301"


class _Algorithm(Sequence):
    _fields = [("algorithm", ObjectIdentifier), ("parameters", Any, {"optional": True})]


class _KeyInfo(Sequence):
    """SubjectPublicKeyInfo without guesses at what an algorithm's parameters mean."""

    _fields = [("algorithm", _Algorithm), ("key", OctetBitString)]


def public_key_info(certificate_der: bytes) -> bytes:
    """The DER SubjectPublicKeyInfo of a DER certificate."""
    return bytes(Certificate.load(certificate_der).public_key.dump())  # type: ignore[no-untyped-call]


def is_sm2(spki: bytes) -> bool:
    try:
        algorithm = _KeyInfo.load(spki)["algorithm"]  # type: ignore[no-untyped-call]
        if algorithm["algorithm"].dotted != EC_KEY:
            return False
        return bool(algorithm["parameters"].parse(ObjectIdentifier).dotted == SM2_CURVE)
    except (ValueError, TypeError):
        return False


def sm2_point(spki: bytes) -> bytes:
    """64 bytes x‖y of a point on the SM2 curve."""
    point = _KeyInfo.load(spki)["key"].native  # type: ignore[no-untyped-call]
    if len(point) != 65 or point[0] != 4:
        raise Untrusted("证书里的 SM2 公钥无法识别")
    try:
        return bytes(normalize_sm2_public_key(point[1:]))
    except InvalidValueError as error:
        raise Untrusted("证书里的 SM2 公钥不在曲线上") from error
