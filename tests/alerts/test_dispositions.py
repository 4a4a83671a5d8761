"""What becomes of an alert: who may do what, by which article, with what record."""

import json
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from govshare.alerts import queries, services
from govshare.alerts.models import Alert, Step
from govshare.alerts.rules import EXPLAIN, Status
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import LOCAL
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.secrecy import HandleAsSecret
from tests.audit.actors import AUDITOR, HOUSING, LAW, TAX, person

NOW = datetime(2026, 3, 2, 10, tzinfo=LOCAL)
ADMIN = person(HOUSING, Role.RESOURCE_ADMIN)
AUTHORITY = Actor(
    kind="person", id="authority", name="经办", organization=TAX, organization_name="市税务局", roles=frozenset({Role.AUTHORITY})
)


def raised(by=ADMIN):
    """An alert about refusals in a row, found by the rules in entries that were really written."""
    audit.record_many(
        [audit.entry(action="sharing:demand:draft", basis=LAW, by=by, now=NOW, outcome="refused", reason="不予办理") for _ in range(5)]
    )
    while audit.place(now=NOW):
        pass
    services.watch(now=NOW)
    return Alert.objects.get(who=by.id)


def asked():
    alert = raised()
    services.ask(alert=alert.pk, note="请说明当日为何反复提交", by=AUDITOR, now=NOW)
    return alert


@pytest.mark.django_db
@pytest.mark.article("CD2016-31", "PC-125")
def test_the_department_is_asked_answers_and_the_answer_is_accepted():
    alert = asked()
    due = duties.find(EXPLAIN, str(alert.pk))

    services.answer(alert=alert.pk, note="系统改造期间误设定时任务，已停用。", by=ADMIN, now=NOW + timedelta(days=1))
    services.dispose(alert=alert.pk, verb="explain", note="与系统改造记录相符。", by=AUDITOR, now=NOW + timedelta(days=2))

    alert.refresh_from_db()
    assert alert.status == Status.EXPLAINED
    assert (due.owner, str(due.due_on), due.working_days) == (HOUSING, "2026-03-09", 5)
    assert duties.find(EXPLAIN, str(alert.pk)).kept_by == ADMIN.id
    assert [(step.verb, step.source, step.target) for step in alert.steps.all()] == [
        ("ask", "open", "asked"),
        ("answer", "asked", "answered"),
        ("explain", "answered", "explained"),
    ]
    written = [json.loads(row.body) for row in Entry.objects.filter(about=alert.number).order_by("batch")]
    assert [(row["action"], row["parties"]) for row in written] == [
        ("alerts:alert:raise", []),
        ("alerts:alert:ask", [HOUSING, TAX]),
        ("alerts:alert:answer", [HOUSING]),
        ("alerts:alert:dispose", [HOUSING, TAX]),
    ]
    assert written[3]["reason"] == "与系统改造记录相符。"


@pytest.mark.django_db
@pytest.mark.article("CD2016-32", "PC-125")
@pytest.mark.parametrize(("verb", "status"), [("explain", "explained"), ("hand-over", "correcting"), ("dismiss", "unfounded")])
def test_an_alert_is_disposed_of_once_with_a_reason(verb, status):
    alert = raised()

    services.dispose(alert=alert.pk, verb=verb, note="核对完毕。", by=AUDITOR, now=NOW)
    with pytest.raises(WrongState):
        services.dispose(alert=alert.pk, verb="dismiss", note="再来一次", by=AUDITOR, now=NOW)
    with pytest.raises(WrongState):
        services.ask(alert=alert.pk, note="请说明", by=AUDITOR, now=NOW)

    alert.refresh_from_db()
    assert alert.status == status
    (written,) = [json.loads(row.body) for row in Entry.objects.filter(action="alerts:alert:dispose")]
    assert (written["detail"]["to"], written["parties"]) == (status, [TAX])


@pytest.mark.django_db
@pytest.mark.parametrize(("note", "error"), [("", Invalid), ("  ", Invalid), ("x" * 1001, Invalid), ("机密★10年", HandleAsSecret)])
def test_a_disposition_says_why_and_nothing_secret(note, error):
    alert = raised()

    with pytest.raises(error):
        services.dispose(alert=alert.pk, verb="explain", note=note, by=AUDITOR, now=NOW)

    assert not Step.objects.exists()


@pytest.mark.django_db
def test_only_the_three_dispositions_are_known():
    alert = raised()

    with pytest.raises(Invalid, match="怎样处置"):
        services.dispose(alert=alert.pk, verb="ask", note="请说明", by=AUDITOR, now=NOW)


@pytest.mark.django_db
@pytest.mark.article("PC-125")
def test_a_disposition_before_the_answer_ends_the_departments_clock():
    alert = asked()

    services.dispose(alert=alert.pk, verb="dismiss", note="已从别处查明。", by=AUDITOR, now=NOW)

    assert duties.find(EXPLAIN, str(alert.pk)).dropped_reason == "审计管理员已处置：不属异常"


@pytest.mark.django_db
@pytest.mark.article("CD2016-31", "PC-61")
def test_a_department_sees_what_it_was_asked_about_and_nothing_else():
    alert = raised()
    with pytest.raises(NotFound):
        queries.get(alert.pk, by=ADMIN)

    services.ask(alert=alert.pk, note="请说明", by=AUDITOR, now=NOW)

    assert queries.get(alert.pk, by=ADMIN) == alert
    for other in (person(HOUSING), person(TAX, Role.RESOURCE_ADMIN), person(HOUSING, Role.SYSTEM_ADMIN), AUTHORITY):
        with pytest.raises(NotFound):
            queries.get(alert.pk, by=other)


@pytest.mark.django_db
@pytest.mark.article("CD2016-32")
def test_the_authority_sees_what_was_handed_over_for_correction():
    alert = raised()

    services.dispose(alert=alert.pk, verb="hand-over", note="请督促改正。", by=AUDITOR, now=NOW)

    assert list(queries.visible(AUTHORITY)) == [alert]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}), ids=str)
def test_nobody_but_the_audit_administrator_asks_or_disposes(role):
    alert = asked()
    by = person(HOUSING, role)

    for act in (
        lambda: services.ask(alert=alert.pk, note="请说明", by=by, now=NOW),
        lambda: services.dispose(alert=alert.pk, verb="dismiss", note="算了", by=by, now=NOW),
    ):
        with pytest.raises((NotYours, NotFound)):
            act()

    assert Step.objects.count() == 1


@pytest.mark.django_db
def test_the_audit_administrator_does_not_answer_for_the_department():
    alert = asked()

    with pytest.raises(NotYours):
        services.answer(alert=alert.pk, note="代为说明", by=AUDITOR, now=NOW)


def test_two_dispositions_at_once_leave_one(own_database):
    alert, outcomes = raised(), []

    def act(verb):
        try:
            services.dispose(alert=alert.pk, verb=verb, note="同时", by=AUDITOR, now=NOW)
            outcomes.append("done")
        except WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[verb]) for verb in ("explain", "dismiss", "hand-over")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["done", "refused", "refused"]
    assert Step.objects.count() == 1
