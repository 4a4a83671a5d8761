import json
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from django.db import DataError, connection, transaction

from govshare.audit import keys, services, writing
from govshare.audit.models import Batch, Entry, Unplaced
from govshare.audit.rules import Entry as Unwritten
from govshare.audit.rules import leaf_hash, opened_identifier, sealed_month
from govshare.kernel.context import REQUEST_ID
from govshare.kernel.errors import NotYours
from govshare.kernel.keyring import Keyring
from tests.audit.actors import CIVIL_AFFAIRS, HOUSING, LAW, NOW, person

CHINA = timezone(timedelta(hours=8))
LONG_AGO = datetime(2001, 2, 3, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.article("CD2016-26")
def test_an_entry_is_kept_as_canonical_json_with_its_leaf_hash():
    promise = services.record(
        action="catalog:entry:publish",
        basis=LAW,
        by=person(),
        now=NOW,
        about="A-1",
        parties=[HOUSING],
        counts={"rows": 3, "huge": 2**60},
        digests={"sha256": "00" * 32},
        detail={"备注": "第一版"},
    )

    kept = Entry.objects.get(batch=promise.batch, ordinal=0)
    body = json.loads(kept.body)
    assert bytes(kept.leaf_hash) == leaf_hash(kept.body.encode()) == promise.leaf_hash
    assert body["at"] == "2026-03-02T01:02:03.456789Z"
    assert body["counts"] == {"rows": 3, "huge": str(2**60)}
    assert (kept.at, kept.action, kept.about, kept.organization) == (NOW, "catalog:entry:publish", "A-1", CIVIL_AFFAIRS)
    assert kept.parties == [CIVIL_AFFAIRS, HOUSING]
    assert promise.number == f"HZ-{promise.batch}-0"


@pytest.mark.django_db
def test_several_entries_go_into_one_batch_in_their_order():
    entries = [services.entry(action="exchange:chunk:deliver", basis=LAW, by=person(), now=NOW, about=str(n)) for n in range(5)]

    promises = services.record_many(entries)

    assert len({promise.batch for promise in promises}) == 1
    assert [promise.ordinal for promise in promises] == [0, 1, 2, 3, 4]
    assert [entry.about for entry in Entry.objects.order_by("ordinal")] == ["0", "1", "2", "3", "4"]
    assert Batch.objects.get().n == 5


@pytest.mark.django_db
@pytest.mark.article("CD2016-31", "PC-63")
def test_the_identifier_of_a_person_is_never_kept_but_can_be_searched():
    identifier = "51010419900307123X"

    services.record(action="gateway:person:query", basis=LAW, by=person(), now=NOW, subject=identifier)
    services.record(action="gateway:person:query", basis=LAW, by=person(), now=NOW, subject="\uff151010419900307123x ")

    first, second = Entry.objects.order_by("batch")
    assert first.subject == second.subject
    assert first.subject.startswith("hmac-sha256:")
    assert identifier not in first.body


@pytest.mark.django_db
@pytest.mark.article("CD2016-39", "PC-100")
def test_the_identifier_is_kept_encrypted_under_the_key_of_its_month():
    identifier = "51010419900307123X"
    months = [datetime(2026, 3, 31, 23, tzinfo=UTC), datetime(2026, 4, 1, 7, tzinfo=CHINA), datetime(2026, 4, 1, tzinfo=UTC)]

    for at in months:
        services.record(action="gateway:person:query", basis=LAW, by=person(), now=at, subject=f" {identifier.lower()}")

    first, second, third = (json.loads(kept.body)["identifier"] for kept in Entry.objects.order_by("batch"))
    assert first == second != third
    assert (sealed_month(first), sealed_month(third)) == ("2026-03", "2026-04")
    for sealed in (first, third):
        assert opened_identifier(keys.identifier_key(sealed_month(sealed)), sealed) == identifier
    with pytest.raises(ValueError, match="not sealed under the key of 2026-03"):
        opened_identifier(keys.identifier_key("2026-04"), first)


@pytest.mark.django_db
@pytest.mark.article("CD2016-39", "PC-100")
def test_when_the_key_of_a_month_is_destroyed_nobody_opens_its_identifiers_and_none_are_encrypted_any_more(settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "keys"  # the run's own keep theirs
    before = services.record(action="gateway:person:query", basis=LAW, by=person(), now=LONG_AGO, subject="1")

    Keyring(settings.GOVSHARE_KEYS).destroy(keys.identifier_file("2001-02"), b"by order")
    after = services.record(action="gateway:person:query", basis=LAW, by=person(), now=LONG_AGO, subject="1")

    assert keys.identifier_key("2001-02") is None
    bodies = [json.loads(Entry.objects.get(batch=each.batch).body) for each in (before, after)]
    assert bodies[0]["subject"] == bodies[1]["subject"]
    assert (sealed_month(bodies[0]["identifier"]), bodies[1]["identifier"]) == ("2001-02", "")


@pytest.mark.django_db
def test_a_refusal_is_recorded_with_its_reason_and_basis():
    refusal = NotYours("只能办理本部门的事项", basis=LAW, detail={"field": "name"})

    services.record_refusal(refusal=refusal, action="catalog:entry:publish", by=person(), now=NOW, about="A-1")

    kept = Entry.objects.get()
    body = json.loads(kept.body)
    assert (kept.outcome, body["reason"], body["basis"]) == ("refused", "只能办理本部门的事项", "CD2016-26")
    assert body["detail"] == {"code": "not-yours", "field": "name"}


@pytest.mark.django_db
def test_an_entry_carries_the_id_of_its_request():
    token = REQUEST_ID.set("request-7")

    services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)

    REQUEST_ID.reset(token)
    assert json.loads(Entry.objects.get().body)["request_id"] == "request-7"


@pytest.mark.django_db
def test_what_no_database_can_store_does_not_stop_the_record():
    services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about="a\x00b\ud800", reason="\x00")

    assert Entry.objects.get().about == "a\ufffdb\ufffd"


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["publish", "catalog:entry", "Catalog:entry:publish", "catalog:entry:publish:now", "目录:条目:发布"])
def test_an_action_is_subject_object_verb(action):
    with pytest.raises(ValueError, match="subject:object:verb"):
        services.record(action=action, basis=LAW, by=person(), now=NOW)


