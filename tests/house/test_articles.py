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


def test_every_citation_in_the_code_names_something():
    texts = {name: path.read_text("utf-8") for name, path in scan.modules().items()}

    assert not {(name, wrong) for name, text in texts.items() for wrong in citations(text) if not names_something(wrong)}
    assert not {(name, wrong) for name, text in texts.items() for wrong in scan.CONVENTION.findall(text) if wrong not in CONVENTIONS}


def test_every_mark_of_a_test_names_something():
    assert not {(file, mark) for file, marks in scan.marks().items() for mark in marks if not names_something(mark)}


def names_something(citation: str) -> bool:
    try:
        return citation in CONVENTIONS or bool(cite(citation).text)
    except ValueError:
        return False


@pytest.mark.parametrize("number", CONVENTIONS)
def test_every_convention_is_used_and_proved(number):
    used = scan.convention_uses().get(number, [])
    proved = [file for file, marks in scan.marks().items() if number in marks]

    assert used, f"{number} is used nowhere in src"
    assert proved, f"no test is marked with {number}"


PRICES = re.compile(r"\b(?:fees?|prices?|pricing|payments?|invoices?|billing|tariffs?)\b|收费|计费|缴费|价格", re.IGNORECASE)


@pytest.mark.article("CD2016-4")
def test_sharing_is_free_of_charge_so_no_code_knows_a_price():
    texts = {name: path.read_text("utf-8") for name, path in scan.modules().items() if not name.startswith("demo.data")}

    assert not {(name, word) for name, text in texts.items() for word in PRICES.findall(text)}
