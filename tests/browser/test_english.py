"""The site in English says nothing in Chinese by itself; what people, the law and the data say stays as it is."""

import pytest

from tests.browser.people import EVERY_ROLE
from tests.browser.plain import Chrome


@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_no_chinese_is_left_over_in_the_chrome(visit, sitter):
    visitor, left = visit(sitter, english=True), {}

    for name, _address, answer in visitor.walk(sitter.role):
        if not answer.text.lstrip().startswith("<"):
            continue  # a file
        if words := sorted(set(Chrome.of(answer.text))):
            left[name] = words[:8]

    assert not left, "\n".join(f"{name}: {' | '.join(words)}" for name, words in left.items())


def test_what_is_marked_as_chinese_is_not_counted_and_the_rest_is():
    html = (
        '<html lang="en"><p title="提示">Hi <b lang="zh">张敏</b></p><p>您好</p><h1>Rename: 市公安局</h1>'
        '<input type="submit" value="提交"><script>"文"</script></html>'
    )

    assert Chrome.of(html) == ["title=提示", "您好", "提交"]
