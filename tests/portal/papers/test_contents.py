"""What each form says, to whom, and when there is nothing to say yet."""

import io
from uuid import UUID

import pytest
from django.utils.translation import override
from docx import Document

from govshare.catalog import services as catalog
from govshare.catalog.rules.contents import ItemContent
from govshare.catalog.rules.remarks import Remark
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.organizations.models import FilingChange
from govshare.organizations.services import filings
from govshare.papers import services as papers
from govshare.papers.rules.forms import Form, Opinion
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers import docx
from govshare.portal.papers.contents import Prepared, prepare
from govshare.sharing.models import Grant
from govshare.sharing.rules import Because, ItemAnswer
from govshare.sharing.services import decisions
from tests.catalog.world import filed, not_shared, version
from tests.sharing.office import Office, refusing

pytestmark = pytest.mark.django_db


def made(office: Office, kind: PaperKind, matter: UUID, by: Actor) -> Prepared:
    return prepare(kind, matter, by=by, now=office.now)


def lines(form: Form) -> dict[str, str]:
    return {line.label: line.text for line in form.lines}


def granted(office: Office) -> Grant:
    """One item of three refused on a ground, one masked by the published terms."""
    demand = office.passed(office.conditional(), mode="table")
    first, second, third = (row.item for row in demand.items.all())
    masked = ItemAnswer(item=second, verdict="mask", head=1, tail=0, because=Because(quote="仅用于办理行政审批事项"))
    refused = ItemAnswer(item=third, verdict="refused", because=refusing())
    answer = office.as_asked(demand, opinion="按条件提供")
    answer = type(answer)(items=(ItemAnswer(item=first), masked, refused), opinion="按条件提供")
    return decisions.decide(demand=demand.pk, decision=answer, by=office.provider, now=office.now)


@pytest.mark.article("CD2016-14", "CD2016-16")
def test_the_filing_form_of_an_entry_says_what_was_published_and_decided(office):
    entry = office.conditional(name="法人登记信息")

    prepared = made(office, PaperKind.ENTRY, entry.pk, office.desk.registrar)

    said = lines(prepared.form)
    assert (said["信息资源名称"], said["信息资源代码"], said["共享类型"]) == ("法人登记信息", entry.code, "条件共享")
    assert (said["共享条件"], said["目录状态"]) == ("仅用于办理行政审批事项。", "已列入共享目录")
    assert prepared.form.tables[0].rows[0][1:5] == ("统一社会信用代码", "uscc", "字符型", "18")
    department, authority = prepared.form.opinions
    assert department.text.startswith("发布并备案") and office.desk.reviewer.name in department.signed
    assert authority.text.startswith("确认列入") and office.authority.name in authority.signed
    assert set(prepared.parties) == {str(entry.provider_id), office.authority.organization}


@pytest.mark.article("CD2016-15", "CD2016-16")
def test_the_filing_form_says_place_by_place_what_was_asked_to_be_corrected_and_by_whom(office):
    desk, entry = office.desk, office.desk.draft()
    desk.submit(entry)
    inside = (Remark("abstract", "请写明采集范围"), Remark("items.capital.length", "请填长度"))
    catalog.return_entry(entry=entry.pk, remarks=inside, expected_version=version(entry), by=desk.reviewer, now=desk.now)
    desk.publish(entry)
    outside = (Remark("items", "缺登记状态"),)
    catalog.send_back(entry=entry.pk, remarks=outside, expected_revision=filed(entry), by=desk.authority, now=desk.now)
    desk.edit(entry, abstract="本市登记的法人单位，含登记状态。")
    desk.publish(entry)

    with override("en"):  # the reader's language changes no paper
        table = made(office, PaperKind.ENTRY, entry.pk, desk.registrar).form.tables[1]

    assert (table.title, table.head) == ("逐处意见", ("版次", "处", "意见", "提出"))
    assert [row[:3] for row in table.rows] == [
        ("第 1 版", "信息资源摘要", "请写明采集范围"),
        ("第 1 版", "信息项 注册资本 · 长度", "请填长度"),
        ("第 1 版", "信息项", "缺登记状态"),
    ]
    assert [desk.reviewer.name in row[3] for row in table.rows] == [True, True, False]
    assert desk.authority.name in table.rows[2][3] and desk.authority.organization_name in table.rows[2][3]


@pytest.mark.article("CD2016-16")
def test_what_was_asked_before_the_authority_agreed_stands_on_no_later_form(office):
    desk, entry = office.desk, office.desk.draft()
    desk.submit(entry)
    remarks = (Remark("abstract", "请写明采集范围"),)
    catalog.return_entry(entry=entry.pk, remarks=remarks, expected_version=version(entry), by=desk.reviewer, now=desk.now)
    desk.publish(entry)
    desk.confirm(entry)
    first = made(office, PaperKind.ENTRY, entry.pk, desk.registrar).form

    desk.edit(entry, abstract="本市登记的法人单位，含登记状态。")
    desk.publish(entry)
    second = made(office, PaperKind.ENTRY, entry.pk, desk.registrar).form

    assert [table.title for table in first.tables] == ["信息项", "逐处意见"]
    assert [table.title for table in second.tables] == ["信息项"]


@pytest.mark.article("CD2016-13.2")
def test_the_form_of_what_is_not_shared_names_its_ground_and_leaves_room_for_the_authority(office):
    entry = office.desk.published(**not_shared())

    form = made(office, PaperKind.ENTRY, entry.pk, office.desk.registrar).form

    assert lines(form)["不予共享依据"].startswith("《")
    assert lines(form)["目录状态"] == "待核定"
    assert form.opinions[1] == Opinion("信息化主管部门意见（第十六条）")


