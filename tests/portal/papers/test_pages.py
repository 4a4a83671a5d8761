"""Pages of papers: previewed, issued, printed, as DOCX with the same words, sealed scans back; to the parties alone."""

import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from docx import Document

from govshare.kernel.roles import Role
from govshare.organizations.models import FilingChange
from govshare.organizations.services import filings
from govshare.papers.models import Paper, SealedScan
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents import prepare
from govshare.sharing.models import Grant
from tests.papers.test_papers import PDF
from tests.portal.conftest import Site, Visitor, text
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.cast)


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Any) -> Path:
    settings.GOVSHARE_UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def grant(office: Office) -> Grant:
    return office.granted(office.conditional(terms="仅用于办理行政审批事项。<script>alert(1)</script>"))


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor("recipient", Role.RESOURCE_ADMIN)


def issue(visitor: Visitor, kind: str, matter: UUID) -> Paper:
    response = visitor.send(f"/papers/{kind}/{matter}/")
    assert response.status_code == 302, text(response)
    return Paper.objects.get(pk=response["Location"].split("/")[2])


def said(response: HttpResponse) -> str:
    """The text of the page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", response.content.decode()))


@pytest.mark.article("PC-65", "CD2016-29.1")
@pytest.mark.parametrize("kind", [PaperKind.DEMAND, PaperKind.GRANT, PaperKind.ENTRY])
def test_page_and_docx_say_the_same_and_everything(site, office, grant, kind):
    who = site.visitor("provider", Role.RESOURCE_ADMIN)
    matter = {PaperKind.DEMAND: grant.demand_id, PaperKind.GRANT: grant.pk, PaperKind.ENTRY: grant.entry_id}[kind]
    form = prepare(kind, matter, by=office.provider, now=office.now).form

    paper = issue(who, kind, matter)
    page = said(who.open(f"/papers/{paper.pk}/"))
    document = Document(io.BytesIO(who.open(f"/papers/{paper.pk}/docx/").content))

    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    written = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for words in (*form.texts(), paper.number, paper.digest):
        assert words in page
        assert words in written
    assert "alert(1)" in page


@pytest.mark.article("PC-65")
def test_what_was_issued_stays_and_the_same_content_gets_no_second_number(visitor, grant, office):
    first = issue(visitor, "grant", grant.pk)

    assert issue(visitor, "grant", grant.pk) == first
    preview = visitor.open(f"/papers/grant/{grant.pk}/")
    assert first.number in text(preview) and "已出具过" in text(preview)


def test_a_later_paper_about_the_same_matter_is_pointed_at(visitor, grant, office):
    first = issue(visitor, "grant", grant.pk)
    prepared = prepare(PaperKind.GRANT, grant.pk, by=office.checker, now=office.now)
    from govshare.papers import services

    later = services.issue(
        kind=PaperKind.GRANT,
        about=str(grant.pk),
        form=replace(prepared.form, notes=("更正",)),
        parties=prepared.parties,
        by=office.checker,
        now=office.later(hours=1),
    )

    assert f"内容变化后已重新出具： {later.number}" in text(visitor.open(f"/papers/{first.pk}/"))
    assert "已重新出具" not in text(visitor.open(f"/papers/{later.pk}/"))


def test_a_paper_prints_and_bears_its_number_and_digest_as_a_code(visitor, grant):
    paper = issue(visitor, "grant", grant.pk)

    page = visitor.open(f"/papers/{paper.pk}/").content.decode()

    assert "data-print" in page
    assert 'src="data:image/svg+xml' in page
    assert "<script>alert" not in page
    assert not re.search(r'style="|onclick=', page)


def test_outsiders_neither_see_nor_issue(site, grant, visitor):
    paper = issue(visitor, "grant", grant.pk)
    third = site.visitor("third", Role.RESOURCE_ADMIN)

    for address in (
        f"/papers/{paper.pk}/",
        f"/papers/{paper.pk}/docx/",
        f"/papers/grant/{grant.pk}/",
        f"/papers/demand/{grant.demand_id}/",
    ):
        assert third.open(address).status_code == 404
    assert third.send(f"/papers/grant/{grant.pk}/").status_code == 404
    assert paper.number not in text(third.open("/papers/"))


def test_who_may_read_but_not_issue_is_told_who_may(site, grant):
    registrar = site.visitor("recipient", Role.REGISTRAR)

    page = registrar.open(f"/papers/grant/{grant.pk}/")
    sent = registrar.send(f"/papers/grant/{grant.pk}/")

    assert page.status_code == 200
    assert "由以下角色出具" in text(page)
    assert sent.status_code == 403
    assert "信息资源管理员" in text(sent)
    assert not Paper.objects.exists()


@pytest.mark.parametrize("who", [("authority", Role.SYSTEM_ADMIN), ("authority", Role.AUDIT_ADMIN)])
def test_papers_are_not_for_the_platforms_own_administrators(site, who):
    assert site.visitor(*who).open("/papers/").status_code == 403


@pytest.mark.parametrize("address", ["/papers/nonsense/{id}/", "/papers/grant/{id}/", "/papers/{id}/", "/papers/scans/{id}/"])
def test_addresses_that_name_nothing_are_not_found(visitor, address):
    assert visitor.open(address.format(id=uuid4())).status_code == 404


def test_what_is_not_ready_for_paper_says_what_must_come_first(site, office):
    demand = office.draft(office.conditional())

    response = site.visitor("recipient", Role.RESOURCE_ADMIN).open(f"/papers/demand/{demand.pk}/")

    assert response.status_code == 409
    assert "把关通过并提出之后" in text(response)


@pytest.mark.article("PC-67")
def test_a_sealed_scan_comes_back_and_is_handed_out_as_it_came(site, visitor, grant):
    paper = issue(visitor, "grant", grant.pk)

    sent = visitor.send(f"/papers/{paper.pk}/", {"file": SimpleUploadedFile("盖章 授权书.pdf", PDF)})

    scan = SealedScan.objects.get(paper=paper)
    assert (sent.status_code, sent["Location"]) == (302, f"/papers/{paper.pk}/")
    assert scan.receipt in text(visitor.open(f"/papers/{paper.pk}/"))
    file = site.visitor("provider", Role.RESOURCE_ADMIN).open(f"/papers/scans/{scan.pk}/")
    assert file.content == PDF
    assert file["Content-Type"] == "application/pdf"
    assert "attachment" in file["Content-Disposition"]
    assert site.visitor("third", Role.LEADER).open(f"/papers/scans/{scan.pk}/").status_code == 404


@pytest.mark.article("PC-66", "PC-67")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("盖章.pdf", b"<html>hello</html>", "内容不是 pdf"),
        ("盖章.docx", PDF, "盖章件只收 pdf、png、jpg"),
        ("盖章.exe", b"MZ", "只收"),
        ("机密★10年.pdf", PDF, "国家秘密标志"),
        ("大.pdf", b"%PDF-" + b"x" * (20 * 1024 * 1024 + 1), "超过 20 MB"),
    ],
)
def test_what_is_no_scan_is_refused_in_words_and_not_kept(visitor, grant, name, content, words):
    paper = issue(visitor, "grant", grant.pk)

    response = visitor.send(f"/papers/{paper.pk}/", {"file": SimpleUploadedFile(name, content)})

    assert response.status_code == 422
    assert words in text(response)
    assert not SealedScan.objects.exists()


def test_sending_no_file_asks_for_one(visitor, grant):
    paper = issue(visitor, "grant", grant.pk)

    response = visitor.send(f"/papers/{paper.pk}/")

    assert response.status_code == 422
    assert "请填写" in text(response)


def test_the_list_is_filtered_and_had_as_json_and_workbook(visitor, grant):
    letter, form = issue(visitor, "grant", grant.pk), issue(visitor, "demand", grant.demand_id)

    both = text(visitor.open("/papers/"))
    letters = text(visitor.open("/papers/?kind=grant"))
    found = json.loads(visitor.open(f"/papers.json?q={form.number}").content)

    assert letter.number in both and form.number in both and "待盖章" in both
    assert form.number not in letters
    assert [item["number"] for item in found["items"]] == [form.number]
    assert visitor.open("/papers.xlsx").status_code == 200
    assert visitor.open("/papers/?kind=x&q=%00%F0%9F").status_code == 200


def test_other_pages_link_the_papers_of_their_matter(visitor, grant, office):
    paper = issue(visitor, "grant", grant.pk)
    request = RequestFactory().get("/")
    request.visitor = type("V", (), {"actor": office.checker})()
    template = Template('{% load papers %}{% paper_links "grant" matter %}')

    shown = template.render(Context({"request": request, "matter": grant.pk}))

    assert paper.number in shown
    assert f"/papers/{paper.pk}/" in shown and f"/papers/grant/{grant.pk}/" in shown
    request.visitor = type("V", (), {"actor": office.actor("authority", Role.AUDIT_ADMIN)})()
    assert template.render(Context({"request": request, "matter": grant.pk})).strip() == ""


@pytest.mark.article("CD2016-29.2")
def test_a_filing_gets_its_form_from_its_own_page(site, office):
    admin = office.cast.person("recipient", Role.RESOURCE_ADMIN)
    filing = filings.file(
        organization=admin.organization_id,
        person=admin.pk,
        change=FilingChange.APPOINTED,
        effective_on=office.today,
        by=office.actor("recipient", Role.LEADER),
        now=office.now,
    )
    authority = site.visitor("authority", Role.AUTHORITY)

    page = authority.open(f"/filings/{filing.pk}/").content.decode()
    paper = issue(authority, "administrator", filing.pk)

    assert f"/papers/administrator/{filing.pk}/" in page
    assert paper.number.startswith("成资享管〔") and admin.name in text(authority.open(f"/papers/{paper.pk}/"))
    assert paper.number in text(site.visitor("recipient", Role.LEADER).open(f"/filings/{filing.pk}/"))
