"""What the authority does in pages: confirm, return, adjust, delist, verify; its registers; and what the department then sees."""

import pytest

from govshare.catalog.models import Entry, LegalGround, Listing, Node, PlacedRemark, Revision, Verification
from govshare.catalog.rules.choices import ListingStatus, VerificationStatus
from govshare.kernel.roles import Role
from tests.catalog.world import not_shared
from tests.portal.cataloguing.conftest import Office, good
from tests.portal.conftest import text

CONFIRM = {"revision": "1", "verdict": "confirm", "reason": "同意列入"}
GROUND = {
    "title": "某某条例",
    "issuer": "成都市人民代表大会常务委员会",
    "number": "",
    "article": "第三条",
    "text": "条文原文。",
    "kind": "regulation",
    "allows": "both",
}


@pytest.mark.article("CD2016-16")
def test_the_authority_sees_what_waits_with_its_checks_and_confirms(office: Office):
    entry = office.desk.published()
    assert entry.code in text(office.authority.open("/listings/"))
    page = text(office.authority.open(f"/listings/{entry.pk}/"))
    assert "符合性核对" in page and "还没有测试通过的访问接口" in page

    good(office.authority.send(f"/listings/{entry.pk}/", CONFIRM))

    assert Listing.objects.get(entry=entry).status == ListingStatus.LISTED
    assert "现在没有要决定的" in text(office.authority.open(f"/listings/{entry.pk}/"))
    assert entry.code not in text(office.authority.open("/listings/"))
    assert entry.code in text(office.authority.open("/listings/?state=listed"))


@pytest.mark.article("CD2016-16")
def test_a_second_decision_by_double_click_is_told_that_it_is_done(office: Office):
    entry = office.desk.published()
    good(office.authority.send(f"/listings/{entry.pk}/", CONFIRM))

    again = office.authority.send(f"/listings/{entry.pk}/", CONFIRM)

    assert again.status_code == 409
    assert "不能“确认列入”" in text(again)


@pytest.mark.article("CD2016-16")
def test_what_the_authority_sends_back_reaches_the_department_with_every_remark(office: Office):
    entry = office.desk.published()
    nothing = office.authority.send(f"/listings/{entry.pk}/", {"revision": "1", "verdict": "return", "reason": ""})
    assert nothing.status_code == 422 and "请写明退回原因" in text(nothing)

    good(
        office.authority.send(
            f"/listings/{entry.pk}/", {"revision": "1", "verdict": "return", "remark.terms": "条件过宽", "remark.items": "缺行业"}
        )
    )

    assert "有 2 处须修改" in text(office.registrar.open("/entries/told/"))
    seen = text(office.registrar.open(f"/entries/{entry.pk}/"))
    assert "条件过宽" in seen and "缺行业" in seen
    assert "条件过宽" in text(office.registrar.open(f"/entries/{entry.pk}/sharing/"))
    assert "主管部门退回" in text(office.registrar.open("/entries/"))


@pytest.mark.article("CD2016-16")
def test_a_department_puts_it_before_the_authority_again_with_its_reasons(office: Office):
    entry = office.desk.published()
    good(office.authority.send(f"/listings/{entry.pk}/", {"revision": "1", "verdict": "return", "reason": "条件过宽"}))
    assert "再次备案" in text(office.reviewer.open(f"/entries/{entry.pk}/"))

    version = Entry.objects.get(pk=entry.pk).version
    good(office.reviewer.send(f"/entries/{entry.pk}/file-again/", {"version": version, "reason": "条件出自条例第八条"}))

    assert Listing.objects.get(entry=entry).status == ListingStatus.FILED
    assert "条件出自条例第八条" in text(office.authority.open(f"/listings/{entry.pk}/"))


@pytest.mark.article("CD2016-16")
def test_an_adjustment_changes_only_what_was_changed_and_says_why(office: Office):
    entry = office.desk.published()
    page = office.authority.open(f"/listings/{entry.pk}/adjust/")
    fields = {
        "revision": "1",
        "name": "法人单位基本信息",
        "node": "102001",
        "share_type": "conditional",
        "terms": "仅用于办理行政审批和监管事项。",
        "modes": ["table", "query"],
        "for_all": "on",
        "update_cycle": "daily",
        "update_limit": "每日 08:00 前",
    }
    assert page.status_code == 200
    silent = office.authority.send(f"/listings/{entry.pk}/adjust/", {**fields, "reason": ""})
    assert silent.status_code == 422 and "仅用于办理行政审批和监管事项" in silent.content.decode()

    good(office.authority.send(f"/listings/{entry.pk}/adjust/", {**fields, "reason": "补上监管用途"}))

    listed = Listing.objects.get(entry=entry).listed
    assert listed.adjusted and listed.terms == "仅用于办理行政审批和监管事项。"
    assert "补上监管用途" in text(office.registrar.open("/entries/told/"))
    nothing = office.authority.send(f"/listings/{entry.pk}/adjust/", {**fields, "revision": str(listed.number), "reason": "再看"})
    assert nothing.status_code == 422 and "没有调整任何内容" in text(nothing)


@pytest.mark.article("CD2016-17")
def test_an_entry_is_taken_out_with_a_reason(office: Office):
    entry = office.desk.listed()
    version = Listing.objects.get(entry=entry).filed.number

    good(office.authority.send(f"/listings/{entry.pk}/delist/", {"revision": str(version), "reason": "长期不更新"}))

    assert Listing.objects.get(entry=entry).status == ListingStatus.DELISTED
    assert "长期不更新" in text(office.registrar.open("/entries/told/"))


