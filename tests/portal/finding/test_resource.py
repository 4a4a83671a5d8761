"""资源详情 /catalog/<code>/: what it is, on what terms, how one gets it, how far one's own department is (CD2016-16, 24)."""

import json

import pytest

from govshare.kernel.roles import Role
from tests.catalog.world import ITEMS
from tests.portal.conftest import Site, text
from tests.portal.finding.conftest import RUBBISH, statements
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-16")]

TABS = ("", "items/", "access/", "usage/", "history/")
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("who", ["recipient", "provider", "authority", "district"])
def test_every_tab_opens_for_every_side(site: Site, office: Office, tab: str, who: str):
    entry = office.conditional()
    role = Role.AUTHORITY if who == "authority" else Role.RESOURCE_ADMIN

    page = site.visitor(who, role).open(f"/catalog/{entry.code}/{tab}")

    assert page.status_code == 200
    assert "法人单位基本信息" in text(page)


def test_what_is_not_listed_is_there_for_its_department_and_its_authority_alone(site: Site, office: Office):
    entry = office.desk.published()
    address = f"/catalog/{entry.code}/"

    inside = site.visitor("provider", Role.REGISTRAR).open(address)
    authority = site.visitor("authority", Role.AUTHORITY).open(address)
    outside = site.visitor("recipient", Role.REGISTRAR).open(address)

    assert (inside.status_code, authority.status_code, outside.status_code) == (200, 200, 404)
    assert "未列入共享目录" in text(inside)
    assert "法人单位基本信息" not in text(outside)


@pytest.mark.parametrize("code", ["306001/999999", "102001/0", "399999999999/1"])
def test_a_code_that_names_nothing_is_not_found_in_words(site: Site, code: str):
    page = site.visitor("recipient", Role.REGISTRAR).open(f"/catalog/{code}/")

    assert page.status_code == 404
    assert "请核对信息资源代码" in text(page)


def test_a_draft_is_shown_to_its_department_as_what_it_is(site: Site, office: Office):
    entry = office.desk.draft()

    assert "未列入共享目录" in text(site.visitor("provider", Role.REGISTRAR).open(f"/catalog/{entry.code}/"))


def test_who_may_ask_finds_the_way_and_who_may_not_hears_why(site: Site, office: Office):
    address = f"/catalog/{office.conditional().code}/"

    registrar = site.visitor("recipient", Role.REGISTRAR).open(address)
    reviewer = text(site.visitor("recipient", Role.REVIEWER).open(address))
    own = text(site.visitor("provider", Role.REGISTRAR).open(address))

    assert 'id="why-not"' not in registrar.content.decode()
    assert "需要角色" in reviewer
    assert "这是本部门自己的资源，无需申请共享" in own