def test_there_is_no_filing_form_before_publication_nor_for_others(office):
    draft = office.desk.draft()
    listed = office.conditional(name="法人变更信息")

    with pytest.raises(WrongState, match="发布并备案之后"):
        made(office, PaperKind.ENTRY, draft.pk, office.desk.registrar)
    with pytest.raises(NotYours):
        made(office, PaperKind.ENTRY, listed.pk, office.checker)
    with pytest.raises(NotFound):
        made(office, PaperKind.ENTRY, draft.pk, office.checker)


@pytest.mark.article("CD2016-29.1", "CD2016-22")
def test_the_approval_form_has_the_five_elements_and_the_answer_item_by_item(office):
    grant = granted(office)

    form = made(office, PaperKind.DEMAND, grant.demand_id, office.authority).form

    said = lines(form)
    assert (said["应用业务"], said["使用对象"], said["共享模式"]) == ("企业开办联办", "窗口受理岗、审批岗", "直接数据交换")
    assert said["所需信息"].startswith("3 项") and said["截止时间"].endswith("日")
    answers = [row[2] for row in form.tables[0].rows]
    assert answers == ["明文提供", "掩码提供（保留前 1 位、后 0 位）", "不予提供"]
    assert form.tables[0].rows[1][3] == "共享条件：“仅用于办理行政审批事项”"
    assert form.tables[0].rows[2][3].startswith("《")
    own, _accepted, answered = form.opinions
    assert own.text.startswith("把关通过并提出") and office.checker.name in own.signed
    assert answered.text == "同意提供。按条件提供"
    assert f"据此形成的授权：{grant.number}" in form.notes


def test_what_went_on_inside_the_department_is_on_no_form(office):
    demand = office.draft(office.conditional())

    with pytest.raises(WrongState, match="把关通过"):
        made(office, PaperKind.DEMAND, demand.pk, office.registrar)


@pytest.mark.article("CD2016-25.1")
def test_what_is_taken_at_once_passes_no_provider_on_paper_either(office):
    demand = office.passed(office.unconditional())

    form = made(office, PaperKind.DEMAND, demand.pk, office.checker).form

    assert [opinion.label[:4] for opinion in form.opinions] == ["需求部门"]


@pytest.mark.article("CD2016-31")
def test_the_letter_of_grant_carries_the_terms_and_only_what_was_granted(office):
    grant = granted(office)

    prepared = made(office, PaperKind.GRANT, grant.pk, office.checker)

    assert [row[1] for row in prepared.form.tables[0].rows] == ["统一社会信用代码", "单位名称"]
    assert prepared.form.opinions[0].text == grant.terms
    assert lines(prepared.form)["授权状态"] == "有效"
    assert set(prepared.parties) == {str(grant.provider_id), str(grant.recipient_id), str(grant.authority_id)}
    with pytest.raises(NotFound):
        made(office, PaperKind.GRANT, grant.pk, office.actor("third", Role.RESOURCE_ADMIN))


@pytest.mark.article("CD2016-29.2")
def test_the_filing_form_of_an_administrator_has_the_particulars_and_the_answer(office):
    admin = office.cast.person("recipient", Role.RESOURCE_ADMIN)
    by = office.actor("recipient", Role.LEADER)
    filing = filings.file(
        organization=admin.organization_id,
        person=admin.pk,
        change=FilingChange.APPOINTED,
        effective_on=local_date(office.now),
        by=by,
        now=office.now,
    )
    before = made(office, PaperKind.ADMINISTRATOR, filing.pk, by).form

    filings.acknowledge(filing=filing.pk, by=office.authority, now=office.now)

    after = made(office, PaperKind.ADMINISTRATOR, filing.pk, office.authority).form
    assert lines(after)["信息资源管理员"] == admin.name
    assert (lines(before)["备案状态"], lines(after)["备案状态"]) == ("已报备", "已备案")
    assert (before.opinions[1].text, after.opinions[1].text) == ("", "已备案。")
    assert office.authority.name in after.opinions[1].signed
    with pytest.raises(NotFound):
        made(office, PaperKind.ADMINISTRATOR, filing.pk, office.provider)


@pytest.mark.article("PC-65")
def test_an_unchanged_matter_gives_the_same_paper_and_a_decided_one_a_new_one(office):
    demand = office.passed(office.conditional())

    def issue() -> str:
        prepared = made(office, PaperKind.DEMAND, demand.pk, office.checker)
        paper = papers.issue(
            kind=prepared.kind, about=prepared.about, form=prepared.form, parties=prepared.parties, by=office.checker, now=office.now
        )
        return paper.number

    first, again = issue(), issue()
    decisions.decide(demand=demand.pk, decision=office.as_asked(demand), by=office.provider, now=office.now)

    assert first == again
    assert issue() != first


def test_the_docx_says_everything_the_form_says_and_its_number(office):
    hostile = ItemContent(name="名称<script>&\x0b", column="x_1", type="C", length=10)
    entry = office.desk.listed((ItemContent(name="统一社会信用代码", column="uscc", type="C", length=18, is_key=True), hostile))
    form = made(office, PaperKind.ENTRY, entry.pk, office.desk.registrar).form

    content = docx.render(form, number="成资享备〔2026〕1号", issued="市市场监管局", digest="0" * 64)

    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    whole = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for text in form.texts():
        assert text.replace("\x0b", "") in whole
    assert "文号：成资享备〔2026〕1号" in whole
    assert "0" * 64 in whole
