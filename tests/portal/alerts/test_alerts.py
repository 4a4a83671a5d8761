"""Unusual use on the site: who sees what, how it is disposed of, where it waits."""

import json
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from govshare.alerts import services
from govshare.alerts.models import Alert
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.duties import queries as duties
from govshare.duties.rules import is_workday
from govshare.kernel.clock import begins, local_date, utc_now
from govshare.kernel.roles import Role
from govshare.portal.desk import notices
from govshare.portal.waiting.tasks import waiting_for
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text

pytestmark = pytest.mark.django_db
AUDITOR, ADMIN = ("authority", Role.AUDIT_ADMIN), ("provider", Role.RESOURCE_ADMIN)


def in_working_time() -> datetime:
    """Ten in the morning of the last working day, so that the hour of the test is nobody's night work."""
    day = local_date(utc_now() - timedelta(hours=10))
    while not is_workday(duties.calendar(day), day):
        day -= timedelta(days=1)
    return begins(day) + timedelta(hours=10)


def refused_in_a_row(site: Site, who: tuple[str, Role] = ADMIN, times: int = 5) -> Alert:
    """Found by the rules in refusals that were really written."""
    by, now = site.cast.actor(*who), in_working_time()
    audit.record_many(
        [
            audit.entry(
                action="sharing:demand:draft", basis=cite("CD2016-11"), by=by, now=now, outcome="refused", reason="不予办理", about=f"R-{n}"
            )
            for n in range(times)
        ]
    )
    while audit.place(now=utc_now()):
        pass
    services.watch(now=utc_now())
    return Alert.objects.get(who=by.id)


def asked(site: Site) -> Alert:
    alert = refused_in_a_row(site)
    services.ask(alert=alert.pk, note="请说明当日为何反复提交", by=site.cast.actor(*AUDITOR), now=utc_now())
    return alert


@pytest.mark.article("CD2016-31", "CD2016-26", "PC-125")
def test_the_audit_administrator_sees_what_was_found_with_its_entries_and_the_look_is_recorded(site: Site):
    alert = refused_in_a_row(site)
    auditor = site.visitor(*AUDITOR)

    listed, page = auditor.open("/alerts/"), auditor.open(f"/alerts/{alert.pk}/")

    assert alert.number in text(listed) and "连续被拒绝" in text(listed)
    assert all(number in text(page) for number in alert.entries)
    assert "当日连续 5 次被拒绝" in text(page) and "PC-138" in text(page) and "R-4" in text(page)
    (look,) = Entry.objects.filter(action="alerts:alert:read")
    assert json.loads(look.body)["about"] == alert.number


@pytest.mark.article("PC-125")
def test_it_is_disposed_of_on_the_page_with_a_reason_and_a_receipt(site: Site):
    alert = refused_in_a_row(site)
    auditor = site.visitor(*AUDITOR)

    without = auditor.send(f"/alerts/{alert.pk}/dispose/", {"verb": "explain", "note": ""})
    done = auditor.send(f"/alerts/{alert.pk}/dispose/", {"verb": "explain", "note": "与系统改造记录相符。"})
    again = auditor.send(f"/alerts/{alert.pk}/dispose/", {"verb": "dismiss", "note": "再来一次"})
    page = auditor.open(f"/alerts/{alert.pk}/")

    assert (without.status_code, done.status_code, again.status_code) == (422, 302, 409)
    assert "已说明" in text(page) and "与系统改造记录相符。" in text(page) and "/dispose/" not in page.content.decode()
    assert alert.steps.get().receipt in text(page)


@pytest.mark.article("CD2016-31", "PC-125")
def test_the_department_is_asked_finds_it_waiting_and_answers(site: Site):
    alert = refused_in_a_row(site)
    auditor, admin = site.visitor(*AUDITOR), site.visitor(*ADMIN)
    before = admin.open(f"/alerts/{alert.pk}/")

    sent = auditor.send(f"/alerts/{alert.pk}/ask/", {"note": "请说明当日为何反复提交"})
    todo = admin.open("/todo/")
    page = admin.open(f"/alerts/{alert.pk}/")
    answered = admin.send(f"/alerts/{alert.pk}/answer/", {"note": "误设定时任务，已停用。"})

    assert (before.status_code, sent.status_code, answered.status_code) == (404, 302, 302)
    assert alert.number in text(todo) and "待说明" in text(todo) and "剩 5 个工作日" in text(todo)
    assert "请说明当日为何反复提交" in text(page) and "R-0" in text(page)
    alert.refresh_from_db()
    assert alert.status == "answered"
    assert [str(each.task.label) for each in waiting_for(site.cast.actor(*AUDITOR))] == ["部门已说明"]
    assert not [each for each in waiting_for(site.cast.actor(*ADMIN)) if each.task.kind == "alert"]