@pytest.mark.article("CD2016-22")
def test_ones_own_demand_is_shown_as_steps_and_never_to_others(site: Site, office: Office):
    entry = office.conditional()
    demand = office.passed(entry)

    mine = text(site.visitor("recipient", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/"))
    others = text(site.visitor("third", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/"))

    assert demand.number in mine
    assert "提供方答复 剩" in mine
    assert demand.number not in others
    assert "本部门还没有申请过" in others


def test_the_provider_sees_what_it_has_out_and_what_waits(site: Site, office: Office):
    entry = office.conditional()
    office.passed(entry)

    page = text(site.visitor("provider", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/"))

    assert "0 有效授权 1 待答复的申请" in page
    assert "待答复的申请" not in text(site.visitor("recipient", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/"))


def test_what_ones_grant_does_with_each_item_stands_beside_it(site: Site, office: Office):
    entry = office.conditional()
    grant = office.granted(entry)

    page = text(site.visitor("recipient", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/items/"))
    others = text(site.visitor("third", Role.RESOURCE_ADMIN).open(f"/catalog/{entry.code}/items/"))

    assert "你的授权" in page
    assert page.count("明文") == grant.items.count()
    assert page.count("未授权") == len(ITEMS) - grant.items.count()
    assert "你的授权" not in others


@pytest.mark.article("CD2016-25.1")
def test_unconditional_data_is_offered_to_be_taken(site: Site, office: Office):
    entry = office.unconditional()

    assert "范围内的部门自行获取" in text(site.visitor("recipient", Role.REGISTRAR).open(f"/catalog/{entry.code}/"))


@pytest.mark.article("CD2016-19")
def test_a_missing_interface_is_said_with_its_day(site: Site, office: Office):
    entry = office.conditional()

    assert "接口未提供 应于" in text(site.visitor("recipient", Role.REGISTRAR).open(f"/catalog/{entry.code}/"))


def test_the_data_dictionary_is_exported_and_filtered(site: Site, office: Office):
    code, visitor = office.conditional().code, site.visitor("recipient", Role.REGISTRAR)

    whole = json.loads(visitor.open(f"/catalog/{code}/items.json").content)
    some = json.loads(visitor.open(f"/catalog/{code}/items.json?q=USCC").content)
    book = visitor.open(f"/catalog/{code}/items.xlsx")

    assert [row["column"] for row in whole["items"]] == [item.column for item in ITEMS]
    assert [row["name"] for row in some["items"]] == ["统一社会信用代码"]
    assert book["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_in_the_filter_of_items_breaks_nothing(site: Site, office: Office, rubbish: str):
    code = office.conditional().code

    page = site.visitor("recipient", Role.REGISTRAR).client.get(f"/catalog/{code}/items/", {"q": rubbish, "page": rubbish})

    assert page.status_code == 200
    assert "没有这样的信息项" in text(page)


def test_markup_in_what_a_department_says_stays_text(site: Site, office: Office):
    entry = office.conditional(name=HOSTILE, abstract=HOSTILE, terms=HOSTILE, update_limit=HOSTILE, contact=HOSTILE)
    visitor = site.visitor("recipient", Role.RESOURCE_ADMIN)

    for address in ("/catalog/", *(f"/catalog/{entry.code}/{tab}" for tab in TABS)):
        said = visitor.open(address).content.decode()
        assert "<script>alert" not in said, address
        assert "&lt;script&gt;" in said, address


@pytest.mark.article("CD2016-24")
def test_commands_bear_the_numbers_of_this_resource_and_grow_with_ones_rights(site: Site, office: Office):
    entry = office.conditional()
    address, visitor = f"/catalog/{entry.code}/access/", site.visitor("recipient", Role.RESOURCE_ADMIN)

    before = visitor.open(address).content.decode()
    grant = office.granted(entry)
    after = visitor.open(address).content.decode()

    assert "/api/v1/demands" in before
    assert str(entry.pk) in before
    assert "/api/v1/transfers" in after
    assert str(grant.pk) in after
    assert grant.number in after


@pytest.mark.article("CD2016-28")
def test_who_uses_it_is_told_to_the_provider_and_the_authority_and_to_others_why_not(site: Site, office: Office):
    entry = office.conditional()
    office.granted(entry)
    address = f"/catalog/{entry.code}/usage/"

    provider = text(site.visitor("provider", Role.RESOURCE_ADMIN).open(address))
    authority = json.loads(site.visitor("authority", Role.AUTHORITY).open(address.rstrip("/") + ".json").content)
    recipient = text(site.visitor("recipient", Role.REGISTRAR).open(address))
    third = site.visitor("third", Role.REGISTRAR)

    user = office.cast.organization("recipient").name
    assert user in provider
    assert [(row["name"], row["active_grants"]) for row in authority["items"]] == [(user, 1)]
    assert "征得二者同意后使用" in recipient
    assert user in recipient
    assert user not in text(third.open(address))
    assert json.loads(third.open(address.rstrip("/") + ".json").content)["count"] == 0


@pytest.mark.article("CD2016-17")
def test_changes_are_told_by_field_and_item_in_words(site: Site, office: Office):
    entry, desk = office.conditional(), office.desk
    third = office.actor("third", Role.REGISTRAR).organization
    desk.edit(entry, update_limit="每日 07:00 前", modes=frozenset({"table"}), for_all=False, scope=frozenset({third}))
    desk.publish(entry)
    desk.confirm(entry)

    page = text(site.visitor("third", Role.REGISTRAR).open(f"/catalog/{entry.code}/history/"))

    assert "关键要素： 提供方式、共享范围、更新时限" in page
    assert "更新时限 每日 08:00 前 每日 07:00 前" in page
    assert "面向全部政府部门 是 否" in page
    assert office.cast.organization("third").name in page
    assert "办理经过" not in page


def test_steps_with_receipts_are_for_the_department_and_its_authority(site: Site, office: Office):
    entry = office.conditional()

    page = text(site.visitor("provider", Role.REVIEWER).open(f"/catalog/{entry.code}/history/"))

    assert "办理经过" in page
    assert "HZ-" in page
    assert page.index("确认列入") < page.index("登记", page.index("办理经过"))


@pytest.mark.parametrize(("tab", "most"), [("", 28), ("items/", 23), ("access/", 28), ("usage/", 26), ("history/", 24)])
def test_a_tab_costs_few_statements(site: Site, office: Office, tab: str, most: int):
    entry = office.conditional()
    office.granted(entry)
    visitor = site.visitor("recipient", Role.RESOURCE_ADMIN)

    assert statements(visitor, f"/catalog/{entry.code}/{tab}") <= most
