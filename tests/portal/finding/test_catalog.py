"""共享目录 /catalog/: tree, facets, search, exports, saved searches (CD2016-7, 16)."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook

from govshare.catalog.services import confirm
from govshare.kernel.roles import Role
from tests.catalog.world import Desk
from tests.portal.conftest import Site, text
from tests.portal.finding.conftest import RUBBISH, statements
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-7")]

NAMES = ["q", "node", "provider", "share_type", "mode", "update_cycle", "sensitivity", "has_route", "region", "tier", "order", "page"]


def test_what_is_listed_is_shown_to_everybody_and_what_is_not_to_nobody(site: Site, office: Office):
    shown, hidden = office.conditional(name="不动产登记信息"), office.desk.published(name="内部台账")

    page = site.visitor("recipient", Role.REVIEWER).open("/catalog/")

    assert page.status_code == 200
    assert "不动产登记信息" in text(page)
    assert shown.code in text(page)
    assert hidden.code not in text(page)


def test_a_category_a_word_and_a_facet_narrow_together(site: Site, office: Office):
    office.conditional(name="企业年报", node="102001")
    office.conditional(name="参保信息", node="204001")
    office.unconditional(name="企业名录", node="102001")

    page = text(site.visitor("recipient", Role.REGISTRAR).open("/catalog/?node=102&q=企业&share_type=conditional"))

    assert "企业年报" in page
    assert "参保信息" not in page
    assert "企业名录" not in page
    assert "共 1 条" in page


def test_chips_say_what_narrows_in_words(site: Site, office: Office):
    office.conditional()
    provider = office.cast.organization("provider")

    page = text(site.visitor("recipient", Role.REGISTRAR).open(f"/catalog/?node=102&provider={provider.pk}&mode=table&q=法人"))

    assert "分类 法人单位" in page
    assert f"提供单位 {provider.short_name}" in page
    assert "提供方式 直接数据交换" in page
    assert "检索词 法人" in page


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_finds_nothing_or_everything_and_breaks_nothing(site: Site, rubbish: str):
    visitor = site.visitor("recipient", Role.REGISTRAR)

    pages = {name: visitor.client.get("/catalog/", {name: rubbish}) for name in NAMES}

    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(NAMES, 200)
    assert not [name for name, page in pages.items() if "<script>alert" in page.content.decode()]


def test_an_empty_list_says_what_to_do(site: Site):
    page = text(site.visitor("recipient", Role.REGISTRAR).open("/catalog/?q=没有这种资源"))

    assert "没有符合条件的信息资源" in page
    assert "申请与需求" in page


def test_a_resource_without_an_interface_is_marked(site: Site, office: Office):
    office.conditional()

    assert "接口未提供" in text(site.visitor("recipient", Role.REGISTRAR).open("/catalog/"))


def test_the_same_list_as_json_and_as_a_workbook(site: Site, office: Office):
    office.conditional(name="=HYPERLINK(1)")
    visitor = site.visitor("recipient", Role.REGISTRAR)

    data = json.loads(visitor.open("/catalog.json?node=102").content)
    sheet = load_workbook(BytesIO(visitor.open("/catalog.xlsx").content)).active

    assert data["count"] == 1
    assert (data["items"][0]["name"], data["items"][0]["share_type"], data["items"][0]["items"]) == ("=HYPERLINK(1)", "条件共享", 4)
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["信息资源", "信息资源代码", "信息资源分类"]
    assert sheet["A2"].data_type == "s"


def test_a_long_list_is_told_whole_in_an_export(site: Site, office: Office, monkeypatch: pytest.MonkeyPatch):
    names = {office.conditional(name=f"资源{n}").code for n in range(5)}
    monkeypatch.setattr("govshare.portal.finding.pages.EXPORTED", 2)

    data = json.loads(site.visitor("recipient", Role.REGISTRAR).open("/catalog.json").content)

    assert {row["code"] for row in data["items"]} == names


def test_orders_by_name_and_by_publication(site: Site, office: Office):
    for name in ("乙", "甲", "丙"):
        office.conditional(name=f"{name}类信息")
    visitor = site.visitor("recipient", Role.REGISTRAR)

    by_name = [row["name"] for row in json.loads(visitor.open("/catalog.json?order=name").content)["items"]]
    latest = [row["name"] for row in json.loads(visitor.open("/catalog.json?order=latest").content)["items"]]

    assert by_name == sorted(by_name)
    assert set(latest) == set(by_name)


@pytest.mark.article("CD2016-10")
def test_districts_have_their_own_leaf(site: Site, office: Office):
    office.conditional(name="市级资源")
    desk = Desk(office.cast, "district")
    entry = desk.published(name="区县资源")
    confirm(entry=entry.pk, expected_revision=1, by=office.actor("district_authority", Role.AUTHORITY), now=office.now)

    page = text(site.visitor("recipient", Role.REGISTRAR).open("/catalog/?region=510104"))

    assert "锦江区" in page
    assert "区县资源" in page
    assert "市级资源" not in page


def test_a_search_is_kept_under_a_name_found_again_and_removed(site: Site):
    visitor = site.visitor("recipient", Role.REGISTRAR)

    saved = visitor.send("/catalog/searches/", {"name": "企业类", "query": "node=102&page=7"})
    listed = visitor.open("/catalog/").content.decode()
    removal = listed.split('action="/catalog/searches/')[1].split('"')[0]
    removed = visitor.send(f"/catalog/searches/{removal}")

    assert (saved.status_code, saved["Location"]) == (302, "/catalog/?node=102")
    assert 'href="/catalog/?node=102"' in listed
    assert removed.status_code == 302
    assert "企业类" not in visitor.open("/favourites/").content.decode().split("检索方案")[-1]


@pytest.mark.parametrize(("name", "query"), [("", "q=x"), ("字" * 10_000, "q=x"), ("x", "q=" + "字" * 10_000)])
def test_a_search_that_cannot_be_kept_is_refused_in_words(site: Site, name: str, query: str):
    answer = site.visitor("recipient", Role.REGISTRAR).send("/catalog/searches/", {"name": name, "query": query})

    assert answer.status_code == 422
    assert "名字" in text(answer) or "条件" in text(answer)


def test_a_page_of_the_catalog_costs_few_statements_however_much_is_listed(site: Site, office: Office):
    for n in range(12):
        office.conditional(name=f"资源{n}")
    visitor = site.visitor("recipient", Role.REGISTRAR)

    assert statements(visitor, "/catalog/?q=资源&node=102") <= 11
