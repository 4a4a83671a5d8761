"""A stored due date changes only by a recorded act (PC-02), which names who, why and the new date."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from govshare.audit.models import Entry
from govshare.duties import queries, services
from govshare.duties.models import Duty, DutyChange
from govshare.duties.rules import Act, Light
from govshare.kernel.errors import Invalid, NotYours, WrongState
from tests.duties.world import AUTHORITY, KIND, OFFICER, at, start

pytestmark = pytest.mark.django_db


@pytest.mark.article("PC-03")
def test_a_suspended_term_runs_on_with_the_days_that_were_left():
    start(at(2026, 9, 17), 5)  # due on 23 September
    services.suspend(kind=KIND, about="e-1", reason="请补正职责依据", now=at(2026, 9, 21), by=OFFICER)

    resumed = services.resume(kind=KIND, about="e-1", reason="已补正", now=at(2026, 9, 29), by=OFFICER)

    assert resumed.due_on == date(2026, 10, 8)  # 22 and 23 September were left: 30 September, 8 October
    assert not resumed.suspended


@pytest.mark.article("PC-03")
def test_a_term_suspended_on_its_last_day_ends_on_the_day_it_resumes():
    start(at(2026, 9, 17), 1)
    services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 18), by=OFFICER)

    resumed = services.resume(kind=KIND, about="e-1", reason="已补正", now=at(2026, 10, 3), by=OFFICER)

    assert resumed.due_on == date(2026, 10, 8)  # 3 October is a holiday


@pytest.mark.article("PC-03")
def test_a_suspended_duty_is_not_overdue_and_can_still_be_kept():
    duty = start(at(2026, 9, 17), 3)
    services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 18), by=OFFICER)

    assert queries.overdue(now=at(2026, 10, 20)) == []
    [standing] = queries.standings([Duty.objects.get(pk=duty.pk)], now=at(2026, 10, 20))
    kept = services.keep(kind=KIND, about="e-1", now=at(2026, 10, 20), by=OFFICER)

    assert (standing.light, standing.left) == (Light.GREY, 2)
    assert not kept.late


@pytest.mark.article("PC-03")
def test_an_overdue_term_is_not_suspended():
    start(at(2026, 9, 17), 1)

    with pytest.raises(WrongState, match="届满"):
        services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 19), by=OFFICER)


def test_suspending_twice_and_resuming_what_runs_are_refused():
    start(at(2026, 9, 17))
    with pytest.raises(WrongState):
        services.resume(kind=KIND, about="e-1", reason="已补正", now=at(2026, 9, 18), by=OFFICER)
    services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 18), by=OFFICER)

    with pytest.raises(WrongState):
        services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 18), by=OFFICER)


def test_what_is_not_owed_is_neither_suspended_nor_resumed():
    for act in (services.suspend, services.resume):
        assert act(kind=KIND, about="e-9", reason="请补正", now=at(2026, 9, 18), by=OFFICER) is None

    assert not DutyChange.objects.exists()


def test_only_the_authority_extends_and_only_to_a_later_working_day():
    duty = start(at(2026, 9, 17), 3)
    with pytest.raises(NotYours):
        services.extend(duty=duty, due_on=date(2026, 9, 24), reason="台风", by=OFFICER, now=at(2026, 9, 18))
    for wrong in (duty.due_on, date(2026, 9, 26), date(2026, 10, 1)):
        with pytest.raises(Invalid, match="工作日"):
            services.extend(duty=duty, due_on=wrong, reason="台风", by=AUTHORITY, now=at(2026, 9, 18))

    extended = services.extend(duty=duty, due_on=date(2026, 10, 10), reason="台风", by=AUTHORITY, now=at(2026, 9, 18))

    assert extended.due_on == date(2026, 10, 10)  # a working Saturday


@pytest.mark.parametrize("day", [date(2031, 1, 2), date(9999, 12, 31)])
def test_no_extension_reaches_beyond_four_years(day):
    duty = start(at(2026, 9, 17), 15)

    with pytest.raises(Invalid, match="最远到2030-09-17"):
        services.extend(duty=duty, due_on=day, reason="从宽", by=AUTHORITY, now=at(2026, 9, 17))


def test_a_settled_or_suspended_duty_is_not_extended():
    suspended = start(at(2026, 9, 17), 5, "e-1")
    services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 18), by=OFFICER)
    kept = start(at(2026, 9, 17), 5, "e-2")
    services.keep(kind=KIND, about="e-2", now=at(2026, 9, 18), by=OFFICER)

    for duty in (suspended, kept):
        with pytest.raises(WrongState):
            services.extend(duty=duty, due_on=date(2026, 10, 12), reason="台风", by=AUTHORITY, now=at(2026, 9, 18))


@pytest.mark.article("PC-02")
def test_history_says_from_to_why_who_and_when_and_so_does_the_evidence():
    duty = start(at(2026, 9, 17), 3)
    services.extend(duty=duty, due_on=date(2026, 9, 29), reason="台风停工", by=AUTHORITY, now=at(2026, 9, 18))

    [change] = DutyChange.objects.filter(duty=duty)
    entry = Entry.objects.get(action="duties:duty:extend")

    assert (change.act, change.due_before, change.due_after) == (Act.EXTEND, date(2026, 9, 21), date(2026, 9, 29))
    assert (change.reason, change.changed_by, change.changed_at) == ("台风停工", "p-9", at(2026, 9, 18))
    assert json.loads(entry.body)["reason"] == "台风停工"
    assert entry.parties == ["auth-1", "dept-1"]


@pytest.mark.parametrize("act", ["suspend", "resume", "extend"])
def test_no_due_date_changes_without_a_reason(act):
    duty = start(at(2026, 9, 17))
    if act == "resume":
        services.suspend(kind=KIND, about="e-1", reason="请补正", now=at(2026, 9, 17), by=OFFICER)

    with pytest.raises(Invalid, match="理由"):
        if act == "extend":
            services.extend(duty=duty, due_on=date(2026, 10, 20), reason=" ", by=AUTHORITY, now=at(2026, 9, 18))
        else:
            getattr(services, act)(kind=KIND, about="e-1", reason=" ", now=at(2026, 9, 18), by=OFFICER)


@pytest.mark.article("PC-02")
@pytest.mark.parametrize(
    "assignment",
    [
        "due_on = due_on + 1",
        "provisional = NOT provisional",
        "counted_days = 99",
        "suspended_on = due_on, remaining = 9",
        "counted_from = due_on",
        "owner = 'dept-2'",
    ],
)
def test_the_database_refuses_a_changed_clock_without_a_recorded_act(assignment):
    duty = start(at(2026, 9, 17))

    with pytest.raises(IntegrityError, match="recorded act"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE duties_duty SET {assignment} WHERE id = %s", [duty.pk])

    assert Duty.objects.get(pk=duty.pk).due_on == duty.due_on


@pytest.mark.article("PC-02")
@pytest.mark.parametrize("assignment", ["started_on = started_on - 1", "basis = 'CD2016-26'", "working_days = 99", "kind = 'x'"])
def test_the_database_refuses_to_change_how_a_duty_arose(assignment):
    duty = start(at(2026, 9, 17))

    with pytest.raises(IntegrityError, match="arose"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE duties_duty SET {assignment} WHERE id = %s", [duty.pk])


def test_an_act_from_a_date_that_is_not_the_due_date_is_refused():
    duty = start(at(2026, 9, 17), 3)

    with pytest.raises(IntegrityError, match="is not owed"), transaction.atomic():
        DutyChange.objects.create(
            duty=duty,
            act=Act.EXTEND,
            owner="dept-1",
            owner_before="dept-1",
            reason="旧页面",
            changed_at=at(2026, 9, 18),
            changed_by="p-9",
            due_before=date(2026, 9, 1),
            due_after=date(2026, 9, 30),
            provisional=False,
            counted_from=date(2026, 9, 30),
            counted_days=0,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM duties_duty",
        "DELETE FROM duties_duty_change",
        "UPDATE duties_duty_change SET reason = 'x'",
        "DELETE FROM duties_parameter",
        "UPDATE duties_parameter SET value = 1",
        "DELETE FROM duties_rule_set_act",
        "TRUNCATE duties_duty_change",
    ],
)
def test_history_cannot_be_changed_by_the_program(statement):
    duty = start(at(2026, 9, 17), 3)
    services.extend(duty=duty, due_on=date(2026, 9, 29), reason="台风停工", by=AUTHORITY, now=at(2026, 9, 18))

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_successor_owes_what_its_predecessor_owed_by_the_same_day():
    running = start(at(2026, 9, 17), 5, "e-1")
    start(at(2026, 9, 17), 5, "e-2")
    services.suspend(kind=KIND, about="e-2", reason="请补正", now=at(2026, 9, 18), by=OFFICER)
    kept = start(at(2026, 9, 17), 5, "e-3")
    services.keep(kind=KIND, about="e-3", now=at(2026, 9, 18), by=OFFICER)

    moved = services.hand_over(owner="dept-1", to="dept-2", reason="成编〔2026〕9号", by=AUTHORITY, now=at(2026, 9, 21))
    resumed = services.resume(kind=KIND, about="e-2", reason="已补正", now=at(2026, 9, 22), by=OFFICER)

    assert [duty.about for duty in moved] == ["e-1", "e-2"]
    assert queries.open_for("dept-1", now=at(2026, 9, 22)) == []
    assert [duty.about for duty in queries.open_for("dept-2", now=at(2026, 9, 22))] == ["e-1", "e-2"]
    assert (resumed.owner, Duty.objects.get(pk=running.pk).due_on) == ("dept-2", running.due_on)
    assert Duty.objects.get(pk=kept.pk).owner == "dept-1"
    change = running.changes.get()
    assert (change.act, change.owner_before, change.owner) == (Act.HAND_OVER, "dept-1", "dept-2")
    assert Entry.objects.get(action="duties:duty:hand-over").parties == ["auth-1", "dept-1", "dept-2"]


def test_only_the_named_matters_are_handed_over():
    start(at(2026, 9, 17), 5, "e-1")
    start(at(2026, 9, 17), 5, "e-2")

    services.hand_over(owner="dept-1", to="dept-2", about=["e-2", "e-9"], reason="分立", by=AUTHORITY, now=at(2026, 9, 21))

    assert [duty.about for duty in queries.open_for("dept-2", now=at(2026, 9, 22))] == ["e-2"]
    assert services.hand_over(owner="dept-9", to="dept-2", reason="分立", by=AUTHORITY, now=at(2026, 9, 21)) == []
