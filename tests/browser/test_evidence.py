"""Evidence at the browser: an entry proved before the reader's eyes, an alert disposed of."""

import re

import pytest
from playwright.sync_api import expect

from govshare.kernel.roles import Role
from tests.browser.people import Sitter

AUDITOR = Sitter("authority", Role.AUDIT_ADMIN)

CHANGED_ON_THE_WAY = """
document.addEventListener("readystatechange", () => {  // before the page's own scripts read it
  const sibling = document.readyState === "interactive" && document.querySelector("[data-sibling]");
  if (sibling) sibling.dataset.sibling = (sibling.dataset.sibling[0] === "0" ? "1" : "0") + sibling.dataset.sibling.slice(1);
});
"""


@pytest.mark.article("CD2016-26")
def test_the_browser_computes_its_own_way_from_the_entry_to_the_signed_root(desk):
    page = desk.sit(AUDITOR)
    page.goto("/integrity/")
    page.get_by_label("回执号或序号").fill("7")
    page.get_by_role("button", name="逐步证明").click()

    expect(page.get_by_text("✓ 您的浏览器已从记录逐步算到签名的根")).to_be_visible()
    steps = page.locator("[data-ladder] > li")
    assert steps.count() >= 10
    expect(page.locator("[data-ladder] > li.held")).to_have_count(steps.count())
    desk.watched(page).audit(page)


@pytest.mark.article("CD2016-26")
def test_the_browser_says_so_when_a_hash_was_changed_on_the_way(desk):
    page = desk.sit(AUDITOR)

    page.add_init_script(CHANGED_ON_THE_WAY)
    page.goto("/integrity/proof/?entry=7")

    expect(page.get_by_text("✗ 您的浏览器算不到签名的根")).to_be_visible()
    expect(page.locator("[data-ladder] > li.broken").first).to_contain_text("第 1 步")


@pytest.mark.article("CD2016-26")
def test_the_head_of_the_log_moves_by_itself(desk):
    page = desk.sit(AUDITOR)
    page.goto("/integrity/")
    before = page.locator("#live .hash").first.inner_text()

    other = desk.sit(AUDITOR)
    other.goto("/log/")  # the look is an entry itself

    expect(page.locator("#live .hash").first).not_to_have_text(before)


@pytest.mark.article("CD2016-31", "PC-125")
def test_an_alert_is_looked_into_and_disposed_of(desk):
    page = desk.sit(AUDITOR)
    page.goto("/alerts/?state=open&rule=refusals")
    page.get_by_role("link", name="连续被拒绝").first.click()
    address = page.url

    expect(page.locator("canvas").first).to_be_visible()
    page.get_by_label("不属异常").check()
    page.get_by_role("textbox", name="理由").fill("核对各条记录：重复点击，没有取得数据。")
    desk.watched(page).audit(page)
    page.get_by_role("button", name="处置").click()

    expect(page.get_by_text("已处置：不属异常")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("核对各条记录：重复点击，没有取得数据。")).to_be_visible()
    assert page.get_by_role("button", name="处置").count() == 0


@pytest.mark.article("CD2016-31", "PC-125")
def test_a_department_explains_what_it_was_asked_about(desk):
    page = desk.sit(Sitter("market", Role.RESOURCE_ADMIN))
    page.goto("/todo/")
    page.get_by_role("link", name=re.compile("取数量突增")).first.click()
    page.get_by_role("link", name="作出说明").click()
    page.get_by_label("内容").fill("当晚切换业务系统，重复取数是为了核对，取走的数据已按规定清除。")
    page.get_by_role("button", name="作出说明").click()

    expect(page.get_by_text("已说明，等审计管理员处置")).to_be_visible()
    expect(page.get_by_text("当晚切换业务系统")).to_be_visible()
