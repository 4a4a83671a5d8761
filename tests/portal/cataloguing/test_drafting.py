"""Registering: what is typed is kept, two people on one entry, rubbish, long names, markup, double clicks."""

import re

import pytest

from govshare.catalog.models import Entry, Revision
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.choices import Status
from govshare.kernel.roles import Role
from govshare.portal.models import KeptForm
from tests.catalog.world import not_shared
from tests.portal.cataloguing.conftest import Office, good
from tests.portal.conftest import text

MARKUP = "<script>alert(1)</script>\"'>&{{ 7|add:7 }}"
PARTS = ("basics", "items", "sharing", "update", "provision")


@pytest.mark.article("PC-24")
def test_the_second_of_two_sees_both_versions_and_may_then_save(office: Office):
    entry = office.desk.draft()
    seen = Entry.objects.get(pk=entry.pk).version
    good(office.save(entry.pk, "update", {"update_cycle": "weekly", "update_limit": "每周一"}))

    response = office.save(entry.pk, "update", {"update_cycle": "monthly", "update_limit": "每月 1 日"}, version=seen)

    assert response.status_code == 409
    said = text(response)
    assert "另一位刚刚改过" in said and "每周一" in said and "每月 1 日" in said
    version = int(re.search(r'name="version" value="(\d+)"', response.content.decode())[1])
    good(office.save(entry.pk, "update", {"update_cycle": "monthly", "update_limit": "每月 1 日"}, version=version))
    assert Revision.objects.get(entry=entry).update_limit == "每月 1 日"


@pytest.mark.article("PC-24")
def test_saving_one_part_never_undoes_what_another_wrote_in_another_part(office: Office):
    entry = office.desk.draft()
    page = office.registrar.open(f"/entries/{entry.pk}/update/").content.decode()
    seen = int(re.search(r'name="version" value="(\d+)"', page)[1])
    office.desk.edit(entry, abstract="另一位写的摘要")

    refused = office.save(entry.pk, "update", {"update_cycle": "weekly", "update_limit": "每周一"}, version=seen)
    good(office.save(entry.pk, "update", {"update_cycle": "weekly", "update_limit": "每周一"}))

    assert refused.status_code == 409
    assert Revision.objects.get(entry=entry).abstract == "另一位写的摘要"


