"""Rules and conventions: their numbers in force, their history, and who may change them."""

import pytest

from govshare.audit.models import Entry
from govshare.duties import queries, services
from govshare.duties.models import Parameter, RuleSetAct
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.conventions import CONVENTIONS, convention
from tests.portal.conftest import Site, Visitor, text

ACT = {
    "issuer": "成都市人民政府办公厅",
    "number": "成办发[2018]25号",
    "title": "关于延长有效期的通知",
    "effect": "prolong",
    "valid_from": "2018-06-25",
    "valid_until": "",
}


@pytest.mark.article("PC-06")
def test_every_convention_stands_there_with_its_number_in_force(site: Site, registrar: Visitor):
    services.set_parameter(number="PC-34", value=8, reason="办公会议定", by=site.cast.actor("authority", Role.AUTHORITY), now=utc_now())

    page, rows = text(registrar.open("/rules/")), registrar.open("/rules.json").json()["items"]

    assert [row["number"] for row in rows] == sorted(CONVENTIONS, key=lambda number: int(number.removeprefix("PC-")))
    assert {row["number"]: row["value"] for row in rows} == {
        number: (8 if number == "PC-34" else row.default) for number, row in CONVENTIONS.items()
    }
    assert all(row.title in page for row in CONVENTIONS.values())


@pytest.mark.parametrize(("query", "found"), [("only=changed", ["PC-34"]), ("q=PC-31", ["PC-31"]), ("q=没有这样的约定", [])])
def test_the_list_is_narrowed(site: Site, registrar: Visitor, query, found):
    services.set_parameter(number="PC-34", value=8, reason="办公会议定", by=site.cast.actor("authority", Role.AUTHORITY), now=utc_now())

    assert [row["number"] for row in registrar.open(f"/rules.json?{query}").json()["items"]] == found
    assert registrar.open(f"/rules/?{query}").status_code == 200


@pytest.mark.article("PC-06", "CD2016-6")
def test_an_officer_changes_a_number_with_a_reason_and_everybody_sees_it(site: Site, officer: Visitor, registrar: Visitor):
    response = officer.send("/rules/PC-34/change/", {"value": "7", "reason": "第三次联席会议议定"})

    assert response["Location"] == "/rules/PC-34/"
    assert queries.parameter("PC-34") == 7
    page = text(registrar.open("/rules/PC-34/"))
    assert "10 → 7 工作日" in page and "第三次联席会议议定" in page
    assert site.cast.person("authority", Role.AUTHORITY).name in page
    assert Entry.objects.filter(action="duties:parameter:set").count() == 1


@pytest.mark.article("PC-06")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "9999", "reason": "试试"}, "应在1至250之间"),
        ({"value": "-1", "reason": "试试"}, "应在1至250之间"),
        ({"value": "七", "reason": "试试"}, ""),
        ({"value": "1e3", "reason": "试试"}, ""),
        ({"value": "9" * 4000, "reason": "试试"}, ""),
        ({"value": "7", "reason": ""}, "请填写"),
        ({"value": "7", "reason": "   "}, "请填写"),
        ({"value": "", "reason": "写了很多理由"}, "请填写"),
        ({"value": "7", "reason": "长" * 10_000}, ""),
        ({"value": "7", "reason": "带\x01控制符"}, "控制字符"),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(officer: Visitor, fields, said):
    response = officer.send("/rules/PC-34/change/", fields)

    assert response.status_code == 422
    assert said in text(response)
    assert fields["reason"].strip()[:400].replace("\x01", "") in response.content.decode().replace("\x01", "")
    assert not Parameter.objects.exists()


def test_markup_in_a_reason_is_text(officer: Visitor):
    officer.send("/rules/PC-34/change/", {"value": "7", "reason": "<img src=x onerror=alert(1)>"})

    page = officer.open("/rules/PC-34/").content.decode()

    assert "<img src=x" not in page and "&lt;img src=x" in page


@pytest.mark.parametrize("address", ["/rules/PC-34/change/", "/rules/acts/new/", "/calendar/load/", "/calendar/day/"])
@pytest.mark.parametrize(
    ("who", "role"), [("provider", Role.REGISTRAR), ("authority", Role.AUDIT_ADMIN), ("district_authority", Role.AUTHORITY)]
)
def test_what_holds_for_everybody_is_the_operators_to_change(site: Site, address, who, role):
    visitor = site.visitor(who, role)

    assert visitor.open(address).status_code == 403
    assert visitor.send(address, {"value": "7", "reason": "x", **ACT}).status_code == 403
    assert not Parameter.objects.exists() and not RuleSetAct.objects.exists()


def test_the_button_says_why_it_cannot_be_used(site: Site, officer: Visitor, registrar: Visitor):
    district = text(site.visitor("district_authority", Role.AUTHORITY).open("/rules/PC-34/"))

    assert "由运行平台的信息化主管部门办理" in district
    assert "/rules/PC-34/change/" in officer.open("/rules/PC-34/").content.decode()
    assert "调整数值" not in text(registrar.open("/rules/PC-34/"))


@pytest.mark.parametrize("number", ["PC-99", "CD2016-17", "..", "%00"])
@pytest.mark.parametrize("ending", ["", "change/"])
def test_no_such_convention_is_said_in_words(officer: Visitor, number, ending):
    assert officer.open(f"/rules/{number}/{ending}").status_code == 404


def test_a_convention_without_a_number_has_none_to_change(officer: Visitor):
    assert convention("PC-01").default is None
    assert "没有可调整的数值" in text(officer.open("/rules/PC-01/change/"))


@pytest.mark.article("CD2016-42")
def test_the_act_that_carries_the_law_on_is_filed_shown_and_withdrawn(officer: Visitor, registrar: Visitor):
    assert "演示/试行" in text(registrar.open("/rules/"))

    filed = officer.send("/rules/acts/new/", ACT)

    assert filed["Location"] == "/rules/"
    page = text(registrar.open("/rules/"))
    assert "成办发〔2018〕25号" in page and "延续执行" in page
    act = RuleSetAct.objects.get()
    officer.send(f"/rules/acts/{act.pk}/withdraw/", {"reason": "存错了文件"})
    page = text(registrar.open("/rules/"))
    assert "演示/试行" in page and "存错了文件" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "25"}, "文号应形如"),
        ({"valid_until": "2017-01-01"}, "有效期止不能早于有效期起"),
        ({"valid_from": "不知道"}, ""),
        ({"effect": "cancel"}, ""),
        ({"issuer": ""}, "请填写"),
    ],
)
def test_a_wrong_act_is_told_field_by_field(officer: Visitor, changes, said):
    response = officer.send("/rules/acts/new/", ACT | changes)

    assert response.status_code == 422
    assert said in text(response)
    assert ACT["title"] in response.content.decode()


def test_the_same_act_is_filed_once(officer: Visitor):
    officer.send("/rules/acts/new/", ACT)

    again = officer.send("/rules/acts/new/", ACT)

    assert (again.status_code, "已经在档" in text(again)) == (409, True)
