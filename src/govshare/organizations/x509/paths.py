"""From a certificate up to a trusted root (RFC 5280, section 6, without policies and name constraints: those are refused when critical)."""

from collections.abc import Sequence
from datetime import datetime

from govshare.organizations.x509.certificates import ReadCertificate
from govshare.organizations.x509.errors import Untrusted

LONGEST = 6  # certificates from leaf to root


def check_client(
    leaf: ReadCertificate, *, roots: Sequence[ReadCertificate], between: Sequence[ReadCertificate], now: datetime
) -> list[ReadCertificate]:
    """Return the issuers of ``leaf``, nearest first, root last; or say why there is no way up at ``now``."""
    if leaf.is_authority:
        raise Untrusted("这是签发机构的证书，不能用来登录")
    if leaf.may_sign is False or leaf.client_use is False:
        raise Untrusted("这张证书的用途不含身份认证，请用签名证书")
    _check_dates(leaf, now)
    path = climb(leaf, roots=roots, between=between)
    for issuer in path:
        _check_dates(issuer, now)
    return path


def climb(certificate: ReadCertificate, *, roots: Sequence[ReadCertificate], between: Sequence[ReadCertificate]) -> list[ReadCertificate]:
    """Issuers by name and signature, each allowed to issue, none pathologically long."""
    _check_extensions(certificate)
    path: list[ReadCertificate] = []
    current = certificate
    while len(path) < LONGEST:
        root = next((root for root in roots if root.issued(current)), None)
        issuer = root or next((other for other in between if other.issued(current)), None)
        if issuer is None:
            raise Untrusted("签发机构不在平台的信任名单内")
        _check_issuer(issuer, below=sum(not step.self_issued for step in path))
        path.append(issuer)
        if root is not None:
            return path
        current = issuer
    raise Untrusted("证书链过长")


def _check_issuer(issuer: ReadCertificate, *, below: int) -> None:
    _check_extensions(issuer)
    if not issuer.is_authority or issuer.may_sign_certificates is False:
        raise Untrusted("签发者的证书不允许签发证书")
    if issuer.path_length is not None and below > issuer.path_length:
        raise Untrusted("证书链超过签发机构允许的层数")


def _check_extensions(certificate: ReadCertificate) -> None:
    if certificate.critical_unknown:
        raise Untrusted(f"证书含有平台不能识别的关键扩展（{'、'.join(certificate.critical_unknown)}）")


def _check_dates(certificate: ReadCertificate, now: datetime) -> None:
    if now < certificate.not_before:
        raise Untrusted("证书尚未生效")
    if now > certificate.not_after:
        raise Untrusted("证书已过期，请换证后再登录")
