"""管理员备案: owed lines first, filed by the department, answered by the authority of its tier."""

from datetime import date

import pytest

from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.models import Filing
from tests.portal.conftest import Site, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-29.2", "PC-19")]


def file(site: Site) -> Filing:
    leader, admin = site.visitor("provider", Role.LEADER), site.cast.person("provider", Role.RESOURCE_ADMIN)
    answer = leader.send("/filings/new/", {"person": str(admin.pk), "change": "appointed", "effective_on": str(local_date(site.cast.now))})
    assert answer.status_code == 302, text(answer)
    return Filing.objects.get()


def test_what_is_owed_is_filed_with_what_the_records_say(site: Site):
    leader, admin = site.visitor("provider", Role.LEADER), site.cast.person("provider", Role.RESOURCE_ADMIN)

    owed = leader.open("/filings/")
    form = leader.open(f"/filings/new/?person={admin.pk}").content.decode()
    row = file(site)

    assert f"/filings/new/?person={admin.pk}" in owed.content.decode()
    assert "还要报备的" in text(owed)
    assert 'value="appointed" selected' in form
    assert "还要报备的" not in text(leader.open("/filings/"))
    assert row.receipt in text(leader.open(f"/filings/{row.pk}/"))


def test_the_authority_takes_it_on_its_books(site: Site):
    row, authority = file(site), site.visitor("authority", Role.AUTHORITY)

    page = authority.open(f"/filings/{row.pk}/")
    done = authority.send(f"/filings/{row.pk}/acknowledge/")

    assert "准予备案" in text(page)
    assert done.status_code == 302
    assert Filing.objects.get().status == "acknowledged"
    assert authority.send(f"/filings/{row.pk}/acknowledge/").status_code == 409
    assert [item["status"] for item in authority.open("/filings.json?status=acknowledged").json()["items"]] == ["已备案"]


def test_a_returned_one_says_why_and_is_owed_again(site: Site):
    row, authority = file(site), site.visitor("authority", Role.AUTHORITY)

    empty = authority.send(f"/filings/{row.pk}/return/", {"reason": ""})
    done = authority.send(f"/filings/{row.pk}/return/", {"reason": "电话不全"})
    leader = site.visitor("provider", Role.LEADER)

    assert empty.status_code == 422
    assert done.status_code == 302
    assert "电话不全" in text(leader.open(f"/filings/{row.pk}/"))
    assert "还要报备的" in text(leader.open("/filings/"))


def test_others_see_nothing_of_it(site: Site):
    row = file(site)
    other = site.visitor("recipient", Role.LEADER)

    assert other.open(f"/filings/{row.pk}/").status_code == 404
    assert other.open("/filings.json").json()["count"] == 0
    assert site.visitor("provider", Role.REGISTRAR).open("/filings/").status_code == 403
    assert other.send(f"/filings/{row.pk}/acknowledge/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"change": "left"}, "仍任"), ({"change": "x"}, "选项"), ({"effective_on": "2026-13-01"}, "日期"), ({"person": "somebody"}, "选项")],
)
def test_a_wrong_report_says_why(site: Site, fields: dict[str, str], said: str):
    admin = site.cast.person("provider", Role.RESOURCE_ADMIN)
    base = {"person": str(admin.pk), "change": "appointed", "effective_on": str(date(2026, 1, 1))}

    answer = site.visitor("provider", Role.LEADER).send("/filings/new/", base | fields)

    assert answer.status_code in {409, 422}
    assert said in text(answer)
    assert not Filing.objects.exists()


def test_a_department_without_an_administrator_is_told_to_appoint_one(site: Site):
    assert "先由分管领导任命" in text(site.visitor("provider", Role.LEADER).open("/filings/new/"))
