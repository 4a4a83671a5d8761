"""信息项: typed, pasted, read from a table; what is wrong is said at its cell, and nothing is applied unseen."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from govshare.catalog.models import Entry, Revision, Route
from govshare.catalog.queries import contents as saying
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Organization
from govshare.sources import services as sources
from govshare.sources.models import FrontDatabase
from tests.catalog.world import ITEMS, item_id
from tests.portal.cataloguing.conftest import Office, good
from tests.portal.conftest import Site, text
from tests.sources.conftest import front_end, provided, registration, server

__all__ = ["front_end", "provided", "registration", "server"]

EMPTY = {"id": "", "position": "", "length": "", "data_element": "", "code_table": "", "is_key": "", "gone": "", "type": "C"}
PASTED = (
    "信息项名称\t字段名\t数据类型\t数据长度\t敏感级别\t主键\n"
    "统一社会信用代码\tuscc\t字符型\t18\t普通\t是\n"
    "邮箱\tmail\tvarchar(60)\t\t敏感\t\n"
)


def rows(*lines: dict[str, str]) -> dict[str, list[str]]:
    """The table as its form sends it."""
    full = [{**EMPTY, "sensitivity": "ordinary", **line} for line in lines]
    return {name: [line[name] for line in full] for name in full[0]}


def stored(entry: Entry) -> list[str]:
    return [item.column for item in saying.snapshot(Revision.objects.get(entry=entry)).items]


@pytest.mark.article("CD2016-14")
def test_rows_are_stored_by_their_numbers_without_those_struck_out_or_empty(office: Office):
    entry = office.desk.draft()
    first, second = item_id(entry, "uscc"), item_id(entry, "name")

    good(
        office.save(
            entry.pk,
            "items",
            rows(
                {"id": str(first), "position": "2", "name": "统一社会信用代码", "column": "uscc", "length": "18", "is_key": "1"},
                {"id": str(second), "position": "1", "name": "单位全称", "column": "name", "length": "200"},
                {"position": "3", "name": "不要的", "column": "x", "length": "1", "gone": "1"},
                {"name": "", "column": ""},
            ),
        )
    )

    assert stored(entry) == ["name", "uscc"]
    assert item_id(entry, "name") == second


@pytest.mark.article("CD2016-14")
def test_what_is_wrong_is_said_at_its_cell_and_every_row_comes_back(office: Office):
    entry = office.desk.draft()

    response = office.save(
        entry.pk,
        "items",
        rows(
            {"name": "甲", "column": "a", "length": "十八"},
            {"name": "乙", "column": "1b", "length": "3"},
            {"name": "", "column": "c", "length": "3"},
        ),
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "长度应为整数" in page and 'value="十八"' in page and 'value="1b"' in page
    assert stored(entry) == ["uscc", "name", "legal_person_id", "capital"]


@pytest.mark.article("CD2016-14")
def test_faults_of_the_catalog_land_on_the_rows_they_are_about(office: Office):
    entry = office.desk.draft()

    response = office.save(
        entry.pk, "items", rows({"name": "甲", "column": "a", "length": "1"}, {"name": "乙", "column": "1b", "length": "3"})
    )

    assert "英文名称由字母、数字和下划线组成" in response.content.decode()


@pytest.mark.parametrize("broken", [{"name": ["甲"], "column": []}, {"name": ["甲"] * 2000, "column": ["a"] * 2000}])
@pytest.mark.article("CD2016-14")
def test_a_table_torn_to_pieces_is_refused_in_words(office: Office, broken):
    entry = office.desk.draft()

    response = office.save(entry.pk, "items", {**rows({"name": "甲", "column": "a"}), **broken})

    assert response.status_code in {400, 422}
    assert "Traceback" not in text(response)


@pytest.mark.article("PC-24")
def test_the_second_of_two_at_the_items_sees_where_they_differ(office: Office):
    entry = office.desk.draft()
    seen = Entry.objects.get(pk=entry.pk).version
    office.desk.edit(entry, abstract="另一位改过")

    response = office.save(entry.pk, "items", rows({"name": "单位名称全称", "column": "name", "length": "99"}), version=seen)

    said = text(response)
    assert response.status_code == 409
    assert "另一位刚刚改过" in said and "单位名称全称" in response.content.decode() and "200" in said


@pytest.mark.article("CD2016-14")
def test_pasted_cells_are_shown_first_and_then_applied(office: Office):
    entry = office.desk.draft()

    preview = office.save(entry.pk, "items/paste", {"text": PASTED, "how": "replace"})

    said = text(preview)
    assert preview.status_code == 200
    assert "新增 1 · 修改 0 · 删除 3 · 不变 1" in said, said
    assert stored(entry) == ["uscc", "name", "legal_person_id", "capital"]
    good(office.save(entry.pk, "items/paste", {"text": PASTED, "how": "replace", "apply": "1"}))
    assert stored(entry) == ["uscc", "mail"]


@pytest.mark.article("CD2016-14")
def test_pasting_can_leave_alone_what_it_does_not_name(office: Office):
    entry = office.desk.draft()

    good(office.save(entry.pk, "items/paste", {"text": PASTED, "how": "merge", "apply": "1"}))

    assert stored(entry) == ["uscc", "name", "legal_person_id", "capital", "mail"]


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "hello",
        "\x01\x02\x03",
        "信息项名称\t字段名\n" + "甲\t1 bad\n",
        '"never closed\tx\n' * 3,
        "a\tb\n" * 3000,
        "<b>\t</b>\n" * 3,
        "机密★\ta",
    ],
)
@pytest.mark.article("CD2016-14")
def test_pasted_rubbish_is_told_by_row_and_column_and_nothing_is_applied(office: Office, rubbish):
    entry = office.desk.draft()

    response = office.save(entry.pk, "items/paste", {"text": rubbish, "how": "replace", "apply": "1"})

    assert response.status_code in {400, 422}, response.status_code
    assert "Traceback" not in text(response)
    assert stored(entry) == ["uscc", "name", "legal_person_id", "capital"]


@pytest.mark.article("CD2016-14")
def test_a_workbook_is_read_and_carried_to_the_next_step_as_text(office: Office):
    entry = office.desk.draft()
    book = Workbook()
    for line in PASTED.splitlines():
        book.active.append(line.split("\t"))
    content = io.BytesIO()
    book.save(content)
    upload = SimpleUploadedFile("信息项.xlsx", content.getvalue())

    preview = office.save(entry.pk, "items/paste", {"file": upload, "how": "replace"})

    assert preview.status_code == 200, text(preview)
    assert "邮箱\tmail" in preview.content.decode()


@pytest.mark.article("CD2016-14")
def test_a_file_of_another_kind_is_refused(office: Office):
    entry = office.desk.draft()

    response = office.save(entry.pk, "items/paste", {"file": SimpleUploadedFile("items.xlsx", b"MZ not a workbook"), "how": "replace"})

    assert response.status_code in {400, 422}
    assert "工作簿" in text(response)


@pytest.fixture
def department(site: Site) -> Organization:
    return site.cast.organization("provider")


@pytest.fixture
def admin(site: Site) -> Actor:
    return site.cast.actor("provider", Role.RESOURCE_ADMIN)


@pytest.fixture
def tested(provided: FrontDatabase, admin: Actor) -> FrontDatabase:
    sources.test(front_database=provided.pk, by=admin, now=utc_now())
    return FrontDatabase.objects.get(pk=provided.pk)


@pytest.mark.article("CD2016-12.2")
def test_items_are_taken_from_an_own_table(office: Office, tested: FrontDatabase):
    entry = office.desk.draft(items=())
    place = {"database": str(tested.pk), "table": "firm"}
    assert "firm" in text(office.registrar.open(f"/entries/{entry.pk}/items/table/"))
    assert "登记选中的列" in text(office.registrar.open(f"/entries/{entry.pk}/items/table/?database={tested.pk}&table=firm"))

    refused = office.save(entry.pk, "items/table", place)
    good(office.save(entry.pk, "items/table", {**place, "column": ["uscc", "capital"]}))

    assert refused.status_code == 422 and "请至少选一列" in text(refused)
    assert stored(entry) == ["uscc", "capital"]


@pytest.mark.article("CD2016-19")
def test_an_entry_is_bound_to_its_table_tested_for_real_and_told_what_does_not_fit(office: Office, tested: FrontDatabase):
    entry = office.desk.listed(items=ITEMS[:2])
    address = f"/entries/{entry.pk}/route/"
    place = {"sent": "1", "database": str(tested.pk), "table": "firm", "document": "按主键读取"}
    columns = {f"column.{item_id(entry, 'uscc')}": "uscc", f"column.{item_id(entry, 'name')}": "capital"}
    assert "firm" in text(office.registrar.open(f"{address}?database={tested.pk}&table=firm"))

    missing = office.save(entry.pk, "route", {**place, "key": "uscc", f"column.{item_id(entry, 'uscc')}": "uscc"})
    good(office.save(entry.pk, "route", {**place, **columns, f"column.{item_id(entry, 'name')}": "name", "key": "uscc", "test": "1"}))

    assert missing.status_code == 422 and "没有对应的列" in text(missing)
    assert Route.objects.get(entry=entry, replaced_at=None).test_passed
    assert "接口未提供" not in text(office.registrar.open("/entries/?state=all"))


@pytest.mark.article("CD2016-19")
def test_anothers_database_cannot_be_read_from_or_bound_to(office: Office, tested: FrontDatabase):
    entry = office.desk.listed(items=ITEMS[:2])
    stranger = office.at("recipient", Role.REGISTRAR)

    assert stranger.open(f"/entries/{entry.pk}/route/?database={tested.pk}&table=firm").status_code in {403, 404}
    assert office.at("recipient", Role.RESOURCE_ADMIN).open(f"/entries/{entry.pk}/items/").status_code == 403
