"""Search of the sharing catalog: sub-words, phrases, single characters, Latin words; filters, facets, and only what is listed."""

import pytest

from govshare.catalog import queries, services
from govshare.catalog.models import SearchRow
from govshare.catalog.rules.words import question, vector
from tests.catalog.world import ITEMS, Desk, filed, version

pytestmark = pytest.mark.django_db

#: Whether the example entry is found by it.
FOUND = {
    "法人单位": True,  # a word of the name
    "人单": True,  # a sub-word across two words
    "法": True,  # one character, beginning
    "息": True,  # one character, end of the name
    "法人 信息": True,  # both, anywhere
    "法人信息": False,  # not as a phrase
    "\uff35\uff33\uff23\uff23": True,  # Latin, full width, of an item
    "legal_person": True,  # part of an item's English name
    "lega": True,  # the beginning of a Latin word
    "egal": False,  # not its middle
    "市场监督管理": True,  # the provider
    "102001": True,  # the code
    "统一社会信用代码": True,
    "统一信用": False,
    "法人单位 车辆": False,  # every part must be there
    "信息本市": False,  # no phrase crosses from one field to another
    "'; DROP TABLE": False,
    "\\' | & ! :*": False,
    "，。！": False,
    "法人\0": True,
    "法人\ud800": True,
}


def names(text: str = "", **filters: object) -> list[str]:
    return [hit.name for hit in queries.search(text, **filters).hits]


@pytest.mark.article("CD2016-16")
def test_what_is_listed_is_found_by_its_words(desk: Desk):
    desk.listed()

    assert {text: names(text) == ["法人单位基本信息"] for text in FOUND} == FOUND


@pytest.mark.article("CD2016-16")
def test_mixed_scripts_are_found_as_one_phrase(desk: Desk):
    desk.listed(name="A级旅游景区5A名录")

    assert names("A级旅游") == ["A级旅游景区5A名录"]
    assert names("景区5a名") == ["A级旅游景区5A名录"]
    assert names("景区 5A") == ["A级旅游景区5A名录"]
    assert names("级A") == []


@pytest.mark.article("CD2016-7")
def test_the_same_name_comes_first_and_names_weigh_more_than_abstracts(desk: Desk):
    desk.listed(name="企业年报", abstract="排污许可信息的来源之一。排污许可，排污许可。")
    desk.listed(name="排污许可信息汇总", abstract="其他。")
    desk.listed(name="排污许可信息", abstract="其他。")

    assert names("排污许可信息") == ["排污许可信息", "排污许可信息汇总", "企业年报"]


@pytest.mark.article("CD2016-16")
def test_only_what_is_listed_is_found_and_only_as_it_is_listed(desk: Desk):
    desk.draft(name="法人草稿")
    desk.published(name="法人待确认")
    listed = desk.listed(name="法人甲")

    desk.edit(listed, name="法人乙")
    desk.publish(listed)

    assert names("法人") == ["法人甲"]
    desk.confirm(listed)
    assert names("法人") == ["法人乙"]
    services.delist(entry=listed.pk, reason="停止提供", expected_revision=filed(listed), by=desk.authority, now=desk.now)
    assert names("法人") == []
    assert not SearchRow.objects.exists()


@pytest.mark.article("CD2016-16")
def test_filters_narrow_and_facets_count_the_hits(desk: Desk):
    other = Desk(desk.cast, "recipient")
    desk.listed(name="法人甲")
    desk.listed(name="法人乙", share_type="unconditional", terms="", items=ITEMS[:2])
    other.listed(name="人口丙", node="101001", modes=frozenset({"interface"}))

    everything = queries.search()

    assert everything.total == 3
    assert everything.facets["share_type"] == {"conditional": 2, "unconditional": 1}
    assert everything.facets["mode"] == {"table": 2, "query": 2, "interface": 1}
    assert everything.facets["node"] == {"1": 3, "101": 1, "101001": 1, "102": 2, "102001": 2}
    assert everything.facets["has_route"] == {"no": 3}
    assert names(node="102") == ["法人甲", "法人乙"]
    assert names(provider=other.cast.organization("recipient").pk) == ["人口丙"]
    assert names(share_type="unconditional") == ["法人乙"]
    assert names("法人甲", mode="interface") == []
    assert names(has_route=True) == []
    assert names(node="10%") == []
    assert names(mode="\0") == names(share_type="x") == []


@pytest.mark.article("CD2016-16")
def test_pages_divide_the_hits_without_loss(desk: Desk):
    for number in range(5):
        desk.listed(name=f"法人名录{number}")

    pages = [queries.search("法人", page=page, size=2) for page in (1, 2, 3)]

    assert [page.total for page in pages] == [5, 5, 5]
    assert len({hit.code for page in pages for hit in page.hits}) == 5
    assert queries.search("法人", page=-3, size=1000).size == 100


@pytest.mark.article("CD2016-21")
def test_a_retired_entry_is_no_longer_found(desk: Desk):
    entry = desk.listed()

    services.retire(entry=entry.pk, reason="职能划出", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert names() == []


def test_every_position_is_within_what_a_tsvector_can_hold():
    text = "锦" * 20_000

    positions = [int(word.rsplit(":", 1)[1].rstrip("ABCD")) for word in vector([("A", text)]).split()]

    assert max(positions) == 16_383


def test_a_long_question_is_cut_and_an_empty_one_asks_nothing():
    assert question("，。 \t") == ""
    assert question("锦江 " * 100).count("&") == 15
