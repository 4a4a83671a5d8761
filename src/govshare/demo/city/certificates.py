"""Everybody's certificates, and the server's: issued by the demonstration's authorities, bound by the 安全管理员 (CD2016-35, PC-16).

Lists of revoked certificates live a week; every start loads fresh ones (``renew``).
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from govshare.demo.authority import DemoAuthority, Identity
from govshare.demo.city.agenda import Story, soon
from govshare.demo.city.people import City
from govshare.demo.roster import AUTHORITY, LABOUR, Body
from govshare.demo.sm2 import Sm2Authority
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate
from govshare.organizations.services import certificates, systems, trust

SYSTEM_NAME = "业务协同系统"
#: Who signs in with an SM2 certificate as well.
SM2_PERSON = (LABOUR, Role.RESOURCE_ADMIN)
#: Who carries an RSA key.
RSA_PERSON = (AUTHORITY, Role.AUDIT_ADMIN)


def stem(body: Body, role: Role) -> str:
    """Name of the files of the person in this post, below ``ca``."""
    return f"{body.key}-{body.holder(role)}"


def trust_all(city: City) -> None:
    """The roots and their first lists of what is revoked."""
    ours = DemoAuthority(now=city.now)
    chinese = Sm2Authority(ours.directory / "sm2", now=city.now)
    city.issuers = (ours, chinese)
    guard = city.actor(AUTHORITY, Role.SECURITY_ADMIN)
    for name, root, revoked in (
        ("锦享演示根证书", ours.root, ours.renew_list(now=city.now)),
        ("锦享演示SM2根证书", chinese.root, chinese.revocation_list(now=city.now)),
    ):
        trust.add_anchor(name=name, certificate=root, by=guard, now=city.now)
        trust.load_list(data=revoked, by=guard, now=city.now)


def renew_lists(city: City) -> None:
    """Lists of that day: without them nobody new gets in."""
    ours, chinese = _issuers(city)
    for revoked in (ours.renew_list(now=city.now), chinese.revocation_list(now=city.now)):
        trust.load_list(data=revoked, by=PLATFORM, now=city.now)


def renew(now: datetime) -> None:
    """At every start: fresh lists, and the platform's own server certificate where its settings look for one."""
    ours = DemoAuthority(now=now)
    chinese = Sm2Authority(ours.directory / "sm2", now=now)
    for revoked in (ours.renew_list(now=now), chinese.revocation_list(now=now)):
        trust.load_list(data=revoked, by=PLATFORM, now=now)
    _serve(ours, now)


def _serve(authority: DemoAuthority, now: datetime) -> None:
    hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host]
    identity = authority.identity("server") or authority.server("server", hosts=hosts, now=now)
    for source, target in ((identity.certificate, settings.GOVSHARE_TLS_CERTIFICATE), (identity.key, settings.GOVSHARE_TLS_KEY)):
        path = Path(target)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(source.read_bytes())


def issue(city: City, body: Body, role: Role, *, name: str = "") -> Identity:
    """The certificate of the person in this post, bound. ``name`` of its files, if not the post's."""
    ours, chinese = _issuers(city)
    person, files = city.person(body, role), name or stem(body, role)
    rsa = (body, role) == RSA_PERSON
    identity = ours.person(files, name=person.name, organization=body.name, now=city.now, rsa_key=rsa)
    certificates.bind(certificate=identity.der, person=person.pk, by=_binder(city, body, role), now=city.now)
    if (body, role) == SM2_PERSON:
        second = chinese.person(files, name=person.name, organization=body.name, now=city.now)
        certificates.bind(certificate=second.der, person=person.pk, by=_binder(city, body, role), now=city.now)
    city.changed(body)
    return identity


def present(city: City, body: Body, role: Role) -> Certificate:
    """Somebody shows up with a renewed certificate for a new key: it waits for the 安全管理员 (PC-16)."""
    ours, _ = _issuers(city)
    person = city.person(body, role)
    identity = ours.person(f"{stem(body, role)}-new", name=person.name, organization=body.name, now=city.now)
    return certificates.admit(der=identity.der, now=city.now)


def system_registered(city: City, body: Body) -> Story:
    """One department's system, which will call the gateway."""
    ours, _ = _issuers(city)
    system = systems.register(
        organization=city.organization(body).pk,
        name=SYSTEM_NAME,
        purpose="调用共享平台网关",
        by=city.actor(body, Role.RESOURCE_ADMIN),
        now=city.now,
    )
    yield soon(30)
    identity = ours.system(f"{body.key}-system", name=SYSTEM_NAME, organization=body.name, now=city.now)
    certificates.bind(certificate=identity.der, system=system.pk, by=city.actor(AUTHORITY, Role.SECURITY_ADMIN), now=city.now)


def _issuers(city: City) -> tuple[DemoAuthority, Sm2Authority]:
    if city.issuers is None:
        raise LookupError("the authorities are trusted first")
    return city.issuers


def _binder(city: City, body: Body, role: Role) -> Actor:
    """The 安全管理员; for the 安全管理员 the leader of the authority, because nobody binds an own certificate."""
    own = (body, role) == (AUTHORITY, Role.SECURITY_ADMIN)
    return city.actor(AUTHORITY, Role.LEADER if own else Role.SECURITY_ADMIN)
