"""The demonstration's certificate authority: real certificates, and none outside the demonstration."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from govshare.demo.authority import PASSPHRASE, DemoAuthority
from govshare.kernel.errors import NotYours
from govshare.organizations.x509 import certificates, paths, revocation

pytestmark = pytest.mark.article("CD2016-35")
NOW = datetime.now(UTC)


@pytest.fixture
def authority(tmp_path) -> DemoAuthority:
    return DemoAuthority(now=NOW, directory=tmp_path / "ca")


def test_outside_the_demonstration_it_refuses_to_work(settings, tmp_path):
    settings.GOVSHARE_DEMO = False

    with pytest.raises(NotYours, match="演示"):
        DemoAuthority(now=NOW, directory=tmp_path / "ca")

    assert not (tmp_path / "ca").exists()


def test_what_it_issues_leads_to_its_root(authority):
    person = authority.person("provider-reviewer", name="王敏", organization="市市场监管局", now=NOW)
    machine = authority.system("provider-system", name="业务协同系统", organization="市市场监管局", now=NOW)
    root = certificates.read(authority.root)

    for identity in (person, machine):
        assert paths.check_client(certificates.read(identity.der), roots=[root], between=[], now=NOW) == [root]


def test_a_bundle_opens_in_a_browser_with_the_published_passphrase(authority):
    person = authority.person("p", name="王敏", organization="局", now=NOW)

    opened = load_pkcs12(person.bundle.read_bytes(), PASSPHRASE.encode())

    assert opened.cert.certificate.public_bytes(certificates.Encoding.DER) == person.der
    assert len(opened.additional_certs) == 1
    assert (person.key.stat().st_mode & 0o777, (authority.directory / "root.key").stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_server_certificate_serves(authority):
    server = authority.server("server", hosts=["localhost", "127.0.0.1"], now=NOW)

    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(server.certificate, server.key)


def test_what_is_revoked_stays_in_every_later_list(authority, tmp_path):
    first, second = (authority.person(stem, name=stem, organization="局", now=NOW) for stem in ("a", "b"))

    authority.revoke(first, now=NOW)
    authority.revoke(second, now=NOW)
    again = DemoAuthority(now=NOW, directory=tmp_path / "ca")
    read, parsed = revocation.read(again.renew_list(now=NOW + timedelta(days=30)))

    assert {line.serial for line in read.lines} == {certificates.read(identity.der).serial for identity in (first, second)}
    assert revocation.signed_by(parsed, certificates.read(again.root))
    assert read.next_update > NOW + timedelta(days=30)


def test_it_finds_what_it_issued(authority):
    issued = authority.person("a", name="甲", organization="局", now=NOW)

    assert authority.identity("a") == issued
    assert authority.identity("nobody") is None
    with pytest.raises(ValueError, match="file name"):
        authority.identity("../root")
