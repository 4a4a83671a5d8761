"""Requests that are taken: one of each that needs much to be right, in a town where there is something to ask about."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from tests.api.conftest import Town
from tests.api.test_catalog import CONTENT, ITEMS, listed
from tests.api.test_sharing import answers, raised
from tests.cast import credit_code


@dataclass(frozen=True)
class Good:
    """A request that is taken from ``who`` in ``role``; with ``own`` not from any other department's people in that role."""

    who: str
    role: Role
    method: str
    path: str
    body: Any
    own: bool = True


def good_requests(town: Town) -> list[Good]:
    """What the catalog, the sharing, the law and the organizations get; what changes most comes last."""
    return [*_catalog(town), *_sharing(town), *_law(town), *_organizations(town)]


def _day(days: int) -> str:
    return str(local_date(utc_now()) + timedelta(days=days))


def _catalog(town: Town) -> list[Good]:
    registrar, provider = town.caller("provider", Role.REGISTRAR), str(town.cast.organization("provider").pk)
    draft, ready = (registrar.post("/entries", {"content": {**CONTENT, "name": name}, "items": ITEMS}).json() for name in ("甲", "乙"))
    edit = {"content": CONTENT, "items": ITEMS, "expected_version": draft["version"]}
    filed = listed(town, name="待调整资源", upto="publish")
    changes = {
        "terms": "仅用于审批。",
        "modes": ["table"],
        "update_limit": "每周一",
        "for_all": False,
        "scope": [str(town.cast.organization("recipient").pk)],
    }
    adjustment = {"changes": changes, "reason": "统一口径", "expected_revision": filed["shown"]["number"]}
    front = {"organization": provider, "name": "前置库", "engine": "postgresql", "purpose": "provide", "host": "10.0.0.9", "port": 5432}
    front |= {"database": "front", "schema": "share", "account": "reader", "password": "p", "tls_mode": "verify-full"}
    return [
        Good("provider", Role.REGISTRAR, "POST", "/entries", {"content": {**CONTENT, "name": "新资源"}, "items": ITEMS}, own=False),
        Good("provider", Role.REGISTRAR, "PUT", f"/entries/{draft['id']}", edit),
        Good("provider", Role.REGISTRAR, "POST", f"/entries/{ready['id']}/submit", {"expected_version": ready["version"]}),
        Good("authority", Role.AUTHORITY, "POST", f"/entries/{filed['id']}/adjust", adjustment),
        Good("provider", Role.RESOURCE_ADMIN, "POST", "/front-databases", front),
    ]


def _sharing(town: Town) -> list[Good]:
    decider = town.caller("provider", Role.RESOURCE_ADMIN)
    granted, *others = (raised(town, name=name) for name in ("已授权的", "要修改的", "要答复的", "要补正的"))
    waiting, fresh, incomplete = others
    grant = decider.post(f"/demands/{granted['id']}/decide", {"items": answers(granted)}).json()
    elements = {**granted["elements"], "ends_on": _day(90)}
    condition = {"item": elements["items"][0], "operator": "in", "values": ["91510100"]}
    demand = {**elements, "entry": granted["entry_id"], "conditions": [condition]}
    amendment = {**elements, "items": waiting["elements"]["items"]}
    masked = {"verdict": "mask", "head": 6, "tail": 4, "because": {"quote": "仅用于办理行政审批事项"}}
    decision = {"items": answers(fresh, third=masked), "users": ["住房保障处经办人"], "opinion": "同意"}
    renewal = {"grant": grant["id"], "ends_on": _day(400), "duty_basis": "职责"}
    return [
        Good("recipient", Role.REGISTRAR, "POST", "/demands", demand, own=False),
        Good("recipient", Role.RESOURCE_ADMIN, "POST", f"/demands/{waiting['id']}/amend", amendment),
        Good("provider", Role.RESOURCE_ADMIN, "POST", f"/demands/{fresh['id']}/decide", decision),
        Good("provider", Role.RESOURCE_ADMIN, "POST", f"/demands/{incomplete['id']}/ask-completion", {"text": "请补交依据"}),
        Good("recipient", Role.RESOURCE_ADMIN, "POST", "/demands/renewals", renewal),
        Good("recipient", Role.RESOURCE_ADMIN, "POST", f"/grants/{grant['id']}/end", {"reason": "不再需要"}),
    ]


