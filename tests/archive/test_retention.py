"""Fifteen years at least; longer under a hold; and a purge that breaks no proof."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from govshare.archive import layout, queries
from govshare.archive import services as archive
from govshare.archive.models import Destruction, Disposal, Segment
from govshare.archive.services import retention
from govshare.archive.store import open_store
from govshare.audit import keys, verifier
from govshare.audit import queries as audit_queries
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.audit.rules import opened_identifier
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotYours, WrongState
from govshare.kernel.keyring import KeyDestroyed
from tests.archive.sealed import NEXT_MONTH, record
from tests.audit.actors import AUDITOR, LAW, NOW, person

SIXTEEN_YEARS = timedelta(days=16 * 366)
LATER = NOW + SIXTEEN_YEARS


@pytest.fixture
def dropped(owner):
    """A log whose first 768 entries, in two segments, are sealed and dropped."""
    promises = record(512, batches_of=256, subject="51010419900307123")
    archive.seal(now=NOW, everything=True)
    record(255, batches_of=255)  # with the record of the sealing a tile
    owner(archive.prepare, now=NEXT_MONTH)
    archive.seal(now=NOW, everything=True)
    owner(archive.drop, now=NOW)
    return promises


def age(own_database, years=16):
    """As if the segments had been sealed long ago; fewer years than none put it right again."""
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(f"UPDATE archive_segment SET since = since - interval '{years} years', until = until - interval '{years} years'")
        admin.execute(f"UPDATE archive_segment SET sealed_at = sealed_at - interval '{years} years'")


def hold(**words):
    given = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1), "reason": "立案调查", "document": "成纪〔2026〕3号"}
    return archive.place_hold(**{**given, "by": AUDITOR, "now": NOW, **words})


@pytest.mark.article("CD2016-26", "PC-112")
def test_no_segment_is_disposed_of_before_fifteen_years(owner, own_database, dropped):
    segment = Segment.objects.get(first_index=0)
    connection.close()
    row = "INSERT INTO archive_disposal VALUES (0, 512, '{}', 'x', now() + interval '20 years', 'x')"

    with pytest.raises(WrongState, match="至少保存十五年"):
        owner(archive.dispose, first_index=0, reason="清理", by=AUDITOR, now=utc_now() + timedelta(days=15 * 365))
    for role in ("app", "owner"):
        with psycopg.connect(own_database(role), autocommit=True) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(row)

    assert queries.kept_until(segment) > segment.sealed_at + timedelta(days=15 * 365)
    assert open_store().sizes(f"{segment.name}/{layout.ENTRIES}".rpartition("/")[0])
    assert not Disposal.objects.exists()


@pytest.mark.article("CD2016-26", "PC-112")
def test_after_fifteen_years_the_entries_go_and_every_proof_stays(owner, own_database, dropped):
    (later,) = record(1)
    old = audit_queries.receipt(dropped[7].number)
    age(own_database)

    owner(archive.dispose, first_index=0, reason="保存期满，成档〔2042〕1号", by=AUDITOR, now=utc_now())

    segment = Segment.objects.get(first_index=0)
    key = verifier.parse_key(audit_queries.verification_key())
    assert set(open_store().sizes(segment.name)) == {
        f"{segment.name}/{file}" for file in ("leaves.bin", "nodes.bin", "checkpoint", "manifest")
    }
    assert set(Disposal.objects.get().digests) == {layout.ENTRIES, layout.BATCHES}
    assert Entry.objects.filter(action="archive:segment:dispose").count() == 1
    assert verifier.verify(old, key).index == 7
    assert verifier.verify(audit_queries.receipt(later.number), key).stage == 2
    assert audit.fsck().findings == ()
    age(own_database, years=-16)
    assert archive.verify(now=NOW) == []
    audit.place(now=NOW)


@pytest.mark.article("PC-113", "CD2016-36")
def test_nothing_is_disposed_of_under_a_hold(owner, own_database, dropped):
    placed = hold(since=NOW - SIXTEEN_YEARS * 2)
    age(own_database)

    with pytest.raises(WrongState, match="保全"):
        owner(archive.dispose, first_index=0, reason="清理", by=AUDITOR, now=utc_now())
    connection.close()
    with psycopg.connect(own_database("owner"), autocommit=True) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("INSERT INTO archive_disposal VALUES (0, 512, '{}', 'x', now(), 'x')")
    assert [state.holds for state in queries.states()] == [(placed,)] * 2

    archive.lift_hold(hold=placed.id, reason="结案", by=AUDITOR, now=NOW)
    owner(archive.dispose, first_index=0, reason="保存期满", by=AUDITOR, now=utc_now())

    assert Disposal.objects.count() == 1
    assert Entry.objects.filter(action__startswith="archive:hold:").count() == 2


@pytest.mark.django_db
@pytest.mark.article("PC-113")
def test_only_the_audit_administrator_holds_and_says_why():
    with pytest.raises(NotYours):
        hold(by=person())
    with pytest.raises(Invalid):
        hold(reason=" ")
    with pytest.raises(Invalid):
        hold(until=NOW - timedelta(days=2))
    placed = hold()
    archive.lift_hold(hold=placed.id, reason="结案", by=AUDITOR, now=NOW)
    with pytest.raises(WrongState):
        archive.lift_hold(hold=placed.id, reason="结案", by=AUDITOR, now=NOW)


def ask(**words):
    given = {"month": "2026-03", "grounds": "法院判令删除", "document": "（2026）川01民终1号", "agreed_by": person(), "by": AUDITOR}
    return archive.destroy_month_key(**{**given, "now": utc_now(), **words})


@pytest.mark.article("CD2016-39", "PC-114")
def test_a_destroyed_key_opens_nothing_and_breaks_no_proof(own_database, settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    promises = record(300, subject="51010419900307123")
    sealed = Entry.objects.get(batch=promises[0].batch, ordinal=0)
    text = verifier.verify(audit_queries.receipt(promises[0].number), verifier.parse_key(audit_queries.verification_key())).entry[
        "identifier"
    ]
    assert opened_identifier(keys.identifier_key("2026-03"), text) == "510104199003071230"
    archive.seal(now=NOW, everything=True)

    ask()

    assert keys.identifier_key("2026-03") is None
    assert not (tmp_path / "keys/subjects/2026-03.key").exists()
    with pytest.raises(KeyDestroyed):
        keys.Keyring(tmp_path / "keys").secret(keys.identifier_file("2026-03"), 64)
    assert (Destruction.objects.get().agreed_by, Destruction.objects.get().destroyed_by) == (person().id, AUDITOR.id)
    assert Entry.objects.filter(action="archive:identifiers:destroy", about="2026-03").count() == 1
    assert sealed.subject
    assert audit.fsck().sound
    assert archive.verify(now=NOW) == []


@pytest.mark.django_db
@pytest.mark.article("PC-114")
def test_a_key_is_destroyed_by_two_persons_for_a_month_that_is_over(settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    audit.record(action="gateway:person:query", basis=LAW, by=person(), now=NOW, subject="51010419900307123X")

    with pytest.raises(NotYours):
        ask(agreed_by=AUDITOR)
    with pytest.raises(NotYours):
        ask(by=person())
    with pytest.raises(WrongState, match="仍在使用"):
        ask(now=NOW)
    with pytest.raises(Invalid):
        ask(document="")

    assert keys.identifier_key("2026-03")


def test_a_destruction_whose_process_died_is_finished_by_the_next(own_database, settings, tmp_path, monkeypatch):
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    audit.record(action="gateway:person:query", basis=LAW, by=person(), now=NOW, subject="51010419900307123X")
    with monkeypatch.context() as patched:
        patched.setattr(retention, "finish_destructions", lambda: None)
        ask()
    assert (tmp_path / "keys/subjects/2026-03.key").exists()

    archive.finish_destructions()

    assert keys.identifier_key("2026-03") is None