@pytest.mark.article("PC-125")
def test_both_sides_are_told(site: Site):
    alert = asked(site)
    services.answer(alert=alert.pk, note="误设定时任务。", by=site.cast.actor(*ADMIN), now=utc_now())
    services.dispose(alert=alert.pk, verb="explain", note="认可。", by=site.cast.actor(*AUDITOR), now=utc_now())
    later = utc_now() + timedelta(minutes=1)

    def told(who: tuple[str, Role]) -> list[str]:
        return [note.heading for note in notices.notices(site.cast.actor(*who), now=later) if note.kind == "alert"]

    assert told(AUDITOR) == ["异常取数：作出说明", "异常取数：连续被拒绝"]
    assert told(ADMIN) == ["异常取数：认可说明", "异常取数：请部门说明"]
    assert told(("third", Role.RESOURCE_ADMIN)) == []
    by = site.cast.actor(*AUDITOR)
    assert notices.unread(by, now=later) == len(notices.notices(by, now=later))


@pytest.mark.article("CD2016-31", "PC-61")
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (("third", Role.RESOURCE_ADMIN), 404),
        (("authority", Role.AUTHORITY), 404),
        (("provider", Role.REGISTRAR), 403),
        (("authority", Role.SYSTEM_ADMIN), 403),
        (("authority", Role.SECURITY_ADMIN), 403),
    ],
)
def test_others_see_neither_the_alert_nor_that_there_is_one(site: Site, who: tuple[str, Role], status: int):
    alert = asked(site)
    visitor = site.visitor(*who)

    answers = [visitor.open(f"/alerts/{alert.pk}/").status_code]
    answers += [
        visitor.send(f"/alerts/{alert.pk}/{act}/", {"note": "x", "verb": "dismiss"}).status_code for act in ("ask", "answer", "dispose")
    ]
    listed = visitor.open("/alerts/")

    assert answers[0] == status and set(answers) <= {403, 404}
    assert alert.number not in text(listed)
    assert alert.steps.count() == 1


@pytest.mark.article("CD2016-32")
def test_the_authority_sees_what_was_handed_over_for_correction(site: Site):
    alert = refused_in_a_row(site)
    services.dispose(alert=alert.pk, verb="hand-over", note="请督促改正。", by=site.cast.actor(*AUDITOR), now=utc_now())

    page = site.visitor("authority", Role.AUTHORITY).open(f"/alerts/{alert.pk}/")

    assert page.status_code == 200 and "移交整改" in text(page) and "请督促改正。" in text(page)


def test_the_list_narrows_and_is_had_as_json_and_as_a_workbook(site: Site):
    first, second = refused_in_a_row(site), refused_in_a_row(site, ("third", Role.REGISTRAR), times=20)
    services.dispose(alert=first.pk, verb="dismiss", note="测试。", by=site.cast.actor(*AUDITOR), now=utc_now())
    auditor = site.visitor(*AUDITOR)

    def numbers(query: str) -> list[str]:
        return [item["number"] for item in json.loads(auditor.open(f"/alerts.json?{query}").content)["items"]]

    assert numbers("rule=refusals") == [second.number, first.number]
    assert numbers("rule=refusals&state=pending") == [second.number]
    assert numbers("state=unfounded") == [first.number]
    assert numbers("rule=refusals&severity=high") == [second.number]
    assert numbers("rule=volume") == []
    assert numbers(f"q={first.number}") == [first.number]
    assert numbers("state=x&severity=y") == []
    book = load_workbook(BytesIO(auditor.open("/alerts.xlsx?rule=refusals").content))
    assert {row[2].value for row in book.active.iter_rows(min_row=2)} == {first.number, second.number}


@pytest.mark.parametrize("query", ["q=%00", "page=x", "rule=" + "x" * 3000, "severity=%F0%9F%92%A9"])
def test_rubbish_in_the_query_finds_nothing_and_breaks_nothing(site: Site, query: str):
    assert site.visitor(*AUDITOR).open(f"/alerts/?{query}").status_code == 200