def _organizations(town: Town) -> list[Good]:
    provider, recipient, third = (str(town.cast.organization(who).pk) for who in ("provider", "recipient", "third"))
    leader, today = town.caller("provider", Role.LEADER), _day(0)
    person = leader.post("/people", {"organization": provider, "name": "钱某", "number": "9"}).json()
    post = town.cast.person("provider", Role.RESOURCE_ADMIN).appointments.get()
    leaving = town.cast.person("provider", Role.REVIEWER).appointments.get()
    newcomer = {"organization": provider, "name": "孙某", "number": "10", "duty": "科员", "phone": "1"}
    appointment = {"person": person["id"], "organization": provider, "role": "reviewer", "starts_on": _day(90), "document": "文"}
    stand_in = {"person": person["id"], "starts_on": today, "ends_on": today, "reason": "休假"}
    filing = {"organization": provider, "person": str(post.person_id), "change": "appointed", "effective_on": today}
    body = {
        "name": "成都市新设局",
        "short_name": "新设局",
        "uscc": credit_code(77),
        "kind": "department",
        "tier": "city",
        "region": "510100",
    }
    division = {"heirs": {third: [person["id"]]}, "main": third, "document": "文"}
    return [
        Good("provider", Role.LEADER, "POST", "/people", newcomer),
        Good("provider", Role.LEADER, "PUT", f"/people/{person['id']}", {"name": "钱某某", "duty": "科长", "phone": "2"}),
        Good("provider", Role.LEADER, "POST", "/appointments", appointment),
        Good("provider", Role.LEADER, "POST", f"/appointments/{post.pk}/stand-ins", stand_in),
        Good("provider", Role.LEADER, "POST", f"/appointments/{leaving.pk}/end", {"reason": "调离"}),
        Good("provider", Role.RESOURCE_ADMIN, "POST", "/filings", filing),
        Good("provider", Role.RESOURCE_ADMIN, "POST", "/systems", {"organization": provider, "name": "新系统", "purpose": "审批"}),
        Good("authority", Role.SYSTEM_ADMIN, "POST", "/organizations", body),
        Good("authority", Role.SYSTEM_ADMIN, "POST", f"/organizations/{provider}/split", division),
        Good("authority", Role.SYSTEM_ADMIN, "POST", f"/organizations/{third}/merge", {"predecessors": [recipient], "document": "文"}),
    ]


def _law(town: Town) -> list[Good]:
    year = {"source": "通知", "holidays": {"2031-01-01": "元旦"}, "workdays": {"2031-01-04": "元旦"}}
    act = {"issuer": "市政府", "number": "成办发〔2018〕25号", "title": "延续", "effect": "prolong", "valid_from": "2019-01-01"}
    ground = {"title": "某法", "issuer": "某机关", "article": "第一条", "text": "条文", "kind": "law", "allows": "both", "number": "1"}
    node = {"code": "102977", "name": "新类目", "lead": str(town.cast.organization("provider").pk)}
    officer = town.caller("authority", Role.AUTHORITY)
    old = next(iter(officer.get("/catalog/grounds").json()["rows"]))
    own_duty = next(iter(town.caller("provider", Role.RESOURCE_ADMIN).get("/duties").json()))
    later = {"due_on": own_duty["due_on"].replace("2026", "2028"), "reason": "从宽"}
    acts = (
        ("PUT", "/calendar/2031", year),
        ("PUT", "/calendar/days/2026-12-28", {"is_workday": False, "name": "临时", "source": "通知"}),
        ("POST", "/rule-set/acts", act),
        ("PUT", "/conventions/PC-31", {"value": 4, "reason": "试行"}),
        ("POST", "/catalog/nodes", node),
        ("POST", "/catalog/grounds", ground),
        ("POST", f"/catalog/grounds/{old['id']}/close", {"reason": "已废止"}),
        ("POST", f"/duties/{own_duty['id']}/extend", later),
    )
    return [Good("authority", Role.AUTHORITY, method, path, body) for method, path, body in acts]
