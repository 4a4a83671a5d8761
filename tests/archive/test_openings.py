"""“Whom did X look up?” takes two persons and a reason, for a set time, and is itself in the log."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from govshare.archive import services
from govshare.archive.models import Opening, OpeningAnswer, OpeningLook
from govshare.archive.services.opening import Reach
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.keyring import Keyring
from govshare.kernel.roles import Role
from tests.audit.actors import CIVIL_AFFAIRS, HOUSING, LAW, NOW, TAX, person

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-120", "CD2016-31")]

OFFICER = person(HOUSING)
FIRST = replace(person(TAX, Role.AUDIT_ADMIN), id="first-auditor", name="审计甲")
SECOND = replace(person(TAX, Role.AUDIT_ADMIN), id="second-auditor", name="审计乙")
LEADER = replace(person(TAX, Role.LEADER), id="leader", name="分管领导")
IDS = ("51010419900101001X", "510104199202020028")
DAY = timedelta(days=1)
MONTH = Reach(actor=OFFICER.id, actor_name=OFFICER.name, since=NOW - DAY, until=NOW + DAY)


def look_up(*identifiers, by=OFFICER, at=NOW):
    promises = [
        audit.record(action="exchange:query:answer", basis=LAW, by=by, now=at, about=f"Q-{n}", subject=identifier)
        for n, identifier in enumerate(identifiers)
    ]
    while audit.place(now=NOW):
        pass
    return promises


def asked(reach=MONTH, by=FIRST, now=NOW):
    return services.ask(reach=reach, reason="信访反映有人私查信息", by=by, now=now)


def opened(reach=MONTH):
    opening = asked(reach)
    services.agree(opening=opening.id, by=SECOND, now=NOW)
    return opening


def acts():
    rows = Entry.objects.filter(action__startswith="archive:opening:").order_by("batch")
    return [json.loads(row.body) for row in rows]


@pytest.mark.article("CD2016-26", "CD2016-36")
def test_after_the_second_persons_yes_the_two_see_whom_the_officer_looked_up_and_every_step_is_recorded():
    look_up(*IDS)
    look_up("91510100MA61RKQX1T", by=person(CIVIL_AFFAIRS))

    opening = asked()
    services.agree(opening=opening.id, by=SECOND, now=NOW)
    seen = [services.look(opening=opening.id, by=by, now=NOW) for by in (FIRST, SECOND)]

    assert opening.entries == 2
    assert [[each.identifier for each in page.opened] for page in seen] == [[IDS[1], IDS[0]]] * 2
    told = acts()
    assert [(act["action"].rpartition(":")[2], act["actor"]["id"], act["counts"]) for act in told] == [
        ("ask", FIRST.id, {"entries": 2}),
        ("agree", SECOND.id, {}),
        ("look", FIRST.id, {"entries": 2}),
        ("look", SECOND.id, {"entries": 2}),
    ]
    assert told[0]["reason"] == "信访反映有人私查信息" and {act["about"] for act in told} == {str(opening.id)}
    assert not [each for each in IDS if any(each in row.body for row in Entry.objects.all())], "the numbers are in no record"


def test_one_entry_is_opened_by_its_receipt_number():
    promise, _ = look_up(*IDS)

    opening = opened(Reach(number=f" {promise.number.lower()} "))

    (only,) = services.look(opening=opening.id, by=FIRST, now=NOW).opened
    assert (only.identifier, only.row.number) == (IDS[0], promise.number)


@pytest.mark.parametrize("by", [SECOND, LEADER], ids=["another auditor", "the authority's leader"])
def test_another_auditor_or_the_leader_of_the_same_authority_may_say_yes_or_no(by):
    look_up(*IDS)

    yes = services.agree(opening=asked().id, by=by, now=NOW)
    no = services.refuse(opening=asked().id, reason="理由不足", by=by, now=NOW)

    assert (yes.agreed, no.agreed, no.reason) == (True, False, "理由不足")


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (FIRST, "两人办理"),
        (replace(LEADER, id=FIRST.id), "只算一人"),
        (replace(SECOND, standing_in_for=FIRST.id), "只算一人"),
        (replace(person(HOUSING, Role.LEADER), id="another-leader"), "同一|所在"),
        (replace(person(TAX, Role.AUTHORITY), id="officer"), "需要角色"),
        (replace(person(TAX, Role.SYSTEM_ADMIN), id="operator"), "需要角色"),
        (replace(person(TAX, Role.SECURITY_ADMIN), id="guard"), "需要角色"),
        (OFFICER, "需要角色"),
    ],
    ids=[
        "the asker",
        "the asker in another post",
        "a stand-in of the asker",
        "another body",
        "officer",
        "operator",
        "guard",
        "who is meant",
    ],
)
def test_nobody_else_is_the_second_person(by, why):
    look_up(*IDS)
    opening = asked()

    with pytest.raises(NotYours, match=why):
        services.agree(opening=opening.id, by=by, now=NOW)
    with pytest.raises(NotYours, match=why):
        services.refuse(opening=opening.id, reason="x", by=by, now=NOW)

    assert not OpeningAnswer.objects.exists()


def test_whom_the_asker_stood_in_for_counts_as_the_asker():
    look_up(*IDS)
    opening = asked(by=replace(FIRST, standing_in_for=SECOND.id))

    with pytest.raises(NotYours, match="只算一人"):
        services.agree(opening=opening.id, by=SECOND, now=NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}), ids=str)
def test_only_an_audit_administrator_asks(role):
    look_up(*IDS)

    with pytest.raises(NotYours):
        asked(by=replace(person(TAX, role), id="someone"))


def test_nobody_looks_before_the_yes_after_a_no_or_when_the_time_is_over():
    look_up(*IDS)
    waiting, refused, lapsed, over = asked(), asked(), asked(), opened()
    services.refuse(opening=refused.id, reason="理由不足", by=SECOND, now=NOW)

    for opening, by, now, state in (
        (waiting, FIRST, NOW, "待同意"),
        (refused, SECOND, NOW, "不同意"),
        (lapsed, FIRST, NOW + timedelta(hours=72), "逾时失效"),
        (over, FIRST, NOW + timedelta(hours=24), "已到期"),
    ):
        with pytest.raises(WrongState, match=state):
            services.look(opening=opening.id, by=by, now=now)
    with pytest.raises(WrongState, match="逾时失效"):
        services.agree(opening=lapsed.id, by=SECOND, now=NOW + timedelta(hours=72))
    with pytest.raises(WrongState, match="可查看"):
        services.agree(opening=over.id, by=LEADER, now=NOW)

    assert services.look(opening=over.id, by=FIRST, now=NOW + timedelta(hours=23, minutes=59)).opened


def test_a_third_person_sees_nothing_of_what_two_have_opened():
    look_up(*IDS)
    opening = opened()

    for by in (LEADER, replace(FIRST, id="third-auditor"), OFFICER):
        with pytest.raises(NotYours, match="只有提出人和同意人"):
            services.look(opening=opening.id, by=by, now=NOW)
    with pytest.raises(NotFound):
        services.look(opening=uuid.UUID(int=7), by=FIRST, now=NOW)

    assert not OpeningLook.objects.exists()


def test_what_is_looked_up_after_the_asking_is_not_reached():
    look_up(IDS[0])
    opening = opened()
    look_up(IDS[1], at=NOW + timedelta(hours=1))

    assert [each.identifier for each in services.look(opening=opening.id, by=FIRST, now=NOW).opened] == [IDS[0]]


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach(), "回执号，或者经办人"),
        (replace(MONTH, actor=""), "回执号，或者经办人"),
        (replace(MONTH, until=None), "回执号，或者经办人"),
        (replace(MONTH, until=NOW - 2 * DAY), "起止日期"),
        (replace(MONTH, since=NOW - 400 * DAY), "起止日期"),
        (replace(MONTH, number="HZ-1-0"), "只填"),
        (replace(MONTH, actor="nobody"), "没有查询过"),
    ],
)
def test_a_request_reaches_one_entry_or_one_persons_entries_of_a_limited_time(reach, why):
    look_up(*IDS)

    with pytest.raises(Invalid, match=why):
        asked(reach)


def test_a_request_for_too_much_for_nothing_or_without_a_reason_is_refused(monkeypatch):
    plain = audit.record(action="catalog:entry:publish", basis=LAW, by=OFFICER, now=NOW, about="no identifier")
    look_up(*IDS)

    with pytest.raises(Invalid, match="没有可以打开的号码"):
        asked(Reach(number=plain.number))
    with pytest.raises(NotFound):
        asked(Reach(number="HZ-999-0"))
    with pytest.raises(Invalid, match="理由"):
        services.ask(reach=MONTH, reason="  ", by=FIRST, now=NOW)
    monkeypatch.setattr("govshare.archive.services.opening.MOST", 1)
    with pytest.raises(Invalid, match="过多"):
        asked()


@pytest.mark.article("CD2016-39", "PC-100")
def test_after_a_months_key_was_destroyed_its_identifiers_stay_closed_and_the_request_says_so():
    look_up(*IDS)
    opening = opened()
    Keyring(settings.GOVSHARE_KEYS).destroy("subjects/2026-03.key", b"record")
    try:
        page = services.look(opening=opening.id, by=FIRST, now=NOW)
    finally:
        (settings.GOVSHARE_KEYS / "subjects/2026-03.destroyed").unlink()  # the keys are those of the whole run

    assert [(each.identifier, each.closed) for each in page.opened] == [("", "2026-03 的密钥已依法销毁")] * 2


def refused_by_the_database(statement, *values):
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return refusal.value.__cause__


@pytest.mark.article("CD2016-26")
def test_the_database_itself_wants_two_persons_keeps_the_times_and_takes_nothing_back():
    look_up(*IDS)
    waiting, open_now = asked(), opened()
    answer = "INSERT INTO archive_opening_answer VALUES (%s, true, '', %s, %s, 'x', %s, 'HZ-1-0')"
    look = "INSERT INTO archive_opening_look VALUES (%s, %s, 1, %s, %s, 'x', 'HZ-1-0')"

    for values in (
        (waiting.id, NOW, FIRST.id, ""),
        (waiting.id, NOW, "someone", FIRST.id),
        (waiting.id, NOW + timedelta(hours=73), SECOND.id, ""),
    ):
        assert isinstance(refused_by_the_database(answer, *values), psycopg.Error)
    for values in (
        (uuid.uuid4(), waiting.id, NOW, FIRST.id),
        (uuid.uuid4(), open_now.id, NOW, LEADER.id),
        (uuid.uuid4(), open_now.id, NOW + timedelta(hours=25), FIRST.id),
    ):
        assert isinstance(refused_by_the_database(look, *values), psycopg.Error)
    for table in ("archive_opening", "archive_opening_answer", "archive_opening_look"):
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"UPDATE {table} SET receipt = ''"):
            assert isinstance(refused_by_the_database(statement), psycopg.errors.InsufficientPrivilege)
    assert Opening.objects.count() == 2
