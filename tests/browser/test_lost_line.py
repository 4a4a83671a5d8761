"""The line goes down while somebody types: nothing that was typed is lost, and nothing is offered twice."""

import secrets

import pytest
from playwright.sync_api import expect

from govshare.kernel.roles import Role
from tests.browser.clicking import Person
from tests.browser.people import Sitter, seat
from tests.browser.watch import expecting

REGISTRAR = Sitter("market", Role.REGISTRAR)
DOWN, OFFER = "连接断开了", "上次没有交成的内容还在这台电脑上"
NO_LINE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def registrar(desk):
    return Person.seated(desk.sit(REGISTRAR))


def draft(who):
    """A new entry, at its list of parts."""
    who.page.goto("/entries/new/")
    who.type("信息资源名称", f"断线 {secrets.token_hex(3)}")
    who.choose("信息资源分类", "法人")
    who.press("登记")
    who.sees("登记任务")


def cut(who):
    who.page.context.set_offline(True)


def mend(who):
    who.page.context.set_offline(False)


def field(who, label):
    return who.page.get_by_label(label, exact=True)


def kept_here(who):
    """What lies in the tab."""
    return who.page.evaluate("Object.keys(sessionStorage).filter((each) => each.startsWith('kept:'))")


@pytest.mark.article("PC-81")
def test_what_is_typed_while_the_line_is_down_is_back_after_reloading(desk, registrar):
    draft(registrar)
    registrar.click("基本信息")
    with expecting(desk.watched(registrar.page), NO_LINE):
        cut(registrar)
        registrar.type("信息资源摘要", "断线时写下的摘要")
        registrar.type("联系人", "断线的人")
        registrar.choose("数据分级", "二级")
        registrar.sees(DOWN)
        mend(registrar)
        registrar.page.reload()

    registrar.sees(OFFER)
    registrar.press("放回来")

    expect(field(registrar, "信息资源摘要")).to_have_value("断线时写下的摘要")
    expect(field(registrar, "联系人")).to_have_value("断线的人")
    expect(field(registrar, "数据分级")).to_have_value("2")
    registrar.press("保存")
    registrar.sees("已保存")
    registrar.click("基本信息")
    expect(field(registrar, "信息资源摘要")).to_have_value("断线时写下的摘要")
    expect(registrar.page.get_by_text(OFFER)).to_be_hidden()
    assert kept_here(registrar) == []


@pytest.mark.article("PC-81")
def test_who_saves_while_the_line_is_down_stays_on_the_page_and_saves_when_it_is_up(desk, registrar):
    draft(registrar)
    registrar.click("更新周期")
    with expecting(desk.watched(registrar.page), NO_LINE):
        cut(registrar)
        registrar.type("更新时限", "每日 08:00 前")
        registrar.press("保存")
        registrar.sees(DOWN)
        expect(field(registrar, "更新时限")).to_have_value("每日 08:00 前")
        mend(registrar)
        expect(registrar.page.get_by_text(DOWN)).to_be_hidden()
        registrar.press("保存")

    registrar.sees("已保存")
    assert kept_here(registrar) == []


@pytest.mark.article("PC-81")
def test_rows_added_while_the_line_is_down_are_back_too(desk, registrar):
    draft(registrar)
    registrar.click("信息项")
    rows = registrar.page.locator("#rows tr")
    at_first = rows.count()
    with expecting(desk.watched(registrar.page), NO_LINE):
        cut(registrar)
        for _ in range(2):
            registrar.press("加一行")
        rows.last.get_by_label("信息项名称").fill("最后一项")
        rows.last.get_by_label("数据类型").select_option(index=2)
        mend(registrar)
        registrar.page.reload()
    assert rows.count() == at_first

    registrar.press("放回来")

    assert rows.count() == at_first + 2
    expect(rows.last.get_by_label("信息项名称")).to_have_value("最后一项")
    assert rows.last.get_by_label("数据类型").evaluate("(each) => each.selectedIndex") == 2


@pytest.mark.article("PC-81")
def test_what_is_lost_on_the_way_is_offered_again_and_can_be_thrown_away(desk, registrar):
    draft(registrar)
    registrar.click("更新周期")
    address = registrar.page.url
    registrar.page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with expecting(desk.watched(registrar.page), "ERR_FAILED"):
        registrar.type("更新时限", "每周一 09:00 前")
        registrar.press("保存")  # the browser believes to be on line, and the answer never comes
        registrar.page.wait_for_url("chrome-error://**")
        registrar.page.unroute_all()
        registrar.page.goto(address)

    registrar.sees(OFFER)
    registrar.press("不要了")
    registrar.page.reload()

    expect(registrar.page.get_by_text(OFFER)).to_be_hidden()
    expect(field(registrar, "更新时限")).to_have_value("")


@pytest.mark.article("PC-81")
def test_what_one_person_typed_is_offered_to_nobody_else_at_the_same_machine(desk, city, registrar):
    registrar.page.goto("/entries/new/")
    with expecting(desk.watched(registrar.page), NO_LINE):
        cut(registrar)
        registrar.type("信息资源名称", "别人不该看到的")
        registrar.sees(DOWN)
        mend(registrar)
        seat(city, registrar.page.context, Sitter("labour", Role.REGISTRAR))
        registrar.page.goto("/entries/new/")

    expect(registrar.page.get_by_text(OFFER)).to_be_hidden()
    expect(field(registrar, "信息资源名称")).to_have_value("")
