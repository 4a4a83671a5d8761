"""The log as each may see it, its exports, and its check by the audit administrator."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from govshare.audit import services, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.organizations.services import sessions
from govshare.portal.desk import kept_forms
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db
TYPED = "51010419900101001X"


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
    "query",
    [
        "since=31-31-2026",
        "until=x",
        "before=rubbish",
        "before=i0",
        "subject='\"",
        "side=x",
        "who=%25",
        "organization=x",
        "side=ours",
        "about=%00",
        "action=" + "x" * 3000,
        "until=9999-12-31",
    ],
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


def test_hits_are_counted_and_every_count_is_a_link_that_narrows(site):
    record(site, "R-1")
    record(site, "R-2", who="third", action="sharing:grant:end")
    services.place(now=utc_now())
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    page = auditor.open("/log/").content.decode()
    narrowed = auditor.open("/log/?action=sharing:grant:end")

    assert "action=sharing%3Agrant%3Aend" in page and f"organization={site.cast.organization('third').pk}" in page
    assert f"since={local_date(utc_now())}" in page, "the bar of today"
    assert "R-2" in text(narrowed) and "R-1" not in text(narrowed)


@pytest.mark.article("PC-119", "CD2016-31")
def test_by_a_number_that_is_typed_one_finds_who_looked_and_the_number_is_nowhere(site):
    by = site.cast.actor("provider", Role.REVIEWER)
    services.record(action="exchange:query:answer", basis=cite("CD2016-26"), by=by, now=utc_now(), about="Q-1", subject=TYPED)
    record(site, "R-2")
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    asked = auditor.send("/log/subject/?about=", {"secret_identifier": f" {TYPED.lower()}"})
    found = auditor.open(asked["Location"])
    nothing = auditor.send("/log/subject/", {"secret_identifier": "   "})

    assert asked.status_code == 302 and TYPED not in asked["Location"] and TYPED.lower() not in asked["Location"]
    assert "Q-1" in text(found) and "R-2" not in text(found)
    assert TYPED not in found.content.decode()
    assert nothing.status_code == 422
    assert not [entry for entry in Entry.objects.all() if TYPED in entry.body]


@pytest.mark.article("PC-119")
def test_a_number_typed_while_the_session_ended_is_not_kept_on_the_desk(site):
    visitor, by = site.visitor("provider", Role.REVIEWER), site.cast.actor("provider", Role.REVIEWER)
    sessions.sign_out(token=visitor.token, by=by, now=utc_now())

    answer = visitor.send("/log/subject/", {"secret_identifier": TYPED})

    kept = kept_forms.kept("/log/subject/", by=by)
    assert answer.status_code == 401 and TYPED not in answer.content.decode()
    assert kept is None or kept.fields == {}


@pytest.mark.article("PC-121", "PC-62")
def test_what_the_list_shows_is_had_as_a_signed_package(site, tmp_path):
    number = record(site, "R-1")
    record(site, "R-2", action="sharing:grant:end")
    services.place(now=utc_now())

    answer = site.visitor("authority", Role.AUDIT_ADMIN).open("/log/package/?action=catalog:entry:publish")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    path = tmp_path / "package.zip"
    path.write_bytes(b"".join(answer.streaming_content))
    with zipfile.ZipFile(path) as package:
        assert f"receipts/{number}.tlog-proof" in package.namelist()
    assert verifier.examine(path, verifier.trust_in(open_log().verification_key()))
    refused = site.visitor("provider", Role.REVIEWER).open("/log/package/?about=nothing")
    assert refused.status_code == 404 and "没有符合条件" in text(refused)


@pytest.mark.article("CD2016-36", "PC-122")
def test_a_department_sees_what_it_took_and_what_was_taken_from_it(site):
    office = Office(site.cast)
    grant = office.granted(office.unconditional())
    parties = [str(site.cast.organization(who).pk) for who in ("provider", "recipient")]
    for about, number in (("RUN-1", grant.number), ("RUN-2", "SQ-another")):
        services.record(
            action="exchange:chunk:commit", basis=cite("CD2016-26"), by=PLATFORM, now=utc_now(), about=about, grant=number, parties=parties
        )
    taker, giver = site.visitor("recipient", Role.RESOURCE_ADMIN), site.visitor("provider", Role.RESOURCE_ADMIN)

    said = {
        (who, side): "RUN-1" in text(visitor.open(f"/log/?side={side}"))
        for who, visitor in (("taker", taker), ("giver", giver))
        for side in ("ours", "theirs")
    }

    assert said == {("taker", "ours"): True, ("taker", "theirs"): False, ("giver", "ours"): False, ("giver", "theirs"): True}
    assert "RUN-2" in text(taker.open("/log/")) and "RUN-2" not in text(taker.open("/log/?side=ours"))
    assert "我们取用的" in text(taker.open("/log/"))
    assert "我们取用的" not in text(site.visitor("authority", Role.AUDIT_ADMIN).open("/log/"))


@pytest.mark.article("CD2016-33", "PC-118")
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN], ids=str)
@pytest.mark.parametrize("address", ["/log/", "/log.json", "/log.xlsx", "/log/package/", "/log/subject/"])
def test_system_and_security_administrators_open_no_page_of_the_log(role, address, site):
    assert site.visitor("authority", role).open(address).status_code == 403
