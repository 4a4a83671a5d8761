import json
from dataclasses import replace
from datetime import timedelta

import pytest

from govshare.audit import queries, services
from govshare.audit.models import Entry
from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import NotFound, NotYours, Unavailable
from govshare.kernel.roles import Role
from tests.audit.actors import AUDITOR, CIVIL_AFFAIRS, HOUSING, LAW, NOW, TAX, person

pytestmark = pytest.mark.django_db


def record(about="A-1", action="catalog:entry:publish", by=None, parties=(), at=NOW):
    return services.record(action=action, basis=LAW, by=by or person(), now=at, about=about, parties=parties)


def about(page):
    return [found.about for found in page.found]


@pytest.mark.article("CD2016-26", "PC-61")
def test_only_the_parties_of_an_entry_get_its_receipt():
    promise = record(parties=[HOUSING])

    own = services.read_receipt(number=promise.number, by=person(CIVIL_AFFAIRS), now=NOW)
    party = services.read_receipt(number=promise.number, by=person(HOUSING), now=NOW)
    with pytest.raises(NotFound):
        services.read_receipt(number=promise.number, by=person(TAX), now=NOW)

    assert own == party == promise.text.encode()
    assert Entry.objects.count() == 1


@pytest.mark.article("CD2016-26", "PC-62")
def test_the_audit_administrator_gets_every_receipt_and_every_look_is_recorded():
    promise = record()

    receipt = services.read_receipt(number=promise.number, by=AUDITOR, now=NOW)

    assert receipt == promise.text.encode()
    looks = [json.loads(entry.body) for entry in Entry.objects.filter(actor=AUDITOR.id).order_by("batch")]
    assert [(look["action"], look["about"]) for look in looks] == [("audit:receipt:read", promise.number)]


@pytest.mark.parametrize(
    "number", ["HZ-999999-0", "HZ-1", "", "HZ-01-0", "HZ-1-00", "1-0", "HZ-99999999999999999999-0", "HZ-1-0-0", "HZ-²-0"]
)
def test_a_number_that_names_nothing_is_not_found(number):
    with pytest.raises(NotFound):
        services.read_receipt(number=number, by=AUDITOR, now=NOW)


def test_an_ordinal_beyond_the_batch_is_not_found():
    promise = record()

    with pytest.raises(NotFound):
        queries.receipt(f"HZ-{promise.batch}-1")


@pytest.mark.article("PC-64")
def test_no_receipt_is_given_while_the_log_does_not_hold_together(evidence):
    promise = record()
    services.place(now=NOW)
    (evidence / "checkpoint").write_text("something else")

    with pytest.raises(Unavailable, match="日志正在核查"):
        services.read_receipt(number=promise.number, by=person(), now=NOW)


def test_who_acts_for_no_department_sees_nothing():
    promise = record()

    with pytest.raises(NotYours):
        services.read_receipt(number=promise.number, by=PLATFORM, now=NOW)
    with pytest.raises(NotYours):
        services.visible_to(PLATFORM)


@pytest.mark.article("CD2016-33", "PC-118")
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_system_and_security_administrators_get_the_receipts_of_their_own_acts_and_of_nothing_else(role):
    administrator = replace(person(CIVIL_AFFAIRS, role), id="administrator")
    own, colleague = record(by=administrator), record(by=person(CIVIL_AFFAIRS))

    assert services.read_receipt(number=own.number, by=administrator, now=NOW) == own.text.encode()
    with pytest.raises(NotFound, match="本人办理"):
        services.read_receipt(number=colleague.number, by=administrator, now=NOW)
    with pytest.raises(NotYours, match="不查看日志内容"):
        services.visible_to(administrator)


def test_a_search_narrows_by_action_thing_and_time():
    record("A-1", "catalog:entry:publish", at=NOW)
    record("A-1", "catalog:entry:file", at=NOW + timedelta(hours=1))
    record("A-2", "catalog:entry:file", at=NOW + timedelta(hours=2))
    record("A-3", "catalogue:entry:file", at=NOW + timedelta(hours=3))

    found = {
        "exact": queries.entries(for_organization=None, action="catalog:entry:file"),
        "prefix": queries.entries(for_organization=None, action="catalog:"),
        "thing": queries.entries(for_organization=CIVIL_AFFAIRS, about="A-1"),
        "since": queries.entries(for_organization=None, since=NOW + timedelta(hours=1)),
        "until": queries.entries(for_organization=None, until=NOW + timedelta(hours=1)),
    }

    assert {name: about(page) for name, page in found.items()} == {
        "exact": ["A-2", "A-1"],
        "prefix": ["A-2", "A-1", "A-1"],
        "thing": ["A-1", "A-1"],
        "since": ["A-3", "A-2", "A-1"],
        "until": ["A-1"],
    }


def test_pages_follow_each_other_without_gap_or_repetition():
    entries = [services.entry(action="exchange:chunk:deliver", basis=LAW, by=person(), now=NOW, about=str(n)) for n in range(7)]
    services.record_many(entries)
    for n in range(7, 12):
        record(str(n))

    seen, before, pages = [], "", 0
    while True:
        page = queries.entries(for_organization=CIVIL_AFFAIRS, before=before, limit=5)
        seen += about(page)
        pages += 1
        if not page.next:
            break
        before = page.next

    assert seen == [str(n) for n in reversed(range(12))]
    assert pages == 3


def test_a_place_in_the_log_names_its_entry():
    for n in range(3):
        record(about=f"E-{n}")
    services.place(now=NOW)

    assert [queries.at_index(n).about for n in range(3)] == ["E-0", "E-1", "E-2"]
    with pytest.raises(NotFound):
        queries.at_index(3)
