"""搜索 /search/ and its proposals: grouped, by number, only what one may see (CD2016-7)."""

import pytest

from govshare.kernel.roles import Role
from tests.portal.conftest import Site, text
from tests.portal.finding.conftest import RUBBISH, statements
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-7")]


def test_resources_items_and_departments_are_found_in_their_groups(site: Site, office: Office):
    office.conditional(name="单位名称核准信息")

    page = text(site.visitor("recipient", Role.REGISTRAR).open("/search/?q=单位名称"))

    assert "信息资源 1" in page
    assert "信息项 1" in page
    assert "市市场监管局" in text(site.visitor("recipient", Role.REGISTRAR).open("/search/?q=市场监管"))


def test_a_number_leads_to_that_very_thing(site: Site, office: Office):
    grant = office.granted(office.conditional())
    visitor = site.visitor("recipient", Role.RESOURCE_ADMIN)

    numbers = (grant.demand.number.lower(), grant.number, grant.receipt)
    by_demand, by_grant, by_receipt = (text(visitor.open(f"/search/?q={number}")) for number in numbers)

    assert f"{grant.demand.number} 需求" in by_demand
    assert f"{grant.number} 授权" in by_grant
    assert f"{grant.receipt} 回执" in by_receipt


def test_others_numbers_lead_nowhere(site: Site, office: Office):
    grant = office.granted(office.conditional())
    visitor = site.visitor("third", Role.RESOURCE_ADMIN)

    for number in (grant.demand.number, grant.number, grant.receipt):
        assert "没有找到" in text(visitor.open(f"/search/?q={number}"))


def test_a_department_finds_its_own_drafts_and_others_do_not(site: Site, office: Office):
    entry = office.desk.draft(name="尚未公开的台账")

    assert entry.code in text(site.visitor("provider", Role.REGISTRAR).open("/search/?q=尚未公开"))
    assert "没有找到" in text(site.visitor("recipient", Role.REGISTRAR).open("/search/?q=尚未公开"))


def test_proposals_are_a_fragment_with_links(site: Site, office: Office):
    entry = office.conditional()

    answer = site.visitor("recipient", Role.REGISTRAR).open("/search/suggest/?q=法人", **{"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert f'href="/catalog/{entry.code}/"' in answer.content.decode()
    assert "搜索“法人”" in text(answer)


def test_nothing_asked_proposes_nothing(site: Site):
    assert site.visitor("recipient", Role.REGISTRAR).open("/search/suggest/?q=%20%20").content.strip() == b""


@pytest.mark.parametrize("address", ["/search/", "/search/suggest/"])
def test_rubbish_finds_nothing_and_says_what_to_try(site: Site, address: str):
    visitor = site.visitor("recipient", Role.REGISTRAR)

    answers = [visitor.client.get(address, {"q": each}) for each in (*RUBBISH, "HZ-", "HZ-<b>-1", "SQ-" + "9" * 300)]

    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if "<script>alert" in answer.content.decode()]
    assert all("试试更短的词" in text(answer) for answer in answers)


def test_an_ended_session_sends_a_proposal_to_sign_in(site: Site, stranger):
    answer = stranger.open("/search/suggest/?q=x", **{"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/signin/")


def test_searching_costs_few_statements(site: Site, office: Office):
    office.granted(office.conditional())
    visitor = site.visitor("recipient", Role.RESOURCE_ADMIN)

    assert statements(visitor, "/search/?q=SQ-") <= 8
