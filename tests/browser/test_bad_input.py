"""Rubbish, haste and bad luck at the browser: a clear message each time, and nothing that was typed is lost."""

import secrets

import pytest
from playwright.sync_api import expect

from govshare.kernel.roles import Role
from govshare.portal.frame.visitor import COOKIE
from tests.browser.clicking import Person
from tests.browser.people import Sitter
from tests.browser.watch import expecting
from tools.sitting import cookies

REGISTRAR = Sitter("market", Role.REGISTRAR)
MARKUP = '"><script>window.hit = 1</script><img src=x onerror="window.hit=1">{{7*7}}%s'
RUBBISH = "信息项名称\t字段名\t数据类型\n甲\t1 bad\t胡乱\n\x07乙\t\t字符型"
HUGE = 200 * 1024 * 1024


@pytest.fixture
def registrar(desk):
    return Person.seated(desk.sit(REGISTRAR))


def draft(who, name):
    """A new entry of that name; stands on its list of parts."""
    who.page.goto("/entries/new/")
    who.type("信息资源名称", name)
    who.choose("信息资源分类", "法人")
    who.press("登记")
    who.sees("登记任务")


def test_pasted_rubbish_is_told_cell_by_cell_and_stays(registrar):
    draft(registrar, f"粘贴 {secrets.token_hex(3)}")
    registrar.click("信息项")
    registrar.click("从表格粘贴")

    registrar.type("粘贴到这里", RUBBISH)
    registrar.press("看结果")

    registrar.sees("须改正", "胡乱")
    assert registrar.page.get_by_label("粘贴到这里").input_value().strip() == RUBBISH


def test_a_double_click_registers_once(registrar):
    name = f"双击 {secrets.token_hex(3)}"
    registrar.page.goto("/entries/new/")
    registrar.type("信息资源名称", name)
    registrar.choose("信息资源分类", "法人")

    registrar.page.get_by_role("button", name="登记", exact=True).dblclick()
    registrar.sees("登记任务")
    registrar.page.goto("/entries/?q=" + name)

    expect(registrar.page.locator("tr[data-line]").filter(has_text=name)).to_have_count(1)


def test_going_back_shows_what_was_saved_and_saves_again(registrar):
    draft(registrar, f"返回 {secrets.token_hex(3)}")
    registrar.click("更新周期")
    registrar.type("更新时限", "每日 08:00 前")
    registrar.press("保存")
    registrar.sees("已保存")

    registrar.page.go_back()
    expect(registrar.page.get_by_label("更新时限", exact=True)).to_have_value("每日 08:00 前")
    registrar.type("更新时限", "每日 09:00 前")
    registrar.press("保存")

    registrar.sees("已保存")


def test_of_two_people_on_one_entry_the_second_sees_both_and_keeps_what_was_typed(desk, registrar):
    draft(registrar, f"两人 {secrets.token_hex(3)}")
    registrar.click("基本信息")
    other = Person.seated(desk.sit(REGISTRAR))
    other.page.goto(registrar.page.url)

    registrar.type("信息资源摘要", "先保存的摘要")
    registrar.press("保存")
    registrar.sees("已保存")
    other.type("信息资源摘要", "后保存的摘要")
    other.press("保存")

    other.sees("另一位刚刚改过，请对照", "先保存的摘要")
    expect(other.page.get_by_label("信息资源摘要", exact=True)).to_have_value("后保存的摘要")


def test_what_was_typed_outlives_the_session(desk, city, registrar):
    name = f"过期 {secrets.token_hex(3)}"
    registrar.page.goto("/entries/new/")
    registrar.type("信息资源名称", name)
    registrar.choose("信息资源分类", "法人")
    registrar.page.context.clear_cookies(name=COOKIE)

    registrar.press("登记")
    registrar.sees("登录已结束")
    registrar.page.context.add_cookies(cookies(city, REGISTRAR.stem))
    registrar.press("继续提交")

    registrar.sees(name, "登记任务")


def test_a_name_of_ten_thousand_characters_is_refused_at_its_field(registrar):
    registrar.page.goto("/entries/new/")
    field = registrar.page.get_by_label("信息资源名称", exact=True)
    field.evaluate("(each) => each.removeAttribute('maxlength')")  # the browser itself would take no more
    field.fill("长" * 10_000)
    registrar.choose("信息资源分类", "法人")

    registrar.press("登记")

    registrar.sees("有内容需要改正")
    expect(registrar.page.get_by_label("信息资源名称", exact=True)).to_have_value("长" * 10_000)


def test_script_and_markup_in_every_field_are_shown_as_typed(registrar):
    draft(registrar, f"{secrets.token_hex(3)} {MARKUP}")
    registrar.click("基本信息")
    for label in ("信息资源摘要", "格式类型", "关联资源", "联系人", "联系电话"):
        registrar.type(label, MARKUP[:40] if label == "联系电话" else MARKUP[:60])

    registrar.press("保存")
    registrar.page.goto("/entries/")

    registrar.sees("<script>window.hit = 1</script>")
    assert registrar.page.evaluate("window.hit") is None


def test_an_upload_of_the_wrong_kind_is_told_what_it_is_not(registrar, tmp_path):
    picture = tmp_path / "回执.json"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(2000))
    registrar.page.goto("/receipts/verify/")

    registrar.page.get_by_label("回执文件", exact=True).set_input_files(picture)
    registrar.press("核验")

    registrar.sees("这份文件不能证明任何事")


def test_an_upload_of_two_hundred_megabytes_is_refused_in_words(desk, registrar, tmp_path):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(HUGE)
    registrar.page.goto("/receipts/verify/")
    registrar.page.get_by_label("回执文件", exact=True).set_input_files(huge)

    registrar.press("核验")

    expect(registrar.page.locator("body")).to_contain_text("单次不超过", timeout=60_000)
    assert registrar.page.locator("h1").inner_text() == "内容需要改正"


def test_an_address_made_up_is_answered_in_words(desk, registrar):
    with expecting(desk.watched(registrar.page), "404"):
        for address in ("/nowhere/", "/entries/00000000-0000-0000-0000-000000000000/", "/receipts/HZ-99999999-0/", "/rules/PC-999/"):
            answer = registrar.page.goto(address)

            assert answer is not None
            assert answer.status == 404, address
            expect(registrar.page.get_by_role("link", name="工作台").first).to_be_visible()
