"""The check of everything in the background: who asks, who is told, that two do not run at once."""

import json

import psycopg
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from govshare.audit import services, tasks
from govshare.audit.models import Entry
from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import NotYours, WrongState
from govshare.kernel.roles import Role
from tests.audit.actors import AUDITOR, CIVIL_AFFAIRS, LAW, NOW, person


def record():
    return services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)


def outcomes():
    return [json.loads(entry.body) for entry in Entry.objects.filter(action="audit:log:check").order_by("batch")]


@pytest.mark.django_db
@pytest.mark.article("CD2016-26", "PC-62")
def test_the_audit_administrator_asks_and_a_worker_checks_and_records_the_outcome():
    record()
    services.place(now=NOW)

    asked = services.ask_check(by=AUDITOR, now=NOW)
    (job,) = ProcrastinateJob.objects.filter(task_name="audit.check")
    wrong = tasks.check(**job.args)

    (outcome,) = outcomes()
    assert (wrong, job.args) == (0, {"asked": asked.number})
    assert (outcome["about"], outcome["reason"], outcome["actor"]["kind"]) == (asked.number, "", "platform")
    assert outcome["counts"] == {"checkpoints": 1, "entries": 1, "findings": 0}
    assert json.loads(Entry.objects.get(action="audit:log:ask-check").body)["actor"]["id"] == AUDITOR.id


@pytest.mark.django_db
@pytest.mark.article("PC-62")
def test_one_check_at_a_time():
    services.ask_check(by=AUDITOR, now=NOW)

    with pytest.raises(WrongState, match="已有一次校验在进行"):
        services.ask_check(by=AUDITOR, now=NOW)

    assert services.running()
    assert ProcrastinateJob.objects.filter(task_name="audit.check").count() == 1


@pytest.mark.django_db
@pytest.mark.article("PC-62")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}), ids=str)
def test_nobody_else_has_the_log_checked(role):
    with pytest.raises(NotYours):
        services.ask_check(by=person(CIVIL_AFFAIRS, role), now=NOW)

    assert not services.running()


@pytest.mark.article("CD2016-26")
def test_what_is_wrong_is_named_in_the_record(own_database):
    promise = record()
    services.place(now=NOW)
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE audit_entry SET action = 'catalog:entry:forge'")

    report = services.check(asked="", by=PLATFORM)

    (outcome,) = outcomes()
    assert not report.sound
    assert outcome["counts"]["findings"] == len(report.findings)
    assert promise.number in outcome["detail"]["finding 01"]
    assert outcome["reason"] == report.findings[0].message
