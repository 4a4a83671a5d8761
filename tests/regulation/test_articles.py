"""The law is read exactly, and a wrong citation never passes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.regulation.articles import articles, cite, numeral, numeral_value, parse, part, provisions


def test_the_regulation_has_forty_two_articles_in_eight_chapters():
    every = articles("CD2016")

    assert list(every) == list(range(1, 43))
    assert len({article.chapter for article in every.values()}) == 8
    assert cite("CD2016-1").chapter == "第一章 总则"
    assert cite("CD2016-25.2").chapter == "第五章 信息资源共享"
    assert cite("CD2016-42").chapter == "第八章 附则"
    assert not [article.citation for article in every.values() if "#" in article.text or "*" in article.text]


def test_a_citation_may_name_a_paragraph_or_an_item():
    assert "15个工作日" in cite("CD2016-17").text
    assert "15年" in cite("CD2016-26").text
    assert cite("CD2016-25.2").text.startswith("条件共享类")
    assert cite("CD2016-38.1(3)").text.startswith("（三）共享获得的信息管理失控")
    assert cite("CD2016-40(5)").text.startswith("（五）前置交换数据库")
    assert cite("CD2016-29.1").text.startswith("政府部门应当制定本部门")


def test_every_part_has_its_name_in_the_words_of_the_law():
    assert cite("CD2016-17").label == "第十七条"
    assert cite("CD2016-25.2").label == "第二十五条第二款"
    assert cite("CD2016-38.1(3)").label == "第三十八条第一款第（三）项"
    assert cite("CD2016-40(5)").label == "第四十条第（五）项"
    assert str(cite("CD2016-25.2")) == "CD2016-25.2"


def test_a_paragraph_holds_its_items():
    paragraph = cite("CD2016-38.1").text

    assert paragraph == cite("CD2016-38").text
    assert [re.match("（(.)）", block)[1] for block in paragraph.split("\n\n")[1:]] == list("一二三四五六七八")


@pytest.mark.parametrize(
    ("citation", "says"),
    [
        ("CD2016-43", "1 to 42"),
        ("CD2016-25.3", "2 paragraph"),
        ("CD2016-17.2", "1 paragraph"),
        ("CD2016-38.1(9)", "8 item"),
        ("CD2016-40(6)", "5 item"),
        ("CD2016-17(1)", "0 item"),
        ("CD2016-29.2(1)", "0 item"),
        ("CD2017-1", "there is: CD2016"),
        ("CD2016-0", "not a citation"),
        ("CD2016-25.0", "not a citation"),
        ("CD2016-38.1(0)", "not a citation"),
        ("CD2016-38.-1", "not a citation"),
        ("CD2016-017", "not a citation"),
        ("CD2016-17 ", "not a citation"),
        ("CD2016-17\n", "not a citation"),
        ("CD2016-1\uff17", "not a citation"),
        ("CD2016", "not a citation"),
        ("第十七条", "not a citation"),
        ("", "not a citation"),
    ],
)
def test_a_wrong_citation_is_an_error_that_says_what_there_is(citation, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        cite(citation)


@given(st.integers(1, 60), st.integers(0, 12), st.integers(0, 12))
def test_a_citation_names_a_real_part_or_fails(article, paragraph, item):
    citation = f"CD2016-{article}" + (f".{paragraph}" if paragraph else "") + (f"({item})" if item else "")
    provision = provisions("CD2016").get(article)
    parts = provision.paragraphs[paragraph - 1 : paragraph] if provision and paragraph else provision.paragraphs if provision else ()
    exists = bool(parts) and item <= sum(len(part.items) for part in parts)

    try:
        text = cite(citation).text
    except ValueError:
        assert not exists
    else:
        assert exists
        assert text in cite(f"CD2016-{article}").text


words = st.text(st.sampled_from("信息共享目录部门按照"), min_size=1, max_size=12)
paragraphs = st.tuples(words, st.lists(words, max_size=4))
laws = st.lists(st.lists(paragraphs, min_size=1, max_size=4), min_size=1, max_size=30)


@given(laws)
def test_another_text_is_read_back_part_by_part(law):
    text = "## 第一章 总则\n\n"
    for number, parts in enumerate(law, 1):
        blocks = [block for opening, items in parts for block in (opening, *(f"（{numeral(n)}）{item}" for n, item in enumerate(items, 1)))]
        text += f"**第{numeral(number)}条** " + "\n\n".join(blocks) + "\n\n\n"

    read = parse(text)

    assert list(read) == list(range(1, len(law) + 1))
    for number, parts in enumerate(law, 1):
        assert [part.opening for part in read[number].paragraphs] == [opening for opening, _ in parts]
        assert [[item.partition("）")[2] for item in part.items] for part in read[number].paragraphs] == [items for _, items in parts]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "**第二条** 甲",
        "**第一条** 甲\n\n**第三条** 乙",
        "**第一条** 甲\n\n**第一条** 乙",
        "**第一条** \n\n",
        "**第一条** 甲\n\n（二）乙",
        "**第一条** （一）甲",
        "**第十十条** 甲",
    ],
)
def test_a_text_with_a_gap_is_not_taken(text):
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_an_item_is_not_guessed_among_several_paragraphs():
    provision = parse("**第一条** 甲\n\n（一）子\n\n乙\n\n（一）丑")[1]

    with pytest.raises(ValueError, match="name the paragraph"):
        part("XX2020-1(1)", provision, 0, 1)
    assert part("XX2020-1.2(1)", provision, 2, 1) == ("（一）丑", "第一条第二款第（一）项")


@given(st.integers(1, 99))
def test_numerals_are_read_as_they_are_written(number):
    assert numeral_value(numeral(number)) == number


def test_numerals_are_those_of_the_law():
    assert [numeral(n) for n in (1, 9, 10, 11, 20, 26, 42, 99)] == ["一", "九", "十", "十一", "二十", "二十六", "四十二", "九十九"]
    for wrong in ("", "十十", "一十", "二十零", "百", "12"):
        with pytest.raises(ValueError, match="not a numeral"):
            numeral_value(wrong)
    for wrong_number in (0, 100, -1):
        with pytest.raises(ValueError, match="numerals run"):
            numeral(wrong_number)
