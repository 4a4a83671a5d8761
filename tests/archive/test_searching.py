"""Who sees what of the log, and that the audit administrator's looks are recorded."""

import json
from datetime import timedelta

import pytest

from govshare.archive import services
from govshare.archive.search.criteria import Criteria
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import Invalid, NotYours
from govshare.kernel.roles import Role
from tests.audit.actors import AUDITOR, CIVIL_AFFAIRS, HOUSING, LAW, NOW, TAX, person

pytestmark = pytest.mark.django_db
TYPED = "51010419900101001X"


def record(about="A-1", by=None, parties=(), **more):
    return audit.record(action="catalog:entry:publish", basis=LAW, by=by or person(), now=NOW, about=about, parties=parties, **more)


def search(by, **asked):
    return [row.about for row in services.search(criteria=Criteria(**asked), by=by, now=NOW).rows]


def looks():
    return [json.loads(entry.body) for entry in Entry.objects.filter(actor=AUDITOR.id).order_by("batch")]


@pytest.mark.article("PC-61", "CD2016-36")
def test_a_department_finds_what_concerns_it_and_cannot_ask_for_another_side():
    record("own")
    record("as a party", by=person(HOUSING), parties=[CIVIL_AFFAIRS])
    record("another's", by=person(HOUSING))

    assert search(person(CIVIL_AFFAIRS)) == ["as a party", "own"]
    assert search(person(CIVIL_AFFAIRS), party=HOUSING) == ["as a party", "own"]
    assert search(person(CIVIL_AFFAIRS), organization=HOUSING) == ["as a party"]
    assert looks() == []


@pytest.mark.article("CD2016-33", "PC-118")
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("verb", [services.search, services.export], ids=["search", "export"])
def test_system_and_security_administrators_see_no_entries_even_of_their_own_body(role, verb):
    record("own body's")

    with pytest.raises(NotYours, match="不查看日志内容"):
        verb(criteria=Criteria(), by=person(CIVIL_AFFAIRS, role), now=NOW)


def test_who_acts_for_no_department_sees_nothing():
    with pytest.raises(NotYours):
        services.search(criteria=Criteria(), by=PLATFORM, now=NOW)


@pytest.mark.article("CD2016-26", "PC-62")
def test_the_audit_administrator_sees_all_and_every_look_is_recorded_with_its_conditions():
    record("one")
    record("two", by=person(HOUSING))

    answer = services.search(criteria=Criteria(action="catalog:", since=NOW - timedelta(days=1)), by=AUDITOR, now=NOW, limit=1)
    services.search(criteria=Criteria(action="catalog:"), by=AUDITOR, now=NOW, start=answer.next)
    services.export(criteria=Criteria(organization=HOUSING), by=AUDITOR, now=NOW, form="xlsx")

    assert [row.about for row in answer.rows] == ["two"] and answer.counts is not None
    assert [(look["action"], look["counts"], look["detail"]) for look in looks()] == [
        ("audit:entry:search", {"found": 1}, {"action": "catalog:", "since": "2026-03-01T01:02:03+00:00"}),
        ("audit:entry:search", {"found": 1}, {"action": "catalog:", "start": answer.next}),
        ("audit:entry:export", {"found": 1}, {"form": "xlsx", "organization": HOUSING}),
    ]
    assert all(look["parties"] == [TAX] for look in looks())


@pytest.mark.article("PC-119", "CD2016-31")
def test_a_search_by_identifier_keeps_the_keyed_hash_and_never_what_was_typed():
    record("about a person", subject=TYPED)
    subject = services.subject_of(TYPED)

    assert search(AUDITOR, subject=subject) == ["about a person"]
    (look,) = looks()
    assert (look["subject"], look["identifier"]) == (subject, "")
    assert TYPED not in json.dumps(look)
    assert search(AUDITOR, subject=subject)[0] == "", "who looked for a person is found in the same way"


def test_an_export_holds_everything_at_once_and_too_much_is_refused(monkeypatch):
    for n in range(105):
        record(f"E-{n}")

    found = services.export(criteria=Criteria(), by=person(CIVIL_AFFAIRS), now=NOW)
    monkeypatch.setattr("govshare.archive.services.searching.EXPORTED", 100)

    assert [row.about for row in found] == [f"E-{n}" for n in reversed(range(105))]
    with pytest.raises(Invalid, match="缩小时间范围"):
        services.export(criteria=Criteria(), by=person(CIVIL_AFFAIRS), now=NOW)
