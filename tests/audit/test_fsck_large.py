"""The check of many entries, by processes and frames, finds what the exact comparison finds, and takes nothing sound for altered."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from govshare.audit import checking, services
from govshare.audit.log import open_log
from govshare.audit.rules import searchable
from govshare.audit.services import streaming
from govshare.audit.verifier import SHA256, SM3
from tests.audit.actors import HOUSING, LAW, NOW, person
from tests.audit.test_canonical import ENTRIES

FRAMES = 2 * streaming.FRAME + 700  # entries: two whole frames and a part


def record(count, **fields):
    for low in range(0, count, 500):
        written = [
            services.entry(action="gateway:person:query", basis=LAW, by=person(), now=NOW, about=f"A-{n}", parties=[HOUSING], **fields)
            for n in range(low, min(low + 500, count))
        ]
        services.record_many(written)
    while services.place(now=NOW):
        pass
    connection.close()


def tamper(url, *statements):
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_is_its_bodys")
        for statement in statements:
            admin.execute(statement)


def at(index):
    """The row at this index; batches of 500 in the order they were written."""
    return f"ordinal = {index % 500} AND batch = (SELECT batch FROM audit_placement WHERE first_index = {index - index % 500})"


@pytest.fixture
def by_processes(monkeypatch):
    monkeypatch.setattr(streaming, "ALONE", 0)


@pytest.mark.article("CD2016-26")
def test_every_alteration_in_a_log_of_many_frames_is_found_where_it_is(own_database, by_processes):
    record(FRAMES)
    sound = services.fsck()
    altered, hidden, gone = 500, streaming.FRAME + 77, FRAMES - 3
    tamper(
        own_database("admin"),
        f"UPDATE audit_entry SET outcome = 'refused' WHERE {at(0)}",
        f"UPDATE audit_entry SET body = replace(body, 'A-500', 'B-500') WHERE {at(altered)}",
        f"UPDATE audit_entry SET parties = '[]' WHERE {at(hidden)}",
        f"DELETE FROM audit_entry WHERE {at(gone)}",
    )

    report = services.fsck()

    assert (sound.entries, sound.findings) == (FRAMES, ())
    assert {(one.kind, one.index) for one in report.findings if one.index >= 0} == {
        ("altered", 0),
        ("altered", altered),
        ("altered", hidden),
        ("missing", gone),
    }


def test_processes_answer_what_is_found_here(own_database, monkeypatch):
    record(streaming.FRAME + 300)
    tamper(own_database("admin"), f"UPDATE audit_entry SET about = 'x' WHERE {at(4000)}")

    found = []
    for alone in (0, 10**6):
        monkeypatch.setattr(streaming, "ALONE", alone)
        connection.ensure_connection()
        found.append(list(streaming.agreeing(open_log().tiles, SHA256, 0, streaming.FRAME + 300)))
    with_processes, here = found

    assert with_processes == here
    assert [each.suspects for each in here] == [(4000,), ()]
    assert [len(each.leaves) // 32 for each in here] == [streaming.FRAME, 300]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ['a "quoted" thing', "back\\slash", "line\nbreak", "unit\x1fseparator", "长" * 250, "\U0001f600", '["a","b"]', '"},"at":"'],
    ids=["quotes", "backslash", "newline", "separator", "clipped", "emoji", "list", "injection"],
)
def test_unusual_texts_are_sound(text):
    services.record_many(
        [
            services.entry(
                action="gateway:person:query",
                basis=LAW,
                by=person(),
                now=NOW,
                about=text,
                resource=text,
                grant=text,
                parties=[text, "x", "y"],
            )
        ]
    )
    services.place(now=NOW)

    report = services.fsck()

    assert (report.entries, report.findings) == (1, ())


def test_a_separator_moved_from_one_column_to_the_next_is_found(own_database):
    record(1, resource="a\x1fb")
    tamper(own_database("admin"), "ALTER TABLE audit_entry ALTER grant_id DROP NOT NULL", "UPDATE audit_entry SET resource = 'a'")

    assert [(one.kind, one.index) for one in services.fsck().findings] == [("altered", 0)]


@given(ENTRIES, st.sampled_from([SHA256, SM3]))
def test_only_a_row_that_repeats_its_body_is_no_suspect(entry, tree):
    body = entry.canonical(tree.name)
    moment, action, outcome, actor, organization, about, resource, grant, subject, parties = searchable(body.decode())
    text = "[" + ", ".join(f'"{party}"' for party in parties) + "]"
    columns = [about, action, actor, organization, grant, outcome, text, resource, subject]
    values = [*columns[:6], *columns[7:], *parties]
    plain = all(len(value) < 200 and not any(c in '"\\' or c < " " for c in value) for value in values)

    def suspects(columns, leaf, since):
        others = "\x1f".join(columns).encode()
        microseconds = (since - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        fields = [bytes(8), microseconds.to_bytes(8, "big", signed=True), leaf, body, others]
        row = (5).to_bytes(2, "big") + b"".join(len(field).to_bytes(4, "big") + field for field in fields)
        return checking.check(row, 0, tree).suspects

    leaf = tree.leaf(body)
    assert suspects(columns, leaf, moment) == () or not plain
    assert suspects([*columns[:8], columns[8] + "x"], leaf, moment) == (0,)
    assert suspects(columns, bytes(32), moment) == (0,)
    assert suspects(columns, leaf, moment.replace(microsecond=moment.microsecond ^ 1)) == (0,)
