"""The citation is the thread: no article without code and proof or a reason, no citation and no convention that is made up."""

import re

import pytest

from govshare.regulation.articles import articles, cite
from govshare.regulation.claims import GAPS, citations, unit_of, units
from govshare.regulation.conventions import CONVENTIONS
from tools.reference import scan

UNITS = [str(unit) for unit in units()]


@pytest.mark.parametrize("unit", UNITS)
def test_every_article_is_claimed_and_proved_or_excused(unit):
    claimed, proved = scan.claims().get(unit, []), scan.proofs().get(unit, [])

    assert unit in GAPS or claimed, f"nothing in src cites {unit}"
    assert unit in GAPS or proved, f"no test is marked with {unit}"


@pytest.mark.parametrize("unit", GAPS)
def test_an_excuse_is_for_a_real_article_and_says_why(unit):
    gap = GAPS[unit]

    assert unit in UNITS
    assert gap.reason.endswith("。")
    assert gap.kind == "not yet" or unit not in scan.claims(), f"{unit} is called no software, yet {scan.claims().get(unit)} cite it"


def test_the_units_cover_all_forty_two_articles():
    assert {unit.partition("-")[2].partition(".")[0] for unit in UNITS} == {str(number) for number in articles("CD2016")}


def test_a_citation_speaks_to_its_paragraph():
    assert [unit_of(text) for text in ("CD2016-17", "CD2016-25.2", "CD2016-38.1(3)", "CD2016-40(5)", "CD2016-5")] == [
        "CD2016-17",
        "CD2016-25.2",
        "CD2016-38",
        "CD2016-40",
        "CD2016-5",
    ]
    assert citations("CD2016-26, CD2016-38.1(3) and XCD2016-1, CD2016-017") == {"CD2016-26", "CD2016-38.1(3)"}


@pytest.mark.parametrize("module", scan.modules())
def test_every_citation_in_the_code_names_something(module):
    text = scan.modules()[module].read_text("utf-8")

    for citation in citations(text):
        assert cite(citation).text
    assert set(scan.CONVENTION.findall(text)) - {"PC-00"} <= set(CONVENTIONS)


@pytest.mark.parametrize("file", scan.marks())
def test_every_mark_of_a_test_names_something(file):
    for mark in scan.marks()[file]:
        assert mark in CONVENTIONS or cite(mark).text


@pytest.mark.parametrize("number", CONVENTIONS)
def test_every_convention_is_used_and_proved(number):
    used = scan.convention_uses().get(number, [])
    proved = [file for file, marks in scan.marks().items() if number in marks]

    assert used, f"{number} is used nowhere in src"
    assert proved, f"no test is marked with {number}"


PRICES = re.compile(r"\b(?:fees?|prices?|pricing|payments?|invoices?|billing|tariffs?)\b|收费|计费|缴费|价格", re.IGNORECASE)


@pytest.mark.article("CD2016-4")
@pytest.mark.parametrize("module", scan.modules())
def test_sharing_is_free_of_charge_so_no_code_knows_a_price(module):
    text = scan.modules()[module].read_text("utf-8")

    assert module.startswith("demo.data") or not PRICES.findall(text)
