"""Register, review, publish, file, bind, confirm; and what is refused on the way (CD2016-5, 13 to 19)."""

from typing import Any

from govshare.demo.check import material, traces
from govshare.demo.check.client import Session
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.roster import AUTHORITY
from govshare.kernel.roles import Role

PART = Part()


@PART.step("部门把数据放入前置交换数据库，测试账号权限和表结构", "CD2016-40(5)")
def prepare(scene: Scene) -> str:
    scene["rows"] = material.make_table(scene)
    keeper = scene.session(PROVIDER, Role.RESOURCE_ADMIN)
    bodies = {row["name"]: row["id"] for row in keeper.get("/organizations")["rows"]}
    scene["provider"], scene["recipient"] = bodies[PROVIDER.name], bodies[RECIPIENT.name]
    front = keeper.get("/front-databases?purpose=provide")[0]["id"]
    tested = keeper.post(f"/front-databases/{front}/test")
    hold(tested["test_passed"], tested["test_message"])
    names = [table["name"] for table in keeper.get(f"/front-databases/{front}/tables")]
    hold(material.table(scene) in names, "应看到新放入的表")
    scene["provide"] = front
    return f"{scene['rows']} 行；{tested['test_message']}"


@PART.step("登记人员逐条登记并提交审核", "CD2016-14")
def register(scene: Scene) -> str:
    registrar = scene.session(PROVIDER, Role.REGISTRAR)
    body = {"content": material.content(scene, name=f"核验用法人登记信息 {scene.run}"), "items": material.items()}
    entry = registrar.post("/entries", body)
    entry = registrar.post(f"/entries/{entry['id']}/submit", {"expected_version": entry["version"]})
    hold(entry["pending"]["status"] == "review", "提交后应在审核中")
    scene["entry"] = entry["id"]
    return f"{entry['code']}，{len(entry['pending']['items'])} 项"


@PART.step("没有审核职责的人不能发布", "CD2016-15")
def no_role(scene: Scene) -> str:
    registrar = scene.session(PROVIDER, Role.REGISTRAR)
    entry = registrar.get(f"/entries/{scene['entry']}")
    publish = {"expected_version": entry["version"]}
    refusal = declined(lambda: registrar.post(f"/entries/{entry['id']}/publish", publish), status=403)
    outsider = scene.session(RECIPIENT, Role.REVIEWER)
    declined(lambda: outsider.post(f"/entries/{entry['id']}/publish", publish), status=403)
    hold(registrar.get(f"/entries/{entry['id']}")["pending"]["status"] == "review", "应仍在审核中")
    return str(refusal)


@PART.step("不予共享而没有法律、法规、规章依据的，不能提交", "CD2016-13.2")
def no_ground(scene: Scene) -> str:
    registrar = scene.session(PROVIDER, Role.REGISTRAR)
    body = {"content": material.content(scene, name=f"无依据不予共享 {scene.run}", share_type="none"), "items": material.items()}
    draft = registrar.post("/entries", body)
    submit = {"expected_version": draft["version"]}
    refusal = declined(lambda: registrar.post(f"/entries/{draft['id']}/submit", submit), status=422)
    hold("ground" in refusal.places, f"应指出缺少依据，实为 {refusal.places}")
    registrar.post(f"/entries/{draft['id']}/discard", submit)
    return str(refusal.problem["faults"][refusal.places.index("ground")]["message"])


@PART.step("标有密级的信息资源不予登记，内容不留痕迹", "CD2016-5.4")
def state_secret(scene: Scene) -> str:
    registrar = scene.session(PROVIDER, Role.REGISTRAR)
    word = f"zhi-neng-xiao-shi-{scene.run}"
    body = {"content": material.content(scene, name=f"演习 {word}", abstract=f"机密★10年\n{word}"), "items": material.items()}
    declined(lambda: registrar.post("/entries", body), status=422, basis="CD2016-5.4")
    hold(traces.in_tables(scene.run) and traces.in_files(scene.home, scene.run), "本次登记过的名称应处处找得到，否则找不到不足为证")
    kept = traces.in_tables(word)
    hold(not kept, f"数据库表中留有内容：{kept}")
    found = traces.in_files(scene.home, word)
    hold(not found, f"文件中留有内容：{found}")
    hold(_refusals(registrar), "应留下一条只说明被拒的记录")
    return "所有表、日志、存证、数据库文件中均无其内容"


def _refusals(session: Session) -> list[dict[str, Any]]:
    """This person's refused registrations in the evidence log, which say that and nothing else."""
    found = session.get("/evidence/entries?limit=20")["found"]
    return [row for row in found if row["outcome"] == "refused" and "CD2016-5.4" in row["body"]]


@PART.step("审核人员发布，同时报主管部门备案", "CD2016-14")
def publish(scene: Scene) -> str:
    reviewer = scene.session(PROVIDER, Role.REVIEWER)
    entry = reviewer.get(f"/entries/{scene['entry']}")
    entry = reviewer.post(f"/entries/{entry['id']}/publish", {"expected_version": entry["version"]})
    hold(entry["listing"]["status"] == "filed", "发布后应已备案待确认")
    return f"{entry['code']} 第 {entry['shown']['number']} 版"


@PART.step("绑定访问接口，按真实查询测试", "CD2016-19")
def bind(scene: Scene) -> str:
    registrar = scene.session(PROVIDER, Role.REGISTRAR)
    entry = registrar.get(f"/entries/{scene['entry']}")
    route = {
        "expected_version": entry["version"],
        "front_database": scene["provide"],
        "table": material.table(scene),
        "key": ["uscc"],
        "document": "演示核验用表，主键 uscc。",
    }
    registrar.post(f"/entries/{entry['id']}/route", route)
    tested = registrar.post(f"/entries/{entry['id']}/route/test")
    hold(tested["route"]["test_passed"], tested["route"]["test_message"])
    return str(tested["route"]["test_message"])


@PART.step("主管部门确认，列入共享目录", "CD2016-16")
def confirm(scene: Scene) -> str:
    officer = scene.session(AUTHORITY, Role.AUTHORITY)
    waiting = [row for row in officer.get("/filed") if row["entry"] == scene["entry"]]
    hold(waiting, "应在待确认之列")
    entry = officer.post(f"/entries/{scene['entry']}/confirm", {"expected_revision": waiting[0]["revision"], "opinion": "同意"})
    hold(entry["listing"]["status"] == "listed", "应已列入")
    scene["items"] = {item["column"]: item["id"] for item in entry["shown"]["items"]}
    return str(entry["code"])


@PART.step("其他部门在共享目录中检索到", "CD2016-7")
def find(scene: Scene) -> str:
    found = scene.session(RECIPIENT, Role.REGISTRAR).get(f"/catalog?text={scene.run}")
    hold([hit["entry"] for hit in found["hits"]] == [scene["entry"]], "应恰好检索到这一条")
    hold(found["hits"][0]["has_route"], "应已提供访问接口")
    return f"{found['hits'][0]['name']}，{found['hits'][0]['share_type']}"
