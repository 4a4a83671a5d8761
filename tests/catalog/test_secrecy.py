"""State secrets stay outside: refused before anything is stored, with no trace of the content anywhere (CD2016-5.4)."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from govshare.audit import services as audit
from govshare.catalog import services
from govshare.catalog.models import Entry
from govshare.kernel.errors import Refused
from tests.catalog.world import CONTENT, ITEMS, Desk, ground_for, version

pytestmark = pytest.mark.django_db
MARKER = "夜莺七号"
SECRET = f"机密★10年 {MARKER}"


def tables_that_hold(text: str) -> list[str]:
    """Every table of the database that holds ``text`` in any column of any row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, has_table_privilege(oid, 'SELECT') FROM pg_class"
            " WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
        )
        tables = dict(cursor.fetchall())
        assert all(tables.values()), "a table that cannot be read cannot be scanned"
        holding = []
        for name in tables:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}" AS row WHERE to_jsonb(row)::text LIKE %s)', [f"%{text}%"])
            if cursor.fetchone()[0]:
                holding.append(name)
    return holding


def test_the_scan_finds_what_is_there(desk: Desk):
    desk.draft(abstract=f"公开的{MARKER}")

    assert "catalog_revision" in tables_that_hold(MARKER)


@pytest.mark.article("CD2016-5.4")
@pytest.mark.parametrize(
    "over",
    [
        {"name": SECRET},
        {"abstract": SECRET},
        {"terms": SECRET},
        {"collection_procedure": SECRET},
        {"contact": SECRET},
        {"update_limit": SECRET},
        {"classification": "机密", "abstract": MARKER},
        {"related": frozenset({SECRET})},
        {"items": (replace(ITEMS[0], name=SECRET),)},
        {"items": (replace(ITEMS[0], code_table=SECRET),)},
    ],
)
def test_a_marked_entry_is_refused_and_leaves_no_trace(desk: Desk, over: dict[str, Any]):
    items = over.pop("items", ITEMS)

    with pytest.raises(Refused) as refusal:
        services.create_entry(content=replace(CONTENT, **over), items=items, by=desk.registrar, now=desk.now)
    receipt = audit.record_refusal(refusal=refusal.value, action="catalog:entry:create", by=desk.registrar, now=desk.now)

    assert str(refusal.value.basis) == "CD2016-5.4"
    assert MARKER not in f"{refusal.value} {refusal.value.detail}"
    assert receipt.number
    assert tables_that_hold(MARKER) == []
    assert not Entry.objects.exists()


@pytest.mark.article("CD2016-5.4")
def test_a_mark_put_in_later_is_refused_at_every_door(desk: Desk):
    entry = desk.draft()
    attempts = [
        lambda: desk.edit(entry, abstract=SECRET),
        lambda: services.edit_entry(
            entry=entry.pk,
            content=replace(CONTENT, contact="李四"),
            reason=SECRET,
            expected_version=version(entry),
            by=desk.registrar,
            now=desk.now,
        ),
        lambda: services.set_items(
            entry=entry.pk,
            items=(replace(ITEMS[0], data_element=SECRET),),
            expected_version=version(entry),
            by=desk.registrar,
            now=desk.now,
        ),
        lambda: services.add_node(code="301", name=SECRET, by=desk.authority, now=desk.now),
        lambda: services.close_ground(ground=ground_for("both").pk, reason=SECRET, by=desk.authority, now=desk.now),
    ]

    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt()
        assert str(refusal.value.basis) == "CD2016-5.4"

    assert tables_that_hold(MARKER) == []


@pytest.mark.article("CD2016-5.4")
def test_reasons_and_opinions_are_looked_at_too(desk: Desk):
    entry = desk.published()
    filed = {"entry": entry.pk, "expected_revision": 1, "by": desk.authority, "now": desk.now}
    attempts = [
        lambda: services.confirm(**filed, opinion=SECRET),
        lambda: services.send_back(**filed, reason=SECRET),
        lambda: services.adjust(**filed, changes={"terms": SECRET}, reason="统一"),
        lambda: services.adjust(**filed, changes={"terms": "新"}, reason=SECRET),
        lambda: services.retire(entry=entry.pk, reason=SECRET, expected_version=version(entry), by=desk.reviewer, now=desk.now),
    ]

    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt()
        assert str(refusal.value.basis) == "CD2016-5.4"

    assert tables_that_hold(MARKER) == []


def test_the_words_in_ordinary_prose_are_no_mark(desk: Desk):
    entry = desk.draft(abstract="含商业秘密的信息按保守国家秘密法和反不正当竞争法管理。")

    assert entry.code
