"""The whole main job, clicked through by seven people in seven roles: from an empty entry to rows in another department's database."""

import secrets
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from govshare.demo import frontends
from govshare.demo.roster import LABOUR as LABOUR_BODY
from govshare.demo.roster import MARKET as MARKET_BODY
from govshare.kernel.clock import local_date, utc_now
from tests.browser.clicking import Person

ITEMS = """信息项名称\t字段名\t数据类型\t数据长度\t敏感级别\t主键
统一社会信用代码\tuscc\t字符型\t18\t普通\t是
单位名称\tname\t字符型\t120\t普通\t否
法定代表人\trepresentative\t字符型\t60\t个人信息\t否
登记状态\tstatus\t字符型\t20\t普通\t否
"""
BASIS = "《中华人民共和国市场主体登记管理条例》"
MARKET, LABOUR, AUTHORITY = "市市场监管局", "市人社局", "市经信委"


@pytest.mark.article("CD2016-14", "CD2016-16", "CD2016-22", "CD2016-24", "CD2016-26", "CD2016-29.1", "CD2016-35")
def test_seven_people_bring_a_resource_from_registration_to_a_verified_delivery(desk, city, tmp_path):
    name, table = f"企业登记状态 {secrets.token_hex(3)}", f"from_market_{secrets.token_hex(4)}"
    officer = Person(desk.window(), AUTHORITY, "信息化主管部门经办人")
    drafter = Person(desk.window(), LABOUR, "目录登记人员")
    checker = Person(desk.window(), LABOUR, "信息资源管理员")

    registers(Person(desk.window(), MARKET, "目录登记人员"), name)
    reviews(Person(desk.window(), MARKET, "目录审核人员"), name)
    confirms(officer, name)
    demands(drafter, name)
    checks(checker, name)
    accepts(officer, name)
    answers(Person(desk.window(), MARKET, "信息资源管理员"), name)
    number = fetches(checker, name, table)
    verifies(Person(desk.window(), AUTHORITY, "审计管理员"), number, tmp_path)
    drafter.sign_out()

    assert landed(city, table) == at_source(city)


def registers(who, name):
    """Part by part, bound to a table, checked by itself, submitted."""
    who.menu("本部门目录")
    who.click("登记资源")
    who.type("信息资源名称", name)
    who.choose("信息资源分类", "法人")
    who.press("登记")
    who.click("基本信息")
    who.type("信息资源摘要", "本市登记企业的名称、法定代表人和登记状态。")
    who.choose("格式分类", "数据库")
    who.type("格式类型", "PostgreSQL")
    who.choose("数据分级", "二级")
    who.type("联系人", "张三")
    who.type("联系电话", "028-00000000")
    who.press("保存，下一部分")
    who.click("从表格粘贴")
    who.type("粘贴到这里", ITEMS)
    who.press("看结果")
    who.press("就这样登记")
    who.sees("已登记 4 个信息项")
    who.click("共享类型与条件")
    who.tick("条件共享")
    who.type("共享条件", "仅用于办理行政审批事项。法定代表人只提供姓。")
    who.tick("市公安局")
    who.press("保存，下一部分")
    who.choose("更新周期", "每日")
    who.type("更新时限", "每日 08:00 前")
    who.press("保存，下一部分")
    who.tick("直接数据交换")
    who.type("采集依据", BASIS)
    who.type("采集程序", "登记机关受理、核准后入库，由登记处维护，每日发布。")
    who.press("保存")
    who.click("绑定前置库的表")
    who.click("legal_entity")
    who.type("接口规范说明", "前置库表 share.legal_entity，按统一社会信用代码取数，每日更新。")
    who.press("绑定并测试")
    who.sees("测试通过")
    who.menu("本部门目录")
    who.row(name).get_by_role("link", name="继续登记").click()
    who.sees("全部通过")
    who.press("提交审核")
    who.sees("已提交部门审核")