@pytest.mark.django_db
def test_an_entry_too_long_to_publish_is_an_error():
    with pytest.raises(ValueError, match="record a digest"):
        services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, detail={"text": "长" * 30_000})


def test_a_record_vanishes_with_the_transaction_it_stands_in(own_database):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)
        1 / 0  # noqa: B018

    kept = services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)

    assert list(Batch.objects.values_list("batch", flat=True)) == [kept.batch]
    assert list(Unplaced.objects.values_list("batch", flat=True)) == [kept.batch]


COLUMNS = "leaf_hash, body, at, action, outcome, actor, organization, about, resource, grant_id, subject, parties"
FORGERIES = {
    "an id": "INSERT INTO audit_batch (batch, n) OVERRIDING SYSTEM VALUE VALUES (999, 1)",
    "a time": "INSERT INTO audit_batch (n, recorded_at) VALUES (1, '2001-01-01')",
    "a writer": "INSERT INTO audit_batch (n, writer) VALUES (1, 'somebody')",
    "an entry of its own": ("INSERT INTO audit_entry (batch, ordinal, leaf_hash, body) SELECT batch, 1, leaf_hash, body FROM audit_entry"),
    "an entry in a partition": "INSERT INTO audit_entry_p0000 SELECT batch, 1, " + COLUMNS + " FROM audit_entry",
    "a copied entry": "INSERT INTO audit_entry SELECT batch, 1, " + COLUMNS + " FROM audit_entry",
    "an empty batch": "INSERT INTO audit_batch (n) VALUES (1)",
    "a batch of nothing": "SELECT audit_record('{}', '{}')",
    "no batch": "SELECT audit_record(NULL, NULL)",
    "an entry without leaf": "SELECT audit_record(ARRAY[body], '{}') FROM audit_entry",
    "an entry that is none": "SELECT audit_record(ARRAY['{}'], ARRAY[sha256('\\x007b7d')])",
    "too many entries": "SELECT audit_record(array_fill(body, ARRAY[1001]), array_fill(leaf_hash, ARRAY[1001])) FROM audit_entry",
    "a guard": "SELECT audit_guard_partition('audit_entry')",
    "a gap in the log": "INSERT INTO audit_placement (batch, first_index, n) SELECT batch, 7, n FROM audit_batch",
    "a place for nothing": "INSERT INTO audit_placement (batch, first_index, n) VALUES (4711, 0, 1)",
    "the waiting list": "DELETE FROM audit_unplaced",
    "an update": "UPDATE audit_entry SET body = '{}'",
    "a deletion": "DELETE FROM audit_entry",
    "a truncation": "TRUNCATE audit_entry",
    "a change in a partition": "UPDATE audit_entry_p0000 SET body = '{}'",
    "a truncated partition": "TRUNCATE audit_entry_p0000",
    "an updated batch": "UPDATE audit_batch SET n = 2",
    "a deleted batch": "DELETE FROM audit_batch",
}
OWNER_TOO = [name for name in FORGERIES if name not in {"the waiting list", "a guard"}]


REFUSALS = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)


def attempt(url, forgeries):
    """What the database says to each forgery: the error, or nothing when it let it through."""
    outcomes = {}
    with psycopg.connect(url, autocommit=True) as session:
        for name in forgeries:
            try:
                session.execute(FORGERIES[name])
                outcomes[name] = None
            except psycopg.Error as refused:
                outcomes[name] = refused
    return outcomes


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize(("role", "forgeries"), [("app", list(FORGERIES)), ("owner", OWNER_TOO)])
def test_neither_the_program_nor_the_owner_can_forge_change_or_delete_evidence(own_database, role, forgeries):
    services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)
    connection.close()

    outcomes = attempt(own_database(role), forgeries)

    assert [name for name, refused in outcomes.items() if not isinstance(refused, REFUSALS)] == []


def test_a_leaf_hash_that_is_not_its_bodys_is_refused_by_the_database(own_database):
    body = services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW).canonical()

    with pytest.raises(psycopg.errors.CheckViolation), psycopg.connect(own_database("app")) as app:
        writing.write(app.cursor(), [body], [leaf_hash(body + b" ")])


@pytest.mark.article("CD2016-26")
def test_an_entry_of_a_log_with_sm3_brings_a_leaf_hash_the_database_cannot_check(own_database):
    body = services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW).canonical()

    with psycopg.connect(own_database("app")) as app:
        batch, _ = writing.write(app.cursor(), [body.replace(b"+sha256", b"+sm3")], [bytes(32)])
        app.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            writing.write(app.cursor(), [body.replace(b"+sha256", b"+sm3")], [bytes(31)])

    assert Entry.objects.get(batch=batch).about == ""


@pytest.mark.django_db
def test_an_error_of_the_database_is_one_of_django():
    class NoJson(Unwritten):
        def canonical(self, _tree="sha256"):
            return b"{"

    with pytest.raises(DataError), transaction.atomic():
        services.record_many([NoJson(at=NOW, action="catalog:entry:publish", basis="", rule_set="", by=person())])

    assert services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW).ordinal == 0
