"""Platform conventions are numbered once, serve an article that exists, and are never dressed up as law."""

import re

import pytest

from govshare.regulation.articles import cite
from govshare.regulation.conventions import CONVENTIONS, convention


def test_an_unknown_convention_is_an_error():
    with pytest.raises(ValueError, match="no convention PC-00"):
        convention("PC-00")


@pytest.mark.parametrize("row", CONVENTIONS.values(), ids=str)
def test_a_convention_has_a_number_words_and_an_article_it_serves(row):
    assert re.fullmatch(r"PC-\d{2,3}", row.number)
    assert row.title
    assert row.text.endswith("。")
    assert cite(row.serves).text
    assert str(row) == row.number


@pytest.mark.parametrize("row", CONVENTIONS.values(), ids=str)
def test_a_number_has_its_unit_and_is_not_negative(row):
    assert (row.default is None) == (row.unit == "")
    assert row.default is None or row.default >= 0