def reviews(who, name):
    who.menu("目录审核")
    who.click(name)
    who.sees("统一社会信用代码", "登记状态", BASIS)
    who.press("通过，发布并备案")
    who.sees("已发布并报主管部门备案")


def confirms(who, name):
    who.menu("备案与确认")
    who.click(name)
    who.press("确认列入")
    who.sees("已确认列入共享目录")


def demands(who, name):
    who.find(name)
    who.click(name)
    who.click("申请使用")
    who.type("应用业务", "企业开办联办")
    who.type("用途", "核验申请企业的登记状态")
    who.type("履职依据", "三定规定第四条第二项")
    who.type("使用对象", "窗口受理岗\n审批岗")
    for item in ("统一社会信用代码", "单位名称", "法定代表人", "登记状态"):
        who.tick(item)
    who.tick("直接数据交换")
    who.type("截止时间", (local_date(utc_now()) + timedelta(days=200)).isoformat())
    who.press("提交本部门把关")
    who.sees("已提交本部门信息资源管理员把关")


def checks(who, name):
    """All five elements, one by one."""
    who.menu("申请与需求")
    who.click(name)
    who.press("把关")
    for element in ("应用业务", "使用对象", "所需信息", "共享模式", "截止时间"):
        who.tick(element)
    who.type("把关意见", "属履行职责需要")
    who.press("通过并提出")
    who.sees("已报主管部门受理")


def accepts(who, name):
    """Beyond the scope of sharing it is the authority that accepts."""
    who.menu("申请与需求")
    who.click(name)
    who.click("受理")
    who.press("受理并转提供部门")
    who.sees("已受理，转提供部门答复")


def answers(who, name):
    """Item by item: of the representative the family name only, as the published terms say."""
    who.menu("申请与需求")
    who.click(name)
    who.press("答复")
    line = who.row("法定代表人")
    line.get_by_role("combobox").first.select_option(label="掩码提供")
    line.get_by_role("spinbutton").first.fill("1")
    line.get_by_role("spinbutton").last.fill("0")
    line.get_by_placeholder("或摘录共享条件原文").fill("法定代表人只提供姓")
    who.press("同意并生成授权")
    who.sees("已答复，授权")


def fetches(who, name, table):
    """By the guide: a look first, then the run, until the rows have arrived; returns the receipt's number."""
    who.menu("共享授权")
    who.click(name)
    who.click("取数引导")
    who.click("登记传输")
    who.type("目标表", table)
    who.press("先试看")
    who.sees("两端都试过了，没有动任何数据")
    who.press("登记传输")
    who.sees("第一次传输已排队")
    expect(who.page.get_by_text("已交付").first).to_be_visible(timeout=90_000)
    who.page.reload()
    who.sees("交付的证明")
    return who.page.locator("dd a.mono", has_text="HZ-").first.inner_text()


def verifies(who, number, directory):
    """Opens the receipt, takes its file, and has the file verified."""
    who.menu("回执")
    who.type("回执号", number)
    who.press("查回执")
    who.sees("签名成立", "内容没有改动", "与现存日志一致")
    with who.page.expect_download() as download:
        who.click("下载回执文件")
    file = directory / download.value.suggested_filename
    download.value.save_as(file)
    who.menu("回执")
    who.click("核验回执文件")
    who.page.get_by_label("回执文件", exact=True).set_input_files(file)
    who.press("核验")
    who.sees(number, "与现存日志一致")


def landed(city, table):
    with frontends.find(city.home).owner(LABOUR_BODY) as connection:
        return connection.execute(f"SELECT uscc, name, representative, status FROM landing.{table} ORDER BY uscc").fetchall()


def at_source(city):
    """What the recipient was granted, read past the platform."""
    with frontends.find(city.home).owner(MARKET_BODY) as connection:
        return connection.execute(
            "SELECT uscc, name, overlay(representative placing repeat('*', length(representative) - 1) from 2), status"
            " FROM share.legal_entity ORDER BY uscc"
        ).fetchall()
