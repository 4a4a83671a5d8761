"""Demand, own check, acceptance, answer item by item, grant (CD2016-22, 25, 29.1)."""

from datetime import timedelta
from typing import Any

from govshare.demo.check import material
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.roster import AUTHORITY
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role

PART = Part()


@PART.step("需求部门按职责提出共享需求，五要素齐备", "CD2016-29.1")
def demand(scene: Scene) -> str:
    registrar = scene.session(RECIPIENT, Role.REGISTRAR)
    body = {
        "entry": scene["entry"],
        "application": "住房公积金单位缴存登记",
        "users": ["单位登记岗"],
        "items": [scene["items"][name] for name in material.ANSWERS],
        "mode": "table",
        "purpose": "核验缴存单位登记状态",
        "duty_basis": "《住房公积金管理条例》第十四条",
    }
    made = registrar.post("/demands", body)
    refusal = declined(lambda: registrar.post(f"/demands/{made['id']}/submit"), status=422)
    hold("ends_on" in refusal.places, "缺少截止时间应被指出")
    ends_on = local_date(utc_now()) + timedelta(days=30)
    elements = {name: value for name, value in body.items() if name != "entry"}
    registrar.call("PUT", f"/demands/{made['id']}", {**elements, "ends_on": ends_on.isoformat()})
    made = registrar.post(f"/demands/{made['id']}/submit")
    hold(made["status"] == "checking", "应由本部门把关")
    scene["demand"] = made["id"]
    return f"{made['number']}；缺截止时间时被拒"


@PART.step("起草人员不能替信息资源管理员把关", "CD2016-29.1")
def not_the_drafter(scene: Scene) -> str:
    registrar = scene.session(RECIPIENT, Role.REGISTRAR)
    return str(declined(lambda: registrar.post(f"/demands/{scene['demand']}/check", _all_checked()), status=403))


@PART.step("本部门信息资源管理员逐要素把关", "CD2016-29.1")
def own_check(scene: Scene) -> str:
    keeper = scene.session(RECIPIENT, Role.RESOURCE_ADMIN)
    partly = {"checked": ["application", "users"]}
    declined(lambda: keeper.post(f"/demands/{scene['demand']}/check", partly), status=422)
    checked = keeper.post(f"/demands/{scene['demand']}/check", _all_checked())
    return f"{checked['number']}：{checked['status']}"


def _all_checked() -> dict[str, Any]:
    return {"checked": ["application", "users", "items", "mode", "ends_on"], "opinion": "属履职需要"}


@PART.step("主管部门受理（共享范围之内的自动受理）并转提供部门", "CD2016-22")
def acceptance(scene: Scene) -> str:
    officer = scene.session(AUTHORITY, Role.AUTHORITY)
    seen = officer.get(f"/demands/{scene['demand']}")
    if seen["status"] == "accepting":
        seen = officer.post(f"/demands/{scene['demand']}/accept", {"opinion": "受理"})
    hold(seen["status"] == "deciding", f"应待提供部门答复，实为 {seen['status']}")
    due = seen["due"]
    return f"答复期限 {due['due_on']}{'（暂定）' if due['provisional'] else ''}" if due else "待答复"


@PART.step("少给而说不出法定事由或已公布条件的，不予接受", "CD2016-22")
def no_refusal(scene: Scene) -> str:
    keeper = scene.session(PROVIDER, Role.RESOURCE_ADMIN)
    answers = [{**answer, "because": None} for answer in _answers(scene)]
    refusal = declined(lambda: keeper.post(f"/demands/{scene['demand']}/decide", {"items": answers}), status=400, basis="CD2016-22")
    whole = {"ground": None, "reason": "不便提供"}
    declined(lambda: keeper.post(f"/demands/{scene['demand']}/refuse", whole), status=400, basis="CD2016-22")
    return str(refusal.problem["detail"])


@PART.step("提供部门逐项答复：明文、掩码、摘要，形成授权", "CD2016-25.2")
def decide(scene: Scene) -> str:
    keeper = scene.session(PROVIDER, Role.RESOURCE_ADMIN)
    grant = keeper.post(f"/demands/{scene['demand']}/decide", {"items": _answers(scene), "opinion": "同意"})
    hold(grant["status"] == "active", "授权应生效")
    wanted = {scene["items"][name]: verdict for name, (verdict, _, _) in material.ANSWERS.items()}
    hold({item["item"]: item["use"] for item in grant["items"]} == wanted, "授权内容应与答复一致")
    scene["grant"], scene["grant receipt"] = grant["id"], grant["receipt"]
    return f"{grant['number']}，至 {grant['ends_on']}"


def _answers(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "item": scene["items"][name],
            "verdict": verdict,
            "head": head,
            "tail": tail,
            "because": {"quote": material.QUOTES[name]} if name in material.QUOTES else None,
        }
        for name, (verdict, head, tail) in material.ANSWERS.items()
    ]
