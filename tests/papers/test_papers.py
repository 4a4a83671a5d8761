"""Papers: numbered without a gap, kept as issued, read by their parties, their sealed scans taken in unchanged."""

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from govshare.audit.models import Entry as Evidence
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, Unavailable
from govshare.kernel.roles import Role
from govshare.papers import queries, services
from govshare.papers.models import Paper, SealedScan
from govshare.papers.rules.forms import Form, Line, Opinion, Table, read
from govshare.papers.rules.kinds import PaperKind
from govshare.papers.tasks import sweep
from govshare.regulation.secrecy import HandleAsSecret
from tests.cast import Cast, assemble

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FORM = Form(
    heading="政务信息资源目录备案表",
    subject="法人基本信息",
    lines=(Line("信息资源名称", "法人基本信息"), Line("提供单位", "市市场监管局")),
    tables=(Table("信息项", ("序号", "名称"), (("1", "统一社会信用代码"),)),),
    opinions=(Opinion("部门审核意见", "同意发布", "李审 2026-11-20"), Opinion("信息化主管部门意见")),
    notes=("本表由平台生成。",),
    seals=("市市场监管局",),
)


@pytest.fixture
def uploads(tmp_path: Path, settings: Any) -> Path:
    settings.GOVSHARE_UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def issue(cast: Cast) -> Callable[..., Paper]:
    provider = cast.actor("provider", Role.RESOURCE_ADMIN)

    def issued(**over: Any) -> Paper:
        given = {"kind": PaperKind.ENTRY, "about": "e-1", "form": FORM, "parties": [], "by": provider, "now": cast.now}
        return services.issue(**given | over)

    return issued


def attach(paper: Paper, **over: Any) -> SealedScan:
    return services.attach_scan(**{"paper": paper.pk, "name": "盖章.pdf", "content": io.BytesIO(PDF), "now": utc_now()} | over)


@pytest.mark.django_db
@pytest.mark.article("PC-65")
def test_papers_are_numbered_by_kind_and_year_without_a_gap(issue):
    first = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # still 2026 in Chengdu

    numbers = [
        issue(about="e-1", now=first).number,
        issue(about="e-2", now=first).number,
        issue(about="g-1", kind=PaperKind.GRANT, now=first).number,
        issue(about="e-3", now=first + timedelta(minutes=1)).number,
    ]

    assert numbers == ["成资享备〔2026〕1号", "成资享备〔2026〕2号", "成资享授〔2026〕1号", "成资享备〔2027〕1号"]


@pytest.mark.django_db
@pytest.mark.article("PC-65")
def test_an_act_that_comes_to_nothing_takes_no_number(issue):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issue(about="e-1")
        raise ZeroDivisionError

    assert issue(about="e-2").ordinal == 1


@pytest.mark.article("PC-65")
def test_two_at_once_get_two_numbers(own_database, settings, tmp_path):
    cast = assemble(utc_now())
    by, got = cast.actor("provider", Role.RESOURCE_ADMIN), []

    def work(about: str) -> None:
        for n in range(5):
            got.append(services.issue(kind=PaperKind.ENTRY, about=f"{about}-{n}", form=FORM, parties=[], by=by, now=utc_now()).ordinal)
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == list(range(1, 11))


