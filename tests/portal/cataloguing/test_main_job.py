"""The main job through pages alone: registered, checked, reviewed, filed, confirmed, changed, told."""

import re
from uuid import UUID

import pytest

from govshare.catalog import queries
from govshare.catalog.models import Entry, Listing, Revision
from govshare.catalog.rules.choices import ListingStatus, Status
from govshare.kernel.clock import local_date, utc_now
from tests.portal.cataloguing.conftest import Office, good
from tests.portal.conftest import text

BASICS = {
    "name": "法人单位基本信息",
    "node": "102001",
    "abstract": "本市登记的法人单位名称、代码和登记状态。",
    "format_class": "database",
    "format_type": "PostgreSQL",
    "classification": "2",
    "contact": "张三",
    "contact_phone": "028-00000000",
}
SHARING = {"share_type": "conditional", "terms": "仅用于办理行政审批事项。", "for_all": "on"}
UPDATE = {"update_cycle": "daily", "update_limit": "每日 08:00 前"}
PROVISION = {"modes": ["table", "query"], "collection_basis": "《市场主体登记管理条例》", "collection_procedure": "登记处维护"}
PASTED = (
    "信息项名称\t字段名\t数据类型\t数据长度\t敏感级别\t主键\n统一社会信用代码\tuscc\t字符型\t18\t普通\t是\n单位名称\tname\tC200\t\t普通\t\n"
)


def registered(office: Office) -> UUID:
    """Named and filled in part by part, through the pages."""
    response = good(office.registrar.send("/entries/new/", {"name": BASICS["name"], "node": BASICS["node"]}))
    entry = UUID(re.search(r"/entries/([0-9a-f-]{36})/tasks/", response["Location"])[1])
    good(office.save(entry, "basics", BASICS))
    good(office.save(entry, "sharing", SHARING))
    good(office.save(entry, "update", UPDATE))
    good(office.save(entry, "provision", PROVISION))
    good(office.save(entry, "items/paste", {"text": PASTED, "how": "replace", "apply": "1"}))
    return entry


def submitted(office: Office) -> UUID:
    entry = registered(office)
    good(office.save(entry, "submit", {}))
    return entry


@pytest.mark.article("CD2016-14", "CD2016-15", "CD2016-16")
def test_an_entry_goes_from_its_name_to_the_sharing_catalog_by_pages_alone(office: Office):
    entry = submitted(office)
    row = Entry.objects.get(pk=entry)
    assert row.code in text(office.reviewer.open("/review/"))
    assert "统一社会信用代码" in text(office.reviewer.open(f"/review/{entry}/"))

    good(office.reviewer.send(f"/review/{entry}/", {"version": row.version, "verdict": "publish", "reason": ""}))
    good(office.authority.send(f"/listings/{entry}/", {"revision": 1, "verdict": "confirm", "reason": "同意"}))

    assert Listing.objects.get(entry=entry).status == ListingStatus.LISTED
    history = text(office.registrar.open(f"/entries/{entry}/history/"))
    for step in queries.entry(entry, by=office.desk.registrar, today=local_date(utc_now())).history:
        assert step.receipt in history


@pytest.mark.article("CD2016-14")
def test_the_task_list_says_how_far_each_part_is(office: Office):
    response = good(office.registrar.send("/entries/new/", {"name": "新资源", "node": "102001"}))
    tasks = response["Location"]
    assert text(office.registrar.open(tasks)).count("未开始") == 5

    good(office.registrar.send(tasks.replace("tasks", "update"), {"version": 1, **UPDATE}))

    said = text(office.registrar.open(tasks))
    assert said.count("未开始") == 4
    assert "1 / 5 部分完成" in said
    assert "自检通过后才能提交" in said


@pytest.mark.article("CD2016-15")
def test_a_return_with_remarks_leads_the_registrar_to_each_place(office: Office):
    entry = submitted(office)
    version = Entry.objects.get(pk=entry).version

    good(
        office.reviewer.send(
            f"/review/{entry}/",
            {"version": version, "verdict": "return", "reason": "", "remark.abstract": "请写明时间范围", "remark.items.uscc": "应为 18 位"},
        )
    )

    tasks = text(office.registrar.open(f"/entries/{entry}/tasks/"))
    assert "请写明时间范围" in tasks and "应为 18 位" in tasks and "1 处意见" in tasks
    assert "请写明时间范围" in text(office.registrar.open(f"/entries/{entry}/basics/"))
    assert "审核退回" in text(office.registrar.open("/entries/"))


@pytest.mark.article("CD2016-15")
def test_who_writes_remarks_cannot_publish_at_the_same_time_and_keeps_them(office: Office):
    entry = submitted(office)
    version = Entry.objects.get(pk=entry).version

    response = office.reviewer.send(f"/review/{entry}/", {"version": version, "verdict": "publish", "remark.abstract": "请写明时间范围"})

    assert response.status_code == 409
    assert "请写明时间范围" in response.content.decode()
    assert Revision.objects.get(entry=entry).status == Status.REVIEW


@pytest.mark.article("PC-80")
def test_a_submission_is_taken_back_within_minutes_by_the_button_in_the_message(office: Office):
    entry = registered(office)
    good(office.save(entry, "submit", {}))
    page = office.registrar.open(f"/entries/{entry}/").content.decode()
    address = re.search(rf'action="(/entries/{entry}/undo/\?version=\d+)"', page)[1]

    good(office.registrar.send(address))

    assert Revision.objects.get(entry=entry).status == Status.DRAFT


@pytest.mark.article("CD2016-17")
def test_a_change_of_a_key_element_runs_its_clock_until_it_is_published(office: Office):
    entry = office.desk.listed()
    good(office.save(entry.pk, "update", {**UPDATE, "update_limit": "每日 12:00 前"}))
    assert "更新时限" in text(office.registrar.open("/changes/"))
    assert "变更待确认" not in text(office.registrar.open(f"/entries/{entry.pk}/"))

    good(office.save(entry.pk, "submit", {}))
    said = text(office.reviewer.open(f"/review/{entry.pk}/"))
    assert "1 个字段、0 个信息项有变化" in said
    good(office.reviewer.send(f"/review/{entry.pk}/", {"version": Entry.objects.get(pk=entry.pk).version, "verdict": "publish"}))

    assert "按期告知" in text(office.registrar.open("/changes/"))
    assert Listing.objects.get(entry=entry).status == ListingStatus.CHANGED
    page = office.authority.open(f"/listings/{entry.pk}/").content.decode()
    assert "每日 <del>08</del>:00 前" in page and "每日 <ins>12</ins>:00 前" in page
