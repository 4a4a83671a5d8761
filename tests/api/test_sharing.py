"""From demand to grant over the machine API (CD2016-22, 25, 29.1)."""

from datetime import timedelta
from typing import Any

import pytest

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from tests.api.conftest import Town
from tests.api.test_catalog import listed

FIVE = ["application", "users", "items", "mode", "ends_on"]


def raised(town: Town, **over: Any) -> dict[str, Any]:
    """A demand on the listed entry that its own administrator has passed."""
    entry = listed(town, **over)
    items = [item["id"] for item in entry["shown"]["items"]]
    demand = {
        "entry": entry["id"],
        "application": "住房保障资格审核",
        "users": ["住房保障处经办人"],
        "items": items,
        "mode": "table",
        "ends_on": str(local_date(utc_now()) + timedelta(days=100)),
        "duty_basis": "《公共租赁住房管理办法》第七条",
        "purpose": "核验申请单位登记状态",
    }
    made = town.caller("recipient", Role.REGISTRAR).post("/demands", demand)
    assert made.status_code == 201, made.content.decode()
    town.caller("recipient", Role.REGISTRAR).post(f"/demands/{made.json()['id']}/submit")
    checked = town.caller("recipient", Role.RESOURCE_ADMIN).post(f"/demands/{made.json()['id']}/check", {"checked": FIVE})
    assert checked.status_code == 200, checked.content.decode()
    return dict(checked.json())


def answers(demand: dict[str, Any], **verdicts: dict[str, Any]) -> list[dict[str, Any]]:
    """One answer per item, in order: first, second, third."""
    names = ("first", "second", "third")
    return [
        {"item": item, **verdicts.get(name, {"verdict": "plain"})} for item, name in zip(demand["elements"]["items"], names, strict=True)
    ]


@pytest.mark.article("CD2016-22", "CD2016-25.2")
def test_a_conditional_demand_is_answered_item_by_item_and_becomes_a_grant(town: Town):
    demand = raised(town)
    masked = {"verdict": "mask", "head": 6, "tail": 4, "because": {"quote": "仅用于办理行政审批事项"}}

    response = town.caller("provider", Role.RESOURCE_ADMIN).post(
        f"/demands/{demand['id']}/decide", {"items": answers(demand, third=masked)}
    )

    grant = response.json()
    assert response.status_code == 201, response.content.decode()
    assert [(item["use"], item["head"], item["tail"]) for item in grant["items"]] == [("plain", 0, 0), ("plain", 0, 0), ("mask", 6, 4)]
    state = town.caller("recipient", Role.RESOURCE_ADMIN).get(f"/grants/{grant['id']}").json()
    assert "CD2016-19" in state["obstacle"]


@pytest.mark.article("CD2016-22")
def test_giving_less_than_asked_without_a_ground_is_refused(town: Town):
    demand = raised(town)

    response = town.caller("provider", Role.RESOURCE_ADMIN).post(
        f"/demands/{demand['id']}/decide", {"items": answers(demand, second={"verdict": "refused"})}
    )

    assert (response.status_code, response.json()["basis"]["citation"]) == (400, "CD2016-22"), response.content.decode()


@pytest.mark.article("CD2016-22")
def test_refusing_the_whole_needs_a_registered_ground(town: Town):
    demand = raised(town)
    provider = town.caller("provider", Role.RESOURCE_ADMIN)

    bare = provider.post(f"/demands/{demand['id']}/refuse", {"reason": "不方便提供"})
    ground = next(row for row in provider.get("/catalog/grounds").json()["rows"] if row["allows"] in {"both", "refuse_sharing"})
    founded = provider.post(f"/demands/{demand['id']}/refuse", {"reason": "依法不能提供", "ground": ground["id"]})

    assert (bare.status_code, bare.json()["basis"]["citation"]) == (400, "CD2016-22"), bare.content.decode()
    assert (founded.status_code, founded.json()["status"]) == (200, "refused")


@pytest.mark.article("CD2016-25.1")
def test_what_is_unconditional_and_in_scope_is_granted_by_the_own_check_alone(town: Town):
    from tests.api import test_catalog

    plain = [item for item in test_catalog.ITEMS if item.get("sensitivity") != "personal"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_catalog, "ITEMS", plain)
        demand = raised(town, share_type="unconditional", terms="")

    assert demand["status"] == "granted"
    assert demand["grant"] is not None


@pytest.mark.article("CD2016-36")
def test_a_third_department_sees_neither_demand_nor_grant(town: Town):
    demand = raised(town)
    stranger = town.caller("third", Role.RESOURCE_ADMIN)

    assert stranger.get(f"/demands/{demand['id']}").status_code == 404
    assert stranger.get("/demands?side=all").json()["total"] == 0


@pytest.mark.article("CD2016-5.4")
def test_a_page_that_calls_itself_a_picture_is_not_attached(town: Town):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    entry = listed(town)
    drafter = town.caller("recipient", Role.REGISTRAR)
    demand = drafter.post("/demands", {"entry": entry["id"]}).json()

    def upload(name: str, content: bytes) -> Any:
        return Client(raise_request_exception=False).post(
            f"/api/v1/demands/{demand['id']}/attachments",
            {"file": SimpleUploadedFile(name, content)},
            headers={"Authorization": f"Bearer {drafter.token}"},
        )

    disguised = upload("章.png", b"<html><script>alert(1)</script></html>")
    honest = upload("../../依据.txt", "公共租赁住房管理办法".encode())

    assert disguised.status_code == 422, disguised.content.decode()
    assert honest.status_code == 201, honest.content.decode()
    assert "/" not in honest.json()["name"]
    shown = drafter.get(f"/attachments/{honest.json()['id']}")
    assert shown["Content-Disposition"].startswith("attachment") and b"".join(shown.streaming_content) == "公共租赁住房管理办法".encode()
