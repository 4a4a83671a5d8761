"""Files beside a demand: hostile names, hostile content, secrets, sizes (CD2016-5.4, 29.1)."""

import hashlib
import io
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from govshare.audit.models import Entry as Evidence
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, Unavailable, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.files import FileType, recognise, safe_name
from govshare.regulation.secrecy import HandleAsSecret
from govshare.sharing import queries
from govshare.sharing.models import Attachment
from govshare.sharing.rules.attachments import ATTACHMENTS
from govshare.sharing.services import acceptance, attachments, demands
from tests.sharing.office import Office

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20 + b"\xff\xd9"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def package(main: str, text: str = "正文", **members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(main, text)
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def word(*paragraphs: str) -> bytes:
    runs = "".join("<w:p>" + "".join(f"<w:r><w:t>{letter}</w:t></w:r>" for letter in paragraph) + "</w:p>" for paragraph in paragraphs)
    return package("word/document.xml", f"<w:document><w:body>{runs}</w:body></w:document>")


def sheet(*cells: str) -> bytes:
    strings = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    return package("xl/workbook.xml", "<workbook/>", **{"xl__sharedStrings.xml": f"<sst>{strings}</sst>"})


@pytest.mark.article("PC-40")
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("依据.pdf", PDF, FileType.PDF),
        ("图.PNG", PNG, FileType.PNG),
        ("照片.jpeg", JPG, FileType.JPG),
        ("说明.docx", word("依据"), FileType.DOCX),
        ("清单.xlsx", sheet("单位名称"), FileType.XLSX),
        ("公文.ofd", package("OFD.xml"), FileType.OFD),
        ("说明.txt", "依据三定规定".encode("gb18030"), FileType.TXT),
        ("清单.csv", "代码,名称\n1,甲\n".encode(), FileType.CSV),
    ],
)
def test_the_listed_kinds_are_recognised_by_their_content(name: str, content: bytes, kind: FileType):
    assert recognise(safe_name(name), content) == kind


@pytest.mark.article("PC-40")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.png", HTML),
        ("依据.pdf", HTML),
        ("说明.docx", HTML),
        ("说明.txt", HTML),
        ("图.png", PNG + HTML),
        ("图.png", JPG),
        ("说明.docx", sheet("a")),
        ("说明.docx", package("evil.bin")),
        ("说明.docx", package("word/document.xml", word__vbaProject_bin="x").replace(b"vbaProject_bin", b"vbaProject.bin")),
        ("说明.txt", b"\x00\x01\x02binary"),
        ("说明.txt", b"\x7fELF\x02\x01\x01"),
        ("程序.exe", b"MZ"),
        ("页面.html", HTML),
        ("图.svg", b"<svg onload=alert(1)>"),
        ("无扩展名", PDF),
        ("空.pdf", b""),
        ("坏.xlsx", sheet("a")[:60]),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes):
    with pytest.raises(Invalid) as refusal:
        ATTACHMENTS.judge(name, content)

    assert str(refusal.value.basis) == "PC-40"


@pytest.mark.article("PC-40")
@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system32\\a.pdf", "a.pdf"),
        ("/etc/cron.d/x.txt", "x.txt"),
        ("a\x00b\r\n\t.pdf", "ab.pdf"),
        ("依据\u202efdp.exe.pdf", "依据fdp.exe.pdf"),
        ('<img src=x onerror="1">.pdf', "_img src=x onerror=_1__.pdf"),
        ("...pdf", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ("业" * 300 + ".pdf", "业" * 116 + ".pdf"),
        ("  CON .pdf ", "CON.pdf"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, safe: str):
    assert safe_name(name) == safe


class Endless:
    """A stream of 200 MB that counts what was read of it."""

    def __init__(self, size: int = 200 * 1024 * 1024) -> None:
        self.left, self.read_so_far = size, 0

    def read(self, size: int, /) -> bytes:
        part = min(size, self.left)
        self.left -= part
        self.read_so_far += part
        return b"x" * part


def files(uploads: Path) -> list[Path]:
    return [path for path in uploads.rglob("*") if path.is_file()] if uploads.exists() else []


def attach(office: Office, demand: object, name: str, content: bytes, **over: object) -> Attachment:
    given = {"demand": demand.pk, "name": name, "content": io.BytesIO(content), "by": office.registrar, "now": office.now}
    return attachments.add(**given | over)


@pytest.mark.django_db
def test_an_attachment_is_kept_under_its_digest_readable_by_the_platform_alone(office: Office, uploads: Path):
    demand = office.draft(office.conditional())

    kept = attach(office, demand, "../依据.pdf", PDF)

    digest = hashlib.sha256(PDF).hexdigest()
    (path,) = files(uploads)
    assert path == uploads / digest[:2] / digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept.name, kept.type, kept.size, kept.digest) == ("依据.pdf", "pdf", len(PDF), digest)
    found, file = queries.attachments.open_file(attachment=kept.pk, by=office.checker)
    with file:
        assert (found, file.read()) == (kept, PDF)


@pytest.mark.django_db
@pytest.mark.article("PC-39")
def test_what_is_too_large_is_refused_without_reading_it_to_the_end(office: Office, uploads: Path):
    demand, stream = office.draft(office.conditional()), Endless()

    with pytest.raises(Invalid) as refusal:
        attachments.add(demand=demand.pk, name="大.pdf", content=stream, by=office.registrar, now=office.now)

    assert str(refusal.value.basis) == "PC-39"
    assert stream.read_so_far == 20 * 1024 * 1024 + 1
    assert files(uploads) == []


