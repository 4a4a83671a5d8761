"""The rule set carries the validity that the text gives it (CD2016-42)."""

import re
from datetime import date
from importlib import resources

import pytest

from govshare.regulation.articles import TEXTS, cite
from govshare.regulation.rule_set import CURRENT, RULE_SET, RULE_SETS


@pytest.mark.article("CD2016-42")
def test_validity_is_what_the_text_says():
    text = (resources.files("govshare.regulation") / "texts" / TEXTS["CD2016"]).read_text("utf-8")
    promulgated = date(*map(int, re.search(r"(\d+)年(\d+)月(\d+)日", text).groups()))
    days, years = map(int, re.search(r"发布之日起(\d+)日后施行，有效期(\d+)年", cite("CD2016-42").text).groups())

    assert (CURRENT.promulgated, CURRENT.days_before_force, CURRENT.years_valid) == (promulgated, days, years)
    assert CURRENT.title in text
    assert CURRENT.issuer in text


@pytest.mark.article("CD2016-42")
def test_the_text_was_in_force_for_two_years_and_then_lapsed():
    assert CURRENT.in_force_from == date(2016, 6, 25)
    assert CURRENT.lapses_on == date(2018, 6, 25)
    assert [CURRENT.in_force(day) for day in (date(2016, 6, 24), date(2016, 6, 25), date(2018, 6, 24), date(2018, 6, 25))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.article("CD2016-42")
def test_every_text_has_a_rule_set_and_its_name_says_which():
    assert set(RULE_SETS) == set(TEXTS)
    assert RULE_SET == "CD2016/2016-05-26/1"
