"""How the machine API says no: with place, reason, basis, and without what was sent."""

import json

import pytest
from django.test import Client

from govshare.audit.models import Entry
from govshare.kernel.roles import Role
from tests.api.conftest import API, Anonymous, Town


@pytest.mark.article("CD2016-22")
def test_a_refusal_is_told_with_its_article_and_recorded(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)

    response = registrar.post("/catalog/grounds", {})

    problem = response.json()
    assert response["Content-Type"].startswith("application/problem+json")
    assert (response.status_code, problem["type"], problem["basis"]["citation"]) == (403, "urn:govshare:problem:not-yours", "CD2016-13.2")
    assert "不予共享" in problem["basis"]["text"]
    recorded = json.loads(Entry.objects.filter(outcome="refused").latest("batch").body)
    assert recorded["basis"] == "CD2016-13.2" and recorded["reason"] == problem["detail"]
    assert problem["instance"] == f"urn:uuid:{recorded['request_id']}" == f"urn:uuid:{response['X-Request-Id']}"


@pytest.mark.article("PC-70")
def test_every_fault_in_a_body_is_named_with_its_place(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)

    response = registrar.post(
        "/entries", {"content": {"node": "1" * 50, "colour": "red"}, "items": [{"name": "甲", "column": "a", "length": "x"}]}
    )

    faults = {fault["place"]: fault["message"] for fault in response.json()["faults"]}
    assert response.status_code == 422
    assert faults == {
        "content.name": "必填",
        "content.node": "过长，最多 40 个字符",
        "content.colour": "没有这个字段，请删去",
        "items.0.length": "应为整数",
    }


@pytest.mark.article("PC-70", "CD2016-5.4")
def test_what_was_sent_is_not_sent_back(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)

    response = registrar.post("/entries", {"content": {"name": ["绝密★内容"], "node": "x"}})

    assert response.status_code == 422
    assert "绝密" not in response.content.decode()


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"[]", b"null", b'{"reason": "a\\u0000b"}', b'{"reason": "\\ud800"}', b'{"reason": 1e999}', b"[" * 5000],
    ids=["cut", "not-utf-8", "list", "null", "nul", "surrogate", "infinity", "deep"],
)
@pytest.mark.article("PC-70")
def test_rubbish_is_refused_in_words_not_by_falling_over(content: bytes, town: Town):
    caller = town.caller("authority", Role.AUTHORITY)

    response = Client(raise_request_exception=False).post(
        f"{API}/filings/0190f0a0-0000-7000-8000-000000000000/return",
        content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.token}"},
    )

    assert response.status_code in {400, 422}, response.content.decode()
    assert response.json()["basis"]["citation"] == "PC-70"


@pytest.mark.article("PC-71")
def test_a_request_that_names_nobody_is_counted_but_fills_no_log(anonymous: Anonymous, db: None):
    before = Entry.objects.count()

    response = anonymous("GET", "/auth/me")

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="govshare"')
    assert Entry.objects.count() == before


def test_an_address_that_is_not_there_is_said_to_be_so(anonymous: Anonymous, db: None):
    response = anonymous("GET", "/nowhere")

    assert (response.status_code, response.json()["type"]) == (404, "urn:govshare:problem:not-found")


def test_a_foreign_host_name_is_refused(db: None):
    response = Client(raise_request_exception=False).get(f"{API}/auth/me", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_the_description_is_openapi_3_1_and_names_owners_and_basis(anonymous: Anonymous, db: None):
    described = anonymous("GET", "/openapi.json").json()

    operation = described["paths"]["/api/v1/entries"]["post"]
    assert described["openapi"].startswith("3.1")
    assert (operation["x-roles"], operation["x-basis"]) == (["registrar"], "CD2016-14")


def test_a_verb_that_an_address_does_not_take_is_refused_as_everything_is(town: Town):
    response = town.caller("provider", Role.REGISTRAR).send("PATCH", "/entries")

    assert (response.status_code, response["Allow"], response.json()["basis"]["citation"]) == (405, "GET, POST", "PC-70")
    assert response.json()["detail"] == "这个地址不接受 PATCH 方法，可用：GET、POST"


@pytest.mark.article("PC-70")
@pytest.mark.parametrize("depth", [30, 400, 900, 100_000])
def test_what_is_nested_without_end_is_refused(depth: int, town: Town):
    nested = '{"content": {"name": ' + "[" * depth + "]" * depth + "}}"

    response = town.caller("provider", Role.REGISTRAR).send_raw("POST", "/entries", nested)

    assert (response.status_code, response.json()["basis"]["citation"]) == (422, "PC-70")


@pytest.mark.article("PC-70")
def test_a_list_without_end_is_refused_before_it_is_read_and_not_every_fault_is_told(town: Town):
    registrar = town.caller("provider", Role.REGISTRAR)
    fields = {f"x{n}": 1 for n in range(5_000)}

    endless = registrar.post("/entries", {"content": {"name": "甲", "node": "102001"}, "items": [1] * 50_000}).json()
    strange = registrar.post("/entries", {"content": {"name": "甲", "node": "102001", **fields}}).json()

    assert endless["faults"] == [{"place": "items", "message": "过多，最多 1000 项"}]
    assert (len(strange["faults"]), strange["detail"]) == (100, "请求内容有 5000 处需要改正，先列出 100 处")


@pytest.mark.article("PC-70")
@pytest.mark.parametrize("asked", ["action=%00", "about=a%00b", "since=2026-01-01T00:00:00", "limit=0", "limit=101", "before=" + "x" * 61])
def test_a_question_that_cannot_be_asked_is_refused_in_words(asked: str, town: Town):
    response = town.caller("provider", Role.REGISTRAR).get(f"/evidence/entries?{asked}")

    assert (response.status_code, response.json()["basis"]["citation"]) == (422, "PC-70")
