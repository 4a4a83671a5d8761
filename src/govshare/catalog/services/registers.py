"""What the authority keeps for all: the category tree (CD2016-8, 16) and the register of legal grounds (CD2016-13.2, 22)."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from govshare.audit import services as audit
from govshare.catalog.models import LegalGround, Node
from govshare.catalog.rules.choices import Allows, GroundKind
from govshare.catalog.rules.shape import storable
from govshare.catalog.services.acts import keep_secrets_out, stated
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Fault, Invalid, NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.regulation.articles import cite

GROUNDS = cite("CD2016-13.2")
TREE = cite("CD2016-16")
_LONGEST = {"title": 200, "issuer": 200, "number": 100, "article": 60, "text": 8000}


@transaction.atomic
def add_ground(
    *, title: str, issuer: str, article: str, text: str, kind: str, allows: str, number: str = "", by: Actor, now: datetime
) -> LegalGround:
    """Enter one article of a law, regulation or rule that a department may rest on."""
    by.need(Role.AUTHORITY, basis=GROUNDS)
    organizations.need_operator(by, basis=GROUNDS)
    values = {"title": title.strip(), "issuer": issuer.strip(), "number": number.strip(), "article": article.strip(), "text": text.strip()}
    keep_secrets_out(values)
    faults = _text_faults(values)
    if kind not in GroundKind.values:
        faults.append(Fault("kind", "请选择法律、法规或规章"))
    if allows not in Allows.values:
        faults.append(Fault("allows", "请选择该依据可用于不予共享、拒绝共享需求，或两者"))
    if faults:
        raise Invalid(f"有 {len(faults)} 处须改正，未登记", basis=GROUNDS, faults=faults)
    if LegalGround.objects.filter(title=values["title"], number=values["number"], article=values["article"]).exists():
        raise WrongState("登记簿中已有这一条", basis=GROUNDS)
    ground = LegalGround.objects.create(**values, kind=kind, allows=allows, added_at=now, added_by=by.id)
    audit.record(action="catalog:ground:add", basis=GROUNDS, by=by, now=now, about=str(ground.pk), detail={"ground": str(ground)})
    return ground


@transaction.atomic
def close_ground(*, ground: UUID, reason: str, by: Actor, now: datetime) -> LegalGround:
    """A ground that is repealed or amended is closed; what rested on it keeps pointing at its text."""
    by.need(Role.AUTHORITY, basis=GROUNDS)
    organizations.need_operator(by, basis=GROUNDS)
    reason = stated(reason, what="停用原因", basis=GROUNDS)
    found = LegalGround.objects.select_for_update().filter(pk=ground, active=True).first()
    if found is None:
        raise NotFound("法律依据登记簿中没有这一条，或它已停用", basis=GROUNDS)
    found.active = False
    found.save(update_fields=["active"])
    audit.record(action="catalog:ground:close", basis=GROUNDS, by=by, now=now, about=str(found.pk), reason=reason)
    return found


@transaction.atomic
def add_node(*, code: str, name: str, lead: UUID | None = None, by: Actor, now: datetime) -> Node:
    """Add a category; its code says below which one: 项 adds two digits, 目 three, 细目 any number."""
    by.need(Role.AUTHORITY, basis=TREE)
    organizations.need_operator(by, basis=TREE)
    name = name.strip()
    keep_secrets_out({"name": name, "code": code})
    if not name or len(name) > 100 or not storable(name):
        raise Invalid("请填写类目名称（100 字以内）", basis=TREE, faults=[Fault("name", "必填，100 字以内")])
    parent = _parent(code, basis=TREE)
    node = Node(code=code, name=name, parent=parent, lead=organizations.get(lead) if lead else None, created_at=now, created_by=by.id)
    try:
        with transaction.atomic():
            node.save(force_insert=True)
    except IntegrityError as error:
        fault = Fault("code", "代码或名称已用；代码为 1 位类、2 位项、3 位目，细目位数不限，均为数字")
        raise Invalid("未增加类目", basis=TREE, faults=[fault]) from error
    audit.record(action="catalog:node:add", basis=TREE, by=by, now=now, about=code, detail={"name": name})
    return node


def _parent(code: str, *, basis: Basis) -> Node:
    digits = code.isascii() and code.isdecimal()
    above = {3: [code[:1]], 6: [code[:3]]}.get(len(code), [code[:length] for length in range(len(code) - 1, 5, -1)])
    found = Node.objects.filter(code__in=above, active=True).order_by("-code").first() if digits and len(code) <= 40 else None
    if found is None:
        fault = Fault("code", "上级类目不存在；代码为 1 位类、2 位项、3 位目，细目位数不限，均为数字")
        raise Invalid("未增加类目", basis=basis, faults=[fault])
    return found


def _text_faults(values: dict[str, str]) -> list[Fault]:
    missing = [Fault(place, "必填") for place, text in values.items() if not text and place != "number"]
    broken = [
        Fault(place, f"最多 {_LONGEST[place]} 个字符，不含无法保存的字符")
        for place, text in values.items()
        if len(text) > _LONGEST[place] or not storable(text)
    ]
    return missing + broken
