"""Registered, reviewed, published, confirmed, found: over the machine API, each step by whose it is."""

from typing import Any

import pytest

from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.queries import verification_key
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from tests.api.conftest import Anonymous, Town

CONTENT = {
    "name": "法人单位基本信息",
    "node": "102001",
    "abstract": "本市登记的法人单位名称、统一社会信用代码和登记状态。",
    "format_class": "database",
    "format_type": "PostgreSQL",
    "share_type": "conditional",
    "terms": "仅用于办理行政审批事项。",
    "modes": ["table", "query"],
    "for_all": True,
    "update_cycle": "daily",
    "update_limit": "每日 08:00 前",
    "classification": "2",
    "collection_basis": "《中华人民共和国市场主体登记管理条例》",
    "collection_procedure": "登记机关受理、核准后入库，由登记处维护，每日发布。",
    "contact": "张三",
    "contact_phone": "028-00000000",
}
ITEMS = [
    {"name": "统一社会信用代码", "column": "uscc", "length": 18, "is_key": True},
    {"name": "单位名称", "column": "name", "length": 200},
    {"name": "法定代表人证件号码", "column": "legal_person_id", "length": 18, "sensitivity": "personal"},
]


def listed(town: Town, *, upto: str = "confirm", **over: Any) -> dict[str, Any]:
    """One entry, taken into the sharing catalog, or only ``upto`` a step on the way."""
    made = town.caller("provider", Role.REGISTRAR).post("/entries", {"content": {**CONTENT, **over}, "items": ITEMS})
    assert made.status_code == 201, made.content.decode()
    entry = made.json()
    for who, role, verb, body in (
        ("provider", Role.REGISTRAR, "submit", {"expected_version": "version"}),
        ("provider", Role.REVIEWER, "publish", {"expected_version": "version"}),
        ("authority", Role.AUTHORITY, "confirm", {"expected_revision": "revision"}),
    ):
        shown = entry["pending"] or entry["shown"]
        numbers = {"version": entry["version"], "revision": shown["number"]}
        response = town.caller(who, role).post(f"/entries/{entry['id']}/{verb}", {key: numbers[value] for key, value in body.items()})
        assert response.status_code == 200, response.content.decode()
        entry = response.json()
        if verb == upto:
            break
    return dict(entry)


@pytest.mark.article("CD2016-14", "CD2016-16")
def test_an_entry_goes_from_draft_to_the_sharing_catalog_and_is_found_there(town: Town):
    entry = listed(town)

    found = town.caller("recipient", Role.REGISTRAR).get("/catalog?text=法人").json()

    assert [hit["code"] for hit in found["hits"]] == [entry["code"]]
    assert found["facets"]["share_type"] == {"conditional": 1}
    assert [step["action"] for step in entry["history"]][-1] == "catalog:listing:confirm"


@pytest.mark.article("CD2016-26")
def test_every_step_leaves_a_receipt_that_verifies_offline(town: Town):
    entry = listed(town)
    audit.place(now=utc_now())
    registrar = town.caller("provider", Role.REGISTRAR)

    files = [registrar.get(f"/evidence/receipts/{step['receipt']}").content for step in entry["history"]]

    key = verifier.load_key(verification_key())
    assert len(files) >= 4
    for file, step in zip(files, entry["history"], strict=True):
        assert verifier.verify(file, key).entry["action"] == step["action"]


@pytest.mark.article("CD2016-36")
def test_a_receipt_is_not_for_those_it_does_not_concern(town: Town):
    entry = listed(town)

    response = town.caller("third", Role.REGISTRAR).get(f"/evidence/receipts/{entry['history'][0]['receipt']}")

    assert response.status_code == 404


@pytest.mark.article("CD2016-13.2")
def test_what_is_not_shared_needs_its_ground_before_it_can_be_submitted(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)
    entry = registrar.post("/entries", {"content": {**CONTENT, "share_type": "none", "terms": "", "for_all": False}, "items": ITEMS}).json()

    response = registrar.post(f"/entries/{entry['id']}/submit", {"expected_version": entry["version"]})

    assert response.status_code == 422
    assert any(fault["place"] == "ground" for fault in response.json()["faults"]), response.content.decode()


@pytest.mark.article("CD2016-5.4")
def test_what_is_marked_secret_is_refused_and_nowhere_kept(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)

    response = registrar.post("/entries", {"content": {**CONTENT, "abstract": "机密★ 青羊七号工程坐标表"}, "items": ITEMS})

    assert (response.status_code, response.json()["basis"]["citation"]) == (422, "CD2016-5.4")
    assert "青羊七号" not in response.content.decode()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE body LIKE %s", ["%青羊七号%"])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM audit_entry WHERE outcome = 'refused' AND body LIKE %s", ["%CD2016-5.4%"])
        assert cursor.fetchone() == (1,)


@pytest.mark.article("CD2016-14")
def test_the_second_of_two_editors_is_told_and_nothing_of_the_first_is_lost(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)
    entry = registrar.post("/entries", {"content": CONTENT, "items": ITEMS}).json()
    edit = {"content": {**CONTENT, "abstract": "甲"}, "items": ITEMS, "expected_version": entry["version"]}
    first = registrar.send("PUT", f"/entries/{entry['id']}", edit)

    second = registrar.send("PUT", f"/entries/{entry['id']}", {**edit, "content": {**CONTENT, "abstract": "乙"}})

    assert (first.status_code, second.status_code) == (200, 409)
    assert registrar.get(f"/entries/{entry['id']}").json()["pending"]["content"]["abstract"] == "甲"


def test_the_public_key_needs_no_session(anonymous: Anonymous, db: None):
    response = anonymous("GET", "/evidence/key")

    assert response.content.decode().strip() == verification_key()