@pytest.mark.django_db
@pytest.mark.article("PC-65")
def test_the_same_content_is_the_same_paper_and_changed_content_a_new_one(issue):
    first = issue()

    again = issue()
    changed = issue(form=replace(FORM, notes=("更正。",)))

    assert again == first
    assert (changed.ordinal, Paper.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_a_paper_says_for_ever_what_it_said_when_issued_and_its_issue_is_in_evidence(issue, cast):
    paper = issue(parties=[str(cast.organization("authority").pk)])

    kept = Paper.objects.get(pk=paper.pk)
    evidence = Evidence.objects.get(action="papers:paper:issue")

    assert kept.form() == FORM == read(FORM.canonical().decode())
    assert kept.digest == hashlib.sha256(FORM.canonical()).hexdigest()
    assert (evidence.about, evidence.organization) == (kept.number, kept.organization)
    assert kept.digest in evidence.body
    assert str(cast.organization("authority").pk) in evidence.parties


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE papers_paper SET title = 'x'", "DELETE FROM papers_paper", "TRUNCATE papers_paper CASCADE"])
def test_nobody_rewrites_a_paper(issue, statement):
    issue()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("over", [{"ordinal": 3}, {"digest": "0" * 64}])
def test_the_database_takes_neither_a_gap_nor_a_wrong_digest(issue, over):
    paper = issue()
    row = {field.attname: getattr(paper, field.attname) for field in Paper._meta.fields if field.attname != "id"}

    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.create(**row | {"ordinal": 2, "number": "成资享备〔2026〕2号"} | over)


@pytest.mark.django_db
@pytest.mark.article("CD2016-29.1")
def test_a_paper_is_issued_by_its_offices_and_seen_by_its_parties_alone(issue, cast):
    authority = cast.actor("authority", Role.AUTHORITY)
    paper = issue(parties=[authority.organization])

    seen = [queries.get(paper.pk, by=by) for by in (authority, cast.actor("provider", Role.LEADER))]

    assert seen == [paper, paper]
    for by in (cast.actor("third", Role.RESOURCE_ADMIN), cast.actor("authority", Role.SYSTEM_ADMIN)):
        with pytest.raises(NotFound):
            queries.get(paper.pk, by=by)
    assert queries.get(paper.pk, by=cast.actor("third", Role.LEADER), standing_for=[paper.organization]) == paper
    with pytest.raises(NotYours, match="信息资源管理员"):
        issue(kind=PaperKind.GRANT, by=cast.actor("provider", Role.REGISTRAR))


@pytest.mark.django_db
@pytest.mark.article("PC-67", "CD2016-26")
def test_a_sealed_scan_is_kept_under_its_digest_and_handed_out_unchanged(issue, cast, uploads):
    paper, by = issue(), cast.actor("provider", Role.RESOURCE_ADMIN)

    scan = attach(paper, name="../盖章.pdf", by=by)
    again = attach(paper, by=by)

    digest = hashlib.sha256(PDF).hexdigest()
    path = uploads / "papers" / digest[:2] / digest
    assert scan == again
    assert (scan.name, scan.type, scan.size) == ("盖章.pdf", "pdf", len(PDF))
    found, file = queries.open_scan(scan.pk, by=by)
    with file:
        assert (found, file.read()) == (scan, PDF)
    path.write_bytes(b"other")
    with pytest.raises(Unavailable, match="摘要不符"):
        queries.open_scan(scan.pk, by=by)
    with pytest.raises(NotFound):
        queries.open_scan(scan.pk, by=cast.actor("third", Role.RESOURCE_ADMIN))
    assert Evidence.objects.filter(action="papers:scan:attach", about=paper.number).count() == 1


@pytest.mark.django_db
@pytest.mark.article("PC-67", "CD2016-5.4")
@pytest.mark.parametrize(
    ("name", "content"),
    [("盖章.docx", PDF), ("盖章.pdf", b"<html>"), ("盖章.png", PDF), ("空.pdf", b""), ("机密★10年.pdf", PDF)],
)
def test_what_is_no_scan_or_bears_a_marking_is_not_kept(issue, cast, uploads, name, content):
    paper = issue()

    with pytest.raises(HandleAsSecret if "机密" in name else Invalid):
        attach(paper, name=name, content=io.BytesIO(content), by=cast.actor("provider", Role.RESOURCE_ADMIN))

    assert not SealedScan.objects.exists()
    assert not list(uploads.rglob("*")) or not any(path.is_file() for path in uploads.rglob("*"))


class Endless:
    """A stream of 200 MB that counts what was read of it."""

    read_so_far = 0

    def read(self, size: int, /) -> bytes:
        self.read_so_far += size
        return b"x" * size if self.read_so_far < 200 * 1024 * 1024 else b""


@pytest.mark.django_db
@pytest.mark.article("PC-66")
def test_a_scan_of_200_mb_is_refused_without_reading_it_to_the_end(issue, cast, uploads):
    stream = Endless()

    with pytest.raises(Invalid) as refused:
        attach(issue(), content=stream, by=cast.actor("provider", Role.RESOURCE_ADMIN))

    assert str(refused.value.basis) == "PC-66"
    assert stream.read_so_far == 20 * 1024 * 1024 + 1


@pytest.mark.django_db
@pytest.mark.article("PC-68")
def test_there_are_only_so_many_scans_of_a_paper(issue, cast, uploads):
    paper, by = issue(), cast.actor("provider", Role.RESOURCE_ADMIN)
    for n in range(10):
        attach(paper, content=io.BytesIO(PDF + b"%%EOF %d" % n), by=by)

    with pytest.raises(Invalid) as refused:
        attach(paper, by=by)

    assert str(refused.value.basis) == "PC-68"


@pytest.mark.django_db
def test_only_who_may_issue_hands_in_the_scan(issue, cast, uploads):
    paper = issue(kind=PaperKind.GRANT)

    with pytest.raises(NotYours):
        attach(paper, by=cast.actor("provider", Role.REGISTRAR))
    with pytest.raises(NotFound):
        attach(paper, by=cast.actor("third", Role.RESOURCE_ADMIN))


@pytest.mark.django_db
def test_leftovers_of_undone_acts_are_swept_after_a_day_and_scans_stay(issue, cast, uploads):
    paper, by = issue(), cast.actor("provider", Role.RESOURCE_ADMIN)
    kept = attach(paper, by=by)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        attach(paper, content=io.BytesIO(PDF + b"%%EOF"), by=by)
        raise ZeroDivisionError

    now_and_later = (sweep(timestamp=0), services.sweep(now=utc_now() + timedelta(days=2)))

    assert now_and_later == (0, 1)
    assert [path.name for path in uploads.rglob("*") if path.is_file()] == [kept.digest]


def test_a_table_has_rows_as_long_as_its_head():
    with pytest.raises(ValueError, match="信息项"):
        Table("信息项", ("序号", "名称"), (("1",),))