@pytest.mark.article("CD2016-14")
def test_markup_is_shown_as_it_was_typed_and_runs_nowhere(office: Office):
    entry = office.desk.draft(name=MARKUP, abstract=MARKUP, terms=MARKUP, contact=MARKUP[:60])
    office.desk.submit(entry)
    office.desk.cast.actor("provider", Role.REVIEWER)

    for visitor, address in (
        (office.registrar, "/entries/?state=all"),
        (office.registrar, f"/entries/{entry.pk}/"),
        (office.registrar, f"/entries/{entry.pk}/history/"),
        (office.reviewer, "/review/"),
        (office.reviewer, f"/review/{entry.pk}/"),
    ):
        page = visitor.open(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page, address
        assert "14" not in re.findall(r"&{{ (.*?) }}", page)


@pytest.mark.parametrize("name", ["长" * 10_000, "", "  ", "\0", "机密★信息"])
@pytest.mark.article("CD2016-14")
def test_a_name_that_cannot_be_kept_is_refused_in_words_with_the_rest_still_there(office: Office, name):
    entry = office.desk.draft()

    response = office.save(entry.pk, "basics", {"name": name, "node": "102001", "abstract": "改过的摘要", "contact": "李四"})

    assert response.status_code in {400, 422}
    assert "改过的摘要" in response.content.decode() and "李四" in response.content.decode()
    assert Revision.objects.get(entry=entry).contact == "张三"


@pytest.mark.article("CD2016-14")
def test_a_second_click_on_submit_is_told_that_it_is_done_already(office: Office):
    entry = office.desk.draft()
    version = Entry.objects.get(pk=entry.pk).version

    first = office.save(entry.pk, "submit", {}, version=version)
    second = office.save(entry.pk, "submit", {}, version=version)

    good(first)
    assert second.status_code == 409
    assert "已被他人改动" in text(second) or "不能" in text(second)
    assert Revision.objects.get(entry=entry).status == Status.REVIEW


@pytest.mark.article("CD2016-14")
def test_the_self_check_is_asked_again_by_the_service_however_the_form_was_sent(office: Office):
    entry = office.desk.draft(abstract="")

    response = office.save(entry.pk, "submit", {})

    assert response.status_code == 422
    assert "请填写信息资源摘要" in text(response)


@pytest.mark.article("CD2016-13.2", "CD2016-5.5")
def test_not_sharing_takes_a_ground_from_the_register_and_what_the_law_orders_stands_beside_it(office: Office):
    entry = office.desk.draft(**{**not_shared(), "ground": ""})
    ground = not_shared()["ground"]
    recipient = str(office.site.cast.organization("recipient").pk)

    page = office.registrar.open(f"/entries/{entry.pk}/sharing/").content.decode()
    assert ground in page
    good(
        office.save(
            entry.pk,
            "sharing",
            {"share_type": "none", "ground": ground, "statutory_to": [recipient, ""], "statutory_by": [ground, ""]},
        )
    )

    content = saying.snapshot(Revision.objects.get(entry=entry)).content
    assert content.ground == ground
    assert [(each.organization, each.ground) for each in content.statutory] == [(recipient, ground)]


@pytest.mark.article("CD2016-5.5")
def test_half_a_row_of_what_the_law_orders_is_refused_and_kept(office: Office):
    entry = office.desk.draft()
    recipient = str(office.site.cast.organization("recipient").pk)

    response = office.save(
        entry.pk, "sharing", {"share_type": "conditional", "terms": "另一条件", "statutory_to": recipient, "statutory_by": ""}
    )

    assert response.status_code == 422
    assert f'value="{recipient}" selected' in response.content.decode() and "另一条件" in response.content.decode()


@pytest.mark.article("PC-81")
def test_what_was_being_typed_is_kept_and_offered_and_forgotten_once_it_is_saved(office: Office):
    entry = office.desk.draft()
    address = f"/entries/{entry.pk}/update/"
    typed = {"update_cycle": "weekly", "update_limit": "每周一 08:00 前"}

    kept = office.registrar.send("/kept/", {"kept_page": address, **typed})

    assert kept.status_code == 200 and "已暂存" in text(kept)
    assert "没有提交" in text(office.registrar.open(address))
    assert "每周一 08:00 前" in office.registrar.open(f"{address}?restore=1").content.decode()
    good(office.save(entry.pk, "update", typed))
    assert not KeptForm.objects.exists()


@pytest.mark.article("PC-81")
def test_kept_rows_of_items_come_back_as_they_were_typed(office: Office):
    entry = office.desk.draft()
    address = f"/entries/{entry.pk}/items/"
    rows = {name: ["", ""] for name in ("id", "length", "data_element", "code_table", "is_key", "gone")}
    rows |= {"position": ["1", "2"], "name": ["甲", "乙"], "column": ["a", "not a column!"], "type": ["C", "N"]}
    office.registrar.send("/kept/", {"kept_page": address, **rows, "sensitivity": ["ordinary", "personal"]})

    page = office.registrar.open(f"{address}?restore=1").content.decode()

    assert 'value="not a column!"' in page and 'value="甲"' in page


@pytest.mark.parametrize("part", [*PARTS, "tasks", "items/paste", "items/table"])
@pytest.mark.parametrize(("who", "role"), [("provider", Role.REVIEWER), ("recipient", Role.REGISTRAR), ("authority", Role.AUTHORITY)])
@pytest.mark.article("CD2016-15")
def test_parts_are_filled_in_by_the_departments_own_registrar_alone(office: Office, part, who, role):
    entry = office.desk.draft()

    response = office.at(who, role).open(f"/entries/{entry.pk}/{part}/")

    assert response.status_code in {403, 404}
    assert "Traceback" not in text(response)


@pytest.mark.article("CD2016-21")
def test_a_published_entry_is_revised_beside_itself_and_the_revision_given_up(office: Office):
    entry = office.desk.listed()
    good(office.save(entry.pk, "basics", basics(entry, abstract="新的摘要")))
    assert [row.status for row in Revision.objects.filter(entry=entry).order_by("number")] == [Status.PUBLISHED, Status.DRAFT]

    good(office.save(entry.pk, "discard", {}))

    assert [row.status for row in Revision.objects.filter(entry=entry).order_by("number")] == [Status.PUBLISHED, Status.DISCARDED]
    assert office.registrar.open(f"/entries/{entry.pk}/").status_code == 200


@pytest.mark.article("CD2016-14")
def test_a_draft_given_up_still_shows_its_history(office: Office):
    entry = office.desk.draft()
    good(office.save(entry.pk, "discard", {}))

    page = text(office.registrar.open(f"/entries/{entry.pk}/"))

    assert entry.code in page and "放弃修改" in page
    assert office.registrar.open(f"/entries/{entry.pk}/tasks/").status_code == 404
    assert office.registrar.open(f"/entries/{entry.pk}/history/").status_code == 200


@pytest.mark.article("CD2016-14")
def test_a_copy_is_a_draft_of_its_own_with_new_items(office: Office):
    entry = office.desk.listed()

    response = good(office.registrar.send(f"/entries/{entry.pk}/copy/"))

    copy = Entry.objects.exclude(pk=entry.pk).get()
    assert str(copy.pk) in response["Location"]
    assert Revision.objects.get(entry=copy).name == "法人单位基本信息（副本）"
    assert not set(saying.known_items(copy)) & set(saying.known_items(entry))


@pytest.mark.article("CD2016-21")
def test_a_reviewer_retires_an_entry_with_a_reason_and_is_told_why_not_while_something_is_pending(office: Office):
    entry = office.desk.listed()
    office.desk.edit(entry, abstract="改一半")
    assert "有未办完的修改" in text(office.reviewer.open(f"/entries/{entry.pk}/"))
    good(office.save(entry.pk, "discard", {}))
    version = Entry.objects.get(pk=entry.pk).version
    without = office.reviewer.send(f"/entries/{entry.pk}/retire/", {"version": version, "reason": ""})
    assert without.status_code == 422

    good(office.reviewer.send(f"/entries/{entry.pk}/retire/", {"version": version, "reason": "职能划转"}))

    assert Revision.objects.filter(entry=entry, status=Status.RETIRED).exists()
    assert "职能划转" in text(office.registrar.open(f"/entries/{entry.pk}/"))


def basics(entry: Entry, **over: str) -> dict[str, str]:
    content = saying.snapshot(saying.published(entry)).content
    names = ("name", "node", "abstract", "format_class", "format_type", "classification", "contact", "contact_phone")
    return {**{name: getattr(content, name) for name in names}, **over}


@pytest.mark.article("CD2016-14")
def test_the_own_list_filters_counts_and_exports(office: Office):
    listed, draft = office.desk.listed(), office.desk.draft(name="还没登完的")

    attention = text(office.registrar.open("/entries/"))
    everything = office.registrar.open("/entries.json?state=all").json()

    assert "还没登完的" in attention and "草稿未提交" in attention
    assert {row["code"] for row in everything["items"]} == {listed.code, draft.code}
    assert "没有符合条件的" in text(office.registrar.open("/entries/?state=all&q=nothing"))
    assert office.registrar.open("/entries.xlsx").status_code == 200
    assert office.at("authority", Role.AUTHORITY).open("/entries/").status_code == 403


@pytest.mark.article("CD2016-14")
def test_a_code_leads_to_its_entry_and_a_wrong_one_is_told(office: Office):
    entry = office.desk.draft()

    assert good(office.registrar.open(f"/entries/code/{entry.code}/"))["Location"] == f"/entries/{entry.pk}/"
    assert office.registrar.open("/entries/code/999999/00001/").status_code == 404
    assert office.at("recipient", Role.REGISTRAR).open(f"/entries/code/{entry.code}/").status_code in {403, 404}