@pytest.mark.django_db
@pytest.mark.article("CD2016-5.4", "PC-40")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("机密★10年.pdf", PDF),
        ("报告-秘密.pdf", PDF),
        ("说明.txt", "关于某事的报告\n绝密\n正文".encode()),
        ("说明.txt", "机密★长期".encode("gb18030")),
        ("清单.csv", "序号,密级\n1,秘密\n".encode()),
        ("说明.docx", word("关于某事", "秘密★5年")),
        ("清单.xlsx", sheet("序号", "【机密】")),
        ("公文.ofd", package("OFD.xml", Doc_0__Content="x", **{"Doc_0__Pages__Content.xml": "<ofd:TextCode>绝密</ofd:TextCode>"})),
    ],
)
def test_what_is_marked_secret_is_neither_stored_nor_logged(office: Office, uploads: Path, name: str, content: bytes):
    demand = office.draft(office.conditional())
    by, before = office.registrar, Evidence.objects.count()

    with pytest.raises(HandleAsSecret) as refusal:
        attach(office, demand, name, content, by=by)

    assert files(uploads) == []
    assert Evidence.objects.count() == before
    assert not Attachment.objects.exists()
    told = f"{refusal.value} {refusal.value.detail}"
    assert name.removesuffix(".pdf") not in told or name in {"说明.txt"}
    assert "★" not in told


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_on_the_disk(office: Office, uploads: Path):
    demand = office.draft(office.conditional())

    with pytest.raises(Invalid):
        attach(office, demand, "图.png", HTML)

    assert files(uploads) == []


@pytest.mark.django_db
@pytest.mark.article("PC-41")
def test_the_same_file_twice_is_one_and_there_are_only_so_many(office: Office, uploads: Path):
    office.set_parameter("PC-41", 2)
    demand = office.draft(office.conditional())

    first = attach(office, demand, "一.txt", b"one")
    assert attach(office, demand, "again.txt", b"one") == first
    attach(office, demand, "二.txt", b"two")

    with pytest.raises(Invalid) as refusal:
        attach(office, demand, "三.txt", b"three")
    assert str(refusal.value.basis) == "PC-41"


@pytest.mark.django_db
def test_attachments_are_added_to_drafts_and_completions_and_removed_from_drafts_only(office: Office, uploads: Path):
    demand = office.draft(office.conditional())
    first = attach(office, demand, "一.txt", b"one")
    demands.submit(demand=demand.pk, by=office.registrar, now=office.now)

    with pytest.raises(WrongState):
        attach(office, demand, "二.txt", b"two")
    with pytest.raises(WrongState):
        attachments.remove(attachment=first.pk, by=office.registrar, now=office.now)

    deciding = office.passed(office.conditional(name="法人变更信息"))
    acceptance.ask_completion(demand=deciding.pk, missing="补", by=office.provider, now=office.now)
    added = attach(office, deciding, "二.txt", b"two")
    found, file = queries.attachments.open_file(attachment=added.pk, by=office.provider)
    with file:
        assert (found, file.read()) == (added, b"two")
    with pytest.raises(WrongState, match="不能移除"):
        attachments.remove(attachment=added.pk, by=office.registrar, now=office.now)


@pytest.mark.django_db
def test_only_the_own_drafters_attach_and_only_who_sees_the_demand_reads(office: Office, uploads: Path):
    demand = office.draft(office.conditional())
    kept = attach(office, demand, "一.txt", b"one")

    for outsider in (office.provider, office.authority, office.actor("third", Role.REGISTRAR)):
        with pytest.raises(NotFound):
            attach(office, demand, "二.txt", b"two", by=outsider)
        with pytest.raises(NotFound):
            queries.attachments.open_file(attachment=kept.pk, by=outsider)
    with pytest.raises(NotYours):
        attach(office, demand, "二.txt", b"two", by=office.actor("recipient", Role.LEADER))


@pytest.mark.django_db
def test_content_goes_with_the_last_demand_that_holds_it(office: Office, uploads: Path, django_capture_on_commit_callbacks: object):
    one, two = office.draft(office.conditional()), office.draft(office.conditional(name="法人变更信息"))
    kept = [attach(office, demand, "一.txt", b"one") for demand in (one, two)]

    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(attachment=kept[0].pk, by=office.registrar, now=office.now)
    assert len(files(uploads)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(attachment=kept[1].pk, by=office.registrar, now=office.now)

    assert files(uploads) == []


@pytest.mark.django_db
def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(office: Office, uploads: Path):
    kept = attach(office, office.draft(office.conditional()), "一.txt", b"one")
    (path,) = files(uploads)
    path.write_bytes(b"two")

    with pytest.raises(Unavailable, match="摘要不符"):
        queries.attachments.open_file(attachment=kept.pk, by=office.registrar)
    path.unlink()
    with pytest.raises(Unavailable, match="缺失"):
        queries.attachments.open_file(attachment=kept.pk, by=office.registrar)


@pytest.mark.django_db
def test_contents_that_an_undone_act_left_behind_are_swept_after_a_day(office: Office, uploads: Path):
    demand = office.draft(office.conditional())
    kept = attach(office, demand, "一.txt", b"one")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        attach(office, demand, "二.txt", b"two")
        raise ZeroDivisionError
    assert len(files(uploads)) == 2

    swept_now = attachments.sweep(now=utc_now())
    swept_later = attachments.sweep(now=utc_now() + timedelta(days=2))

    assert (swept_now, swept_later) == (0, 1)
    assert [path.name for path in files(uploads)] == [kept.digest]
