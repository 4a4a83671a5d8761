"""Every page of demands and grants opens for whom it is meant, in every state, and says in words why not to others."""

from uuid import uuid4

import pytest

from govshare.kernel.roles import Role
from govshare.sharing.models import Demand, Grant
from govshare.sharing.services import acceptance, checks, demands, watch
from tests.portal.conftest import Site, text
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db

DEPARTMENT = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER)


def in_every_state(office: Office) -> dict[str, Demand]:
    entry = office.conditional()
    found = {"draft": office.draft(entry), "checking": office.checking(entry), "deciding": office.passed(entry)}
    found["returned"] = checks.return_to_drafter(demand=office.checking(entry).pk, missing="缺附件", by=office.checker, now=office.now)
    found["declined"] = checks.decline(demand=office.checking(entry).pk, reason="不需要", by=office.checker, now=office.now)
    asked = acceptance.ask_completion(demand=office.passed(entry).pk, missing="补充依据", by=office.provider, now=office.now)
    found["deciding_incomplete"] = asked
    found["granted"] = office.granted(entry).demand
    found["withdrawn"] = demands.withdraw(demand=office.passed(entry).pk, reason="不再需要", by=office.registrar, now=office.now)
    found["pressed"] = watch.escalate(demand=office.passed(entry).pk, now=office.too_late)
    found["accepting"] = office.accepting(entry)
    asked = acceptance.ask_completion(demand=office.passed(entry).pk, missing="补充依据", by=office.authority, now=office.now)
    found["accepting_incomplete"] = asked
    found["refused"] = acceptance.refuse(
        demand=office.passed(entry).pk, ground=office.ground("both"), reason="依法不能提供", by=office.authority, now=office.now
    )
    return found


def test_a_demand_is_shown_in_every_state_to_its_department_and_once_raised_to_the_others(site: Site, office: Office):
    every = in_every_state(office)
    own = site.visitor("recipient", Role.REGISTRAR)
    provider, authority = site.visitor("provider", Role.RESOURCE_ADMIN), site.visitor("authority", Role.AUTHORITY)

    for status, demand in every.items():
        page = own.open(f"/demands/{demand.pk}/")
        outside = [each.open(f"/demands/{demand.pk}/").status_code for each in (provider, authority)]

        assert page.status_code == 200, text(page)
        assert demand.number in text(page)
        assert "企业开办联办" in text(page)
        assert outside == ([404, 404] if status in {"draft", "checking", "returned", "declined"} else [200, 200]), status


def test_lists_open_on_every_side_for_everybody_in_a_department(site: Site, office: Office):
    office.passed(office.conditional())
    asked = [f"/demands{kind}?side={side}" for kind in ("/", ".json", ".xlsx") for side in ("inbox", "mine", "own", "raised", "nonsense")]

    answers = {role: {address: site.visitor("recipient", role).open(address).status_code for address in asked} for role in DEPARTMENT}

    assert answers == dict.fromkeys(DEPARTMENT, dict.fromkeys(asked, 200))


def test_the_authority_sees_all_that_was_raised(site: Site, office: Office):
    raised, inside = office.accepting(office.conditional()), office.draft(office.conditional(name="个体工商户登记信息"))

    rows = site.visitor("authority", Role.AUTHORITY).open("/demands.json?side=all").json()["items"]

    assert [row["number"] for row in rows] == [raised.number]
    assert inside.number not in [row["number"] for row in rows]
    assert rows[0]["due"]


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_the_three_administrators_have_no_part_in_it(site: Site, role: Role):
    answers = [site.visitor("authority", role).open(each) for each in ("/demands/", "/grants/", "/demands.json", "/grants.xlsx")]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert all("这一页归以下角色使用" in text(answer) for answer in answers)


@pytest.mark.parametrize(
    ("who", "role", "pages"),
    [
        ("third", Role.REGISTRAR, ("", "edit/", "amend/", "withdraw/", "complete/")),
        ("third", Role.RESOURCE_ADMIN, ("check/", "return/", "decline/", "ask/", "refuse/", "decide/", "prolong/")),
        ("authority", Role.AUTHORITY, ("accept/", "press/", "ask/", "refuse/")),
    ],
)
def test_what_does_not_exist_and_what_is_hidden_are_alike_not_found(
    site: Site, office: Office, who: str, role: Role, pages: tuple[str, ...]
):
    hidden = office.draft(office.conditional())

    answers = [site.visitor(who, role).open(f"/demands/{number}/{page}") for number in (uuid4(), hidden.pk) for page in pages]

    assert {answer.status_code for answer in answers} == {404}
    assert all("请核对编号" in text(answer) for answer in answers)


def test_a_grant_is_shown_to_both_sides_and_the_authority_with_what_will_really_be_sent(site: Site, office: Office):
    grant = office.granted(office.with_route(office.conditional()))
    shown = {
        who: site.visitor(who, role).open(f"/grants/{grant.pk}/")
        for who, role in (("recipient", Role.REGISTRAR), ("provider", Role.RESOURCE_ADMIN), ("authority", Role.AUTHORITY))
    }

    assert {who: page.status_code for who, page in shown.items()} == {"recipient": 200, "provider": 200, "authority": 200}
    assert "share.legal_entity" in text(shown["provider"])
    assert "share.legal_entity" not in text(shown["recipient"])
    assert all("可以取数" in text(page) and "uscc" in text(page) for page in shown.values())
    assert site.visitor("third", Role.LEADER).open(f"/grants/{grant.pk}/").status_code == 404


def test_grants_are_listed_by_side_and_state(site: Site, office: Office):
    grant: Grant = office.granted(office.conditional())
    visitor = site.visitor("provider", Role.LEADER)

    found = {
        (side, state): [row["number"] for row in visitor.open(f"/grants.json?side={side}&state={state}").json()["items"]]
        for side in ("received", "given", "all", "x")
        for state in ("", "active", "ending", "ended", "x")
    }

    given = {("given", state) for state in ("", "active", "x")}
    assert found == {key: [grant.number] if key in given else [] for key in found}
