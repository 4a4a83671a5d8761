"""Direct exchange: the granted rows arrive, both sides agree, and what was not granted never left the source (CD2016-24, 34)."""

import re
import time
from typing import Any

from govshare.demo.check import compare, material
from govshare.demo.check.client import Session
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import DidNotHold, Scene, hold
from govshare.demo.check.steps import Part
from govshare.kernel.roles import Role

PART = Part()
PATIENCE = 240  # seconds for a delivery, a lost worker's lease and its recovery included


def landing(scene: Scene) -> str:
    """The recipient's table of this run."""
    return f"from_market_{scene.run}"


@PART.step("使用部门登记数据交换，后台办理，数据到达接收方前置交换数据库", "CD2016-24")
def exchange(scene: Scene) -> str:
    keeper = scene.session(RECIPIENT, Role.RESOURCE_ADMIN)
    target = next(front["id"] for front in keeper.get("/front-databases?purpose=receive") if front["test_passed"])
    scene["asked before"] = len(scene.front_ends.statements(PROVIDER))
    order = {"grant": scene["grant"], "target": target, "table": landing(scene)}
    scene["transfer"] = keeper.post("/transfers", order)["id"]
    begun = time.monotonic()
    run = wait_for(keeper, keeper.post(f"/transfers/{scene['transfer']}/runs")["id"])
    hold(run["status"] == "delivered", f"应已交付，实为 {run['status']}：{run['reason']}")
    scene["run"] = run
    return f"{run['rows_done']} 行，{time.monotonic() - begun:.1f} 秒"


def wait_for(session: Session, run: str) -> dict[str, Any]:
    """The run once it no longer moves by itself."""
    deadline = time.monotonic() + PATIENCE
    while True:
        state: dict[str, Any] = session.get(f"/runs/{run}")
        if state["status"] not in {"queued", "running"}:
            return state
        if time.monotonic() > deadline:
            raise DidNotHold(f"{PATIENCE} 秒内应办理完毕，现为 {state['status']}，{state['progress']}")
        time.sleep(0.2)


@PART.step("两端行数和摘要相等：平台所记如此，两端数据库自己算来也如此", "PC-50")
def digests(scene: Scene) -> str:
    run = scene["run"]
    hold(run["source_digest"] == run["target_digest"] != "", "平台所记两端摘要应相等")
    side = compare.equal(scene, landing(scene))
    hold(side.rows == run["rows_done"] == scene["rows"], f"行数应为 {scene['rows']}，实为 {side.rows}")
    return f"{side.rows} 行，SHA-256 {side.digest[:16]}…"


@PART.step("只到达授权的信息项，掩码和摘要在来源一侧完成", "CD2016-25.2")
def only_granted(scene: Scene) -> str:
    arrived = compare.columns_of(scene, landing(scene))
    hold(sorted(arrived) == sorted(material.ANSWERS), f"到达的列应为授权的列，实为 {arrived}")
    hold(compare.unreadable(scene, landing(scene)) == 0, "联系电话应全部是摘要")
    return "、".join(arrived)


@PART.step("未授权的列从未离开提供方：以提供方数据库自己的语句日志为证", "CD2016-34")
def never_left(scene: Scene) -> str:
    asked = scene.front_ends.statements(PROVIDER)
    mentions = re.compile(rf"\b{material.INNER}\b")
    hold(not any(mentions.search(statement) for statement in asked), f"来源不应被问过 {material.INNER}")
    before = [statement for statement in asked[: scene["asked before"]] if material.table(scene) in statement]
    hold(any(material.UNASKED in statement for statement in before), f"接口测试读过 {material.UNASKED}，日志中应看得到，否则日志不足为证")
    during = [statement for statement in asked[scene["asked before"] :] if material.table(scene) in statement]
    reading = [statement for statement in during if "uscc" in statement]
    hold(reading, "日志中应有读取这张表的语句")
    not_given = compare.names_in_entry() - set(material.ANSWERS)
    seen = {name for statement in during for name in not_given if re.search(rf'"?\b{name}\b"?', statement)}
    hold(not seen, f"交换时不应问过 {sorted(seen)}")
    hold(not any(re.search(r"SELECT\s+\*|COPY\s+\S+\s+TO", statement, re.IGNORECASE) for statement in during), "不应整表读取")
    return f"{len(during)} 条语句，未提及 {len(not_given) + 1} 个未授权的列"
