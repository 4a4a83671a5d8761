"""Everybody's certificates, and the server's: issued by the demonstration's authorities, bound by the 安全管理员 (CD2016-35, PC-16).

Lists of revoked certificates live a week; building the city, at every start, loads fresh ones.
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from govshare.demo.authority import DemoAuthority, Identity
from govshare.demo.city.posts import City
from govshare.demo.roster import AUTHORITY, BODIES, LABOUR, MARKET, Body
from govshare.demo.sm2 import Sm2Authority
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.organizations.models import System, TrustAnchor
from govshare.organizations.rules import posts_of
from govshare.organizations.services import certificates, systems, trust
from govshare.organizations.x509.certificates import read

SYSTEM_NAME = "业务协同系统"
#: Who signs in with an SM2 certificate as well.
SM2_PERSON = (LABOUR, Role.RESOURCE_ADMIN)


def stem(body: Body, role: Role) -> str:
    """Name of the files of the person in this post, below ``ca``."""
    return f"{body.key}-{role}"


def issue_all(city: City, now: datetime) -> None:
    authority = DemoAuthority(now=now)
    sm2 = Sm2Authority(authority.directory / "sm2", now=now)
    guard = city.actor(AUTHORITY, Role.SECURITY_ADMIN)
    _trust("锦享演示根证书", authority.root, authority.renew_list(now=now), by=guard, now=now)
    _trust("锦享演示SM2根证书", sm2.root, sm2.revocation_list(now=now), by=guard, now=now)
    _serve(authority, now)
    for body in BODIES:
        for role in posts_of(city.organization(body)):
            _person(city, authority, body, role, now)
    _sm2_person(city, sm2, now)
    _system(city, authority, MARKET, now)


def _trust(name: str, root: bytes, revoked: bytes, *, by: Actor, now: datetime) -> None:
    if not TrustAnchor.objects.filter(fingerprint=read(root).fingerprint).exists():
        trust.add_anchor(name=name, certificate=root, by=by, now=now)
    trust.load_list(data=revoked, by=by, now=now)


def _serve(authority: DemoAuthority, now: datetime) -> None:
    """The platform's own server certificate, where its settings look for one."""
    hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host]
    identity = authority.identity("server") or authority.server("server", hosts=hosts, now=now)
    for source, target in ((identity.certificate, settings.GOVSHARE_TLS_CERTIFICATE), (identity.key, settings.GOVSHARE_TLS_KEY)):
        path = Path(target)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(source.read_bytes())


def _person(city: City, authority: DemoAuthority, body: Body, role: Role, now: datetime) -> None:
    person = city.person(body, role)
    name = stem(body, role)
    identity = authority.identity(name) or authority.person(name, name=person.name, organization=body.name, now=now)
    if not person.certificates.filter(fingerprint=read(identity.der).fingerprint).exists():
        certificates.bind(certificate=identity.der, person=person.pk, by=_binder(city, body, role), now=now)


def _binder(city: City, body: Body, role: Role) -> Actor:
    """The 安全管理员; for the 安全管理员 the leader of the authority, because nobody binds an own certificate."""
    own = (body, role) == (AUTHORITY, Role.SECURITY_ADMIN)
    return city.actor(AUTHORITY, Role.LEADER if own else Role.SECURITY_ADMIN)


def _sm2_person(city: City, sm2: Sm2Authority, now: datetime) -> None:
    body, role = SM2_PERSON
    person, name = city.person(body, role), stem(body, role)
    identity = sm2.identity(name) or sm2.person(name, name=person.name, organization=body.name, now=now)
    if not person.certificates.filter(fingerprint=read(identity.der).fingerprint).exists():
        certificates.bind(certificate=identity.der, person=person.pk, by=city.actor(AUTHORITY, Role.SECURITY_ADMIN), now=now)


def _system(city: City, authority: DemoAuthority, body: Body, now: datetime) -> None:
    """One department's system, which will call the gateway."""
    organization, by = city.organization(body), city.actor(body, Role.RESOURCE_ADMIN)
    system = System.objects.filter(organization=organization, name=SYSTEM_NAME).first() or systems.register(
        organization=organization.pk, name=SYSTEM_NAME, purpose="调用共享平台网关", by=by, now=now
    )
    name = f"{body.key}-system"
    identity: Identity = authority.identity(name) or authority.system(name, name=SYSTEM_NAME, organization=body.name, now=now)
    if not system.certificates.filter(fingerprint=read(identity.der).fingerprint).exists():
        certificates.bind(certificate=identity.der, system=system.pk, by=city.actor(AUTHORITY, Role.SECURITY_ADMIN), now=now)
