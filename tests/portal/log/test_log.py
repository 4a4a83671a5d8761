"""The log as each may see it, its exports, and its check by the audit administrator."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from govshare.audit import services
from govshare.audit.models import Entry
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text

pytestmark = pytest.mark.django_db


def record(site: Site, about: str, *, who: str = "provider", action: str = "catalog:entry:publish") -> str:
    by = site.cast.actor(who, Role.REVIEWER)
    return services.record(action=action, basis=cite("CD2016-14"), by=by, now=utc_now(), about=about).number


@pytest.mark.article("CD2016-26", "PC-61")
def test_each_department_sees_its_own_entries_in_words_with_their_receipts(site):
    number, other = record(site, "R-1"), record(site, "R-2", who="third")

    page = site.visitor("provider", Role.REVIEWER).open("/log/")

    said = text(page)
    assert page.status_code == 200
    assert "发布并备案" in said and "R-1" in said and number in said
    assert "R-2" not in said and other not in said


def test_filters_narrow_by_subject_number_and_days(site):
    record(site, "R-1")
    record(site, "R-2", action="sharing:grant:end")
    visitor = site.visitor("provider", Role.REVIEWER)
    today = local_date(utc_now())

    assert "R-2" not in text(visitor.open("/log/?action=catalog:"))
    assert "R-1" not in text(visitor.open("/log/?about=R-2"))
    assert "R-1" in text(visitor.open(f"/log/?since={today}&until={today}"))
    assert "没有符合条件的记录" in text(visitor.open(f"/log/?since={today + timedelta(days=1)}"))


@pytest.mark.parametrize(
    "query", ["since=31-31-2026", "until=x", "before=rubbish", "about=%00", "action=" + "x" * 3000, "until=9999-12-31"]
)
def test_rubbish_in_the_query_is_shown_as_such(site, query):
    record(site, "R-1")

    assert site.visitor("provider", Role.REVIEWER).open(f"/log/?{query}").status_code == 200


def test_older_entries_are_leafed_to(site):
    for n in range(60):
        record(site, f"N-{n:02}")
    visitor = site.visitor("provider", Role.REVIEWER)

    first = visitor.open("/log/?action=catalog:")
    older = first.content.decode().partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = visitor.open(f"/log/{older}")

    assert "N-59" in text(first) and "N-05" not in text(first)
    assert "N-05" in text(second) and "N-59" not in text(second)


@pytest.mark.article("PC-62")
def test_the_same_list_is_had_as_json_and_as_a_workbook_and_the_auditors_export_is_recorded(site):
    record(site, "=1+1")
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    listed = json.loads(auditor.open("/log.json?action=catalog:").content)
    book = load_workbook(BytesIO(auditor.open("/log.xlsx?action=catalog:").content))

    assert [item["about"] for item in listed["items"]] == ["=1+1"]
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert Entry.objects.filter(action="audit:entry:export").count() == 2


@pytest.mark.article("CD2016-26", "PC-62")
def test_the_audit_administrator_checks_everything_and_the_check_is_recorded(site):
    record(site, "R-1")
    services.place(now=utc_now())
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    before = auditor.open("/integrity/")
    after = auditor.send("/integrity/")

    assert "校验结果" not in text(before)
    assert "完整" in text(after) and "每个根都由记录重新推出" in text(after)
    assert Entry.objects.filter(action="audit:log:check").count() == 1


def test_an_altered_tile_is_named_on_the_page(site, evidence):
    record(site, "R-1")
    services.place(now=utc_now())
    (evidence / "checkpoint").write_text("not what was signed")

    response = site.visitor("authority", Role.AUDIT_ADMIN).send("/integrity/")

    assert response.status_code == 200
    assert "日志不完整" in text(response) and "告知系统管理员" in text(response)


@pytest.mark.parametrize("who", [("provider", Role.REVIEWER), ("authority", Role.AUTHORITY), ("authority", Role.SYSTEM_ADMIN)])
def test_the_check_belongs_to_the_audit_administrator(site, who):
    response = site.visitor(*who).open("/integrity/")

    assert response.status_code == 403
    assert "审计管理员" in text(response)