@pytest.mark.article("CD2016-13.2")
def test_what_is_not_shared_is_verified_with_the_text_of_its_ground_before_ones_eyes(office: Office):
    entry = office.desk.published(**not_shared())
    found = Verification.objects.get(entry=entry)
    assert entry.code in text(office.authority.open("/verifications/"))
    assert found.revision.ground.text[:20] in text(office.authority.open(f"/verifications/{found.pk}/"))

    good(office.authority.send(f"/verifications/{found.pk}/", {"revision": "1", "verdict": "verify", "reason": "依据成立"}))

    assert Verification.objects.get(pk=found.pk).status == VerificationStatus.VERIFIED
    assert "已核定" in text(office.registrar.open(f"/entries/{entry.pk}/"))


@pytest.mark.article("CD2016-13.2")
def test_a_ground_that_does_not_carry_it_is_returned_with_a_remark(office: Office):
    entry = office.desk.published(**not_shared())
    found = Verification.objects.get(entry=entry)

    both = office.authority.send(f"/verifications/{found.pk}/", {"revision": "1", "verdict": "verify", "remark.ground": "不成立"})
    good(office.authority.send(f"/verifications/{found.pk}/", {"revision": "1", "verdict": "return", "remark.ground": "不成立"}))

    assert both.status_code == 409 and "不成立" in both.content.decode()
    assert PlacedRemark.objects.get().place == "ground"


@pytest.mark.parametrize("address", ["/listings/", "/verifications/", "/listings.json", "/verifications.xlsx"])
@pytest.mark.parametrize(("who", "role"), [("provider", Role.REGISTRAR), ("provider", Role.REVIEWER), ("authority", Role.SECURITY_ADMIN)])
@pytest.mark.article("CD2016-16")
def test_the_authoritys_lists_are_its_own(office: Office, address, who, role):
    assert office.at(who, role).open(address).status_code == 403


@pytest.mark.article("CD2016-16", "CD2016-8")
def test_another_tiers_authority_decides_on_nothing_here(office: Office):
    entry = office.desk.published()
    district = office.at("district_authority", Role.AUTHORITY)

    assert district.open(f"/listings/{entry.pk}/").status_code in {403, 404}
    assert district.send(f"/listings/{entry.pk}/", CONFIRM).status_code in {403, 404}
    assert Listing.objects.get(entry=entry).status == ListingStatus.FILED


@pytest.mark.article("PC-20")
def test_who_registered_it_cannot_review_it_and_the_button_says_why(office: Office):
    entry = office.desk.draft()
    office.desk.submit(entry)
    reviewer = office.desk.reviewer
    Revision.objects.filter(entry=entry).update(submitted_by=reviewer.id)

    page = text(office.reviewer.open(f"/review/{entry.pk}/"))

    assert "不能审核它，请由另一位审核人员办理" in page
    sent = office.reviewer.send(f"/review/{entry.pk}/", {"version": Entry.objects.get(pk=entry.pk).version, "verdict": "publish"})
    assert sent.status_code == 403 and "不能审核它" in text(sent)


@pytest.mark.article("CD2016-13.2")
def test_grounds_are_read_by_all_and_kept_by_the_operating_authority(office: Office):
    assert office.registrar.open("/grounds/").status_code == 200
    assert office.registrar.open("/grounds/new/").status_code == 403
    assert office.at("district_authority", Role.AUTHORITY).open("/grounds/new/").status_code == 403
    wrong = office.authority.send("/grounds/new/", {**GROUND, "text": "", "title": "<b>某某条例</b>"})
    assert wrong.status_code == 422 and "&lt;b&gt;某某条例&lt;/b&gt;" in wrong.content.decode()

    good(office.authority.send("/grounds/new/", GROUND))
    ground = LegalGround.objects.get(title="某某条例")
    again = office.authority.send("/grounds/new/", GROUND)
    good(office.authority.send(f"/grounds/{ground.pk}/close/", {"reason": "已废止"}))

    assert again.status_code == 409 and "登记簿中已有这一条" in text(again)
    assert not LegalGround.objects.get(pk=ground.pk).active


@pytest.mark.article("CD2016-16")
def test_categories_are_read_by_all_and_added_by_the_operating_authority(office: Office):
    assert "102001" in text(office.registrar.open("/categories/"))
    wrong = office.authority.send("/categories/new/", {"code": "9 9", "name": "某"})
    good(office.authority.send("/categories/new/", {"code": "10200101", "name": "登记细目", "lead": ""}))

    assert wrong.status_code == 422 and "上级类目不存在" in text(wrong)
    assert Node.objects.get(code="10200101").parent.code == "102001"


@pytest.mark.parametrize(
    "address", ["/review/", "/changes/", "/entries/told/", "/grounds/", "/categories/", "/listings/", "/verifications/"]
)
@pytest.mark.article("CD2016-15")
def test_lists_are_had_as_json_and_as_a_workbook(office: Office, address):
    entry = office.desk.published()
    visitor = office.authority if address in {"/listings/", "/verifications/"} else office.reviewer

    answer = visitor.open(f"{address.rstrip('/')}.json")
    book = visitor.open(f"{address.rstrip('/')}.xlsx")

    assert answer.status_code == 200 and answer.json()["count"] == len(answer.json()["items"])
    assert book.content.startswith(b"PK")
    assert (entry.code in answer.content.decode()) == (address == "/listings/")
