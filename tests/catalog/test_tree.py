"""The sharing catalog as tree and facets, and what the search field proposes."""

from dataclasses import replace

import pytest

from govshare.catalog import queries
from govshare.catalog.models import SearchRow
from govshare.catalog.queries import suggest, tree
from govshare.catalog.services import confirm
from govshare.kernel.roles import Role
from govshare.organizations.rules import region_name
from tests.cast import Cast
from tests.catalog.world import ITEMS, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-7")]


def branch(code: str) -> tree.Branch:
    found = {each.code: each for root in tree.tree() for each in _all(root)}
    return found[code]


def _all(of: tree.Branch) -> list[tree.Branch]:
    return [of, *(each for child in of.children for each in _all(child))]


@pytest.mark.article("CD2016-8")
def test_every_category_says_how_much_stands_there_and_below(desk: Desk):
    desk.listed(name="甲")
    desk.listed(name="乙", node="204001")
    desk.published(name="未列入")

    assert [root.name for root in tree.tree()] == ["基础信息资源", "主题信息资源", "部门信息资源"]
    assert [branch(code).count for code in ("1", "102", "102001", "2", "204001", "3")] == [1, 1, 1, 1, 1, 0]
    assert tree.path("204001") == (("2", "主题信息资源"), ("204", "社会保障"), ("204001", "社会保障综合信息"))
    assert tree.path("nothing") == ()


@pytest.mark.article("CD2016-10")
def test_districts_are_named_after_their_division_and_count_their_own(cast: Cast):
    desk = Desk(cast, "district")
    entry = desk.published()
    confirm(entry=entry.pk, expected_revision=1, by=cast.actor("district_authority", Role.AUTHORITY), now=desk.now)
    Desk(cast).listed(name="市级的")

    assert [(row.name, row.count) for row in tree.districts()] == [("锦江区", 1)]
    assert {row.tier: row.count for row in tree.providers()} == {"city": 1, "district": 1}
    assert queries.search(region="510104").total == 1
    assert queries.search(tier="city").total == 1


def test_a_region_that_is_none_keeps_its_number():
    assert [region_name(code) for code in ("510104", "510104001", "510000", "999999")] == ["锦江区", "锦江区", "四川省", "999999"]


def test_facets_count_cycles_and_sensitivities_and_filter_by_them(desk: Desk):
    desk.listed(name="每日的")
    desk.listed(tuple(replace(item, sensitivity="ordinary") for item in ITEMS), name="每月的", update_cycle="monthly")

    page = queries.search()

    assert page.facets["update_cycle"] == {"daily": 1, "monthly": 1}
    assert page.facets["sensitivity"] == {"ordinary": 2, "personal": 1}
    assert page.facets["node"]["102001"] == 2
    assert page.facets["tier"] == {"city": 2}
    assert [hit.name for hit in queries.search(update_cycle="monthly").hits] == ["每月的"]
    assert [hit.name for hit in queries.search(sensitivity="personal").hits] == ["每日的"]
    assert queries.search(sensitivity="personal", update_cycle="monthly").total == 0
    for wrong in ({"update_cycle": "x"}, {"sensitivity": "秘密"}, {"tier": "\0"}, {"region": "\0"}):
        assert queries.search(**wrong).total == 0


def test_the_row_follows_a_new_revision(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, update_cycle="weekly", abstract="另")
    desk.publish(entry)
    desk.confirm(entry)

    row = SearchRow.objects.get()

    assert (row.update_cycle, row.tier, row.region) == ("weekly", "city", "510100")


def test_while_one_types_entries_items_and_own_drafts_are_proposed(desk: Desk):
    listed = desk.listed(name="失业保险待遇发放信息")
    desk.draft(name="失业登记草稿")

    assert [found.name for found in suggest.entries("失业保险")] == ["失业保险待遇发放信息"]
    assert [found.code for found in suggest.entries(listed.code[:5])] == [listed.code]
    assert [(found.name, found.column) for found in suggest.items("注册资")] == [("注册资本", "capital")]
    assert [found.column for found in suggest.items("USCC")] == ["uscc"]
    assert [(found.name, found.listed) for found in suggest.own("失业", organization=listed.provider_id)] == [("失业登记草稿", False)]
    assert suggest.entries("法定代表人证件号码") == []


@pytest.mark.parametrize("text", ["", "   ", "\0", "\ud83d", "%", "_", "\\", "'; DROP TABLE x; --", "，。！", "长" * 5000])
def test_whatever_is_typed_is_answered(desk: Desk, text: str):
    listed = desk.listed()

    assert suggest.entries(text) == []
    assert suggest.items(text) == []
    assert suggest.own(text, organization=listed.provider_id) == []
