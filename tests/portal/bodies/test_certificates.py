"""数字证书 and 业务系统: bound by the security administrator from a file, stopped at once, trusted by name."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate, RevocationList, System, TrustAnchor
from govshare.organizations.services import certificates
from tests.api.conftest import CITY
from tests.pki import Authority
from tests.portal.conftest import Site, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-35", "PC-16")]


def upload(content: bytes, name: str = "证书.cer") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_certificate_is_bound_from_its_file(site: Site):
    guard, person = site.visitor("authority", Role.SECURITY_ADMIN), site.cast.person("provider", Role.REVIEWER)

    proposed = text(guard.open("/certificates/bind/"))
    found = guard.open(f"/certificates/bind/?q={person.name}").content.decode()
    done = guard.send("/certificates/bind/", {"person": str(person.pk), "certificate": upload(CITY.issue("审核").der)})

    assert person.name in proposed
    assert f"?person={person.pk}" in found
    assert done.status_code == 302, text(done)
    row = Certificate.objects.get(person=person)
    assert done["Location"] == f"/certificates/{row.pk}/"
    assert "有效" in text(guard.open(done["Location"]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"rubbish", "证书"),
        (b"x" * 20_000, "过大"),
        (b"-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----", "私钥"),
        (b"", "空"),
    ],
)
def test_what_is_no_certificate_is_refused_in_words(site: Site, content: bytes, said: str):
    guard, person = site.visitor("authority", Role.SECURITY_ADMIN), site.cast.person("provider", Role.REVIEWER)

    answer = guard.send("/certificates/bind/", {"person": str(person.pk), "certificate": upload(content)})

    assert answer.status_code in {401, 422}
    assert said in text(answer)
    assert not Certificate.objects.filter(person=person).exists()


def test_a_certificate_of_a_stranger_authority_is_not_bound(site: Site):
    guard, person = site.visitor("authority", Role.SECURITY_ADMIN), site.cast.person("provider", Role.REVIEWER)

    answer = guard.send("/certificates/bind/", {"person": str(person.pk), "certificate": upload(Authority.root("别处").issue("审核").der)})

    assert answer.status_code != 302
    assert not Certificate.objects.filter(person=person).exists()


def test_a_renewed_key_waits_for_confirmation(site: Site):
    guard, person = site.visitor("authority", Role.SECURITY_ADMIN), site.cast.person("provider", Role.REVIEWER)
    by = site.cast.actor("authority", Role.SECURITY_ADMIN)
    certificates.bind(certificate=CITY.issue("审核").der, person=person.pk, by=by, now=site.cast.now)
    waiting = certificates.admit(der=CITY.issue("审核").der, now=site.cast.now)

    listed = text(guard.open("/certificates/?state=pending"))
    page = text(guard.open(f"/certificates/{waiting.pk}/"))
    done = guard.send(f"/certificates/{waiting.pk}/confirm/")

    assert person.name in listed
    assert "换了密钥" in page
    assert done.status_code == 302
    assert Certificate.objects.get(pk=waiting.pk).status == "bound"
    assert guard.send(f"/certificates/{waiting.pk}/reject/", {"reason": "晚了"}).status_code == 409


def test_the_own_leader_and_the_holder_stop_a_certificate_and_strangers_do_not_see_it(site: Site):
    reviewer, leader = site.visitor("provider", Role.REVIEWER), site.visitor("provider", Role.LEADER)
    row = Certificate.objects.get(person=site.cast.person("provider", Role.REVIEWER))

    assert site.visitor("recipient", Role.LEADER).open(f"/certificates/{row.pk}/").status_code == 404
    assert reviewer.open(f"/certificates/{row.pk}/").status_code == 200
    assert leader.send(f"/certificates/{row.pk}/revoke/", {"reason": ""}).status_code == 422
    assert leader.send(f"/certificates/{row.pk}/revoke/", {"reason": "遗失"}).status_code == 302
    assert reviewer.open("/people/").status_code == 302
    assert Certificate.objects.get(pk=row.pk).close_reason == "遗失"


def test_lists_say_what_is_about_to_end(site: Site):
    guard = site.visitor("authority", Role.SECURITY_ADMIN)
    soon, person = CITY.issue("快到期", ends=site.cast.now + timedelta(days=9)), site.cast.person("provider", Role.REVIEWER)
    certificates.bind(certificate=soon.der, person=person.pk, by=site.cast.actor("authority", Role.SECURITY_ADMIN), now=site.cast.now)

    assert guard.open("/certificates.json?state=ending").json()["count"] == 1
    assert guard.open("/certificates.json?state=over").json()["count"] == 0
    assert guard.open("/certificates/?state=nonsense&q=%00").status_code == 200


@pytest.mark.article("PC-13")
def test_authorities_are_trusted_listed_and_withdrawn(site: Site):
    guard, other = site.visitor("authority", Role.SECURITY_ADMIN), Authority.root("省CA")

    added = guard.send("/trust/anchors/new/", {"name": "省CA", "certificate": upload(other.pem)})
    twice = guard.send("/trust/anchors/new/", {"name": "省CA", "certificate": upload(other.pem)})
    bare = text(guard.open("/trust/"))
    loaded = guard.send("/trust/lists/new/", {"data": upload(other.revocation_list(), "省.crl")})
    anchor = TrustAnchor.objects.get(name="省CA")
    withdrawn = guard.send(f"/trust/anchors/{anchor.pk}/withdraw/", {"reason": "合同终止"})

    assert added.status_code == loaded.status_code == withdrawn.status_code == 302
    assert twice.status_code == 409
    assert "还没有载入" in bare
    assert RevocationList.objects.filter(anchor=anchor, current=True).exists()
    assert "已撤出" in text(guard.open("/trust/"))


def test_a_list_that_is_none_is_refused_at_its_field(site: Site):
    answer = site.visitor("authority", Role.SECURITY_ADMIN).send("/trust/lists/new/", {"data": upload(b"rubbish", "x.crl")})

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()


def test_a_system_is_registered_gets_its_certificate_and_is_retired(site: Site):
    admin, guard = site.visitor("provider", Role.RESOURCE_ADMIN), site.visitor("authority", Role.SECURITY_ADMIN)

    made = admin.send("/systems/new/", {"name": "审批系统", "purpose": "联审联办"})
    system = System.objects.get(name="审批系统")
    bound = guard.send("/certificates/bind/", {"system": str(system.pk), "certificate": upload(CITY.issue("审批系统").der)})
    unsure = admin.send(f"/systems/{system.pk}/retire/", {})
    retired = admin.send(f"/systems/{system.pk}/retire/", {"sure": "on"})

    assert made.status_code == bound.status_code == retired.status_code == 302
    assert unsure.status_code == 422
    assert System.objects.get(pk=system.pk).retired_at is not None
    assert "审批系统" in text(admin.open("/systems/?retired=1"))
    assert admin.send("/systems/new/", {"name": " "}).status_code == 422


def test_systems_are_the_own_departments(site: Site):
    admin = site.visitor("provider", Role.RESOURCE_ADMIN)
    admin.send("/systems/new/", {"name": "审批系统"})
    system = System.objects.get(name="审批系统")

    assert site.visitor("recipient", Role.RESOURCE_ADMIN).open(f"/systems/{system.pk}/").status_code == 404
    assert site.visitor("provider", Role.REGISTRAR).send("/systems/new/", {"name": "x"}).status_code == 403
