"""The guide says of every article what it asks, and is silent only where the gaps speak."""

import re

import pytest

from govshare.regulation.articles import provisions
from govshare.regulation.claims import GAPS
from govshare.regulation.conventions import CONVENTIONS
from govshare.regulation.guide import LANGUAGES, gaps_of, guide, serving

ARTICLES = list(provisions("CD2016"))


@pytest.mark.article("CD2016-4")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_has_its_guide(language):
    rows = guide(language)

    assert list(rows) == ARTICLES
    assert all(row.asks.strip() for row in rows.values())
    assert all(re.search(r"[。.]$", text) for row in rows.values() for text in (row.asks, row.keeps) if text)


@pytest.mark.parametrize("article", ARTICLES)
def test_where_the_platform_does_nothing_a_gap_says_so(article):
    chinese, english = guide("zh")[article], guide("en")[article]

    assert bool(chinese.keeps) == bool(english.keeps)
    assert chinese.keeps or gaps_of(article), f"article {article}: neither kept nor a gap"


def test_every_gap_and_every_convention_belongs_to_an_article():
    assert {unit for article in ARTICLES for unit in gaps_of(article)} == set(GAPS)
    assert {row.number for article in ARTICLES for row in serving(article)} == set(CONVENTIONS)


def test_english_is_english_and_other_languages_read_chinese():
    assert not [row for row in guide("en").values() if re.search(r"[\u4e00-\u9fff]", row.asks + row.keeps)]
    assert guide("zh-hans") == guide("fr") == guide("zh")
