"""Grants 「授权」: what stands, how it ends, which changes of the entry it outlives (CD2016-17, 25, 31). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from govshare.catalog.rules.choices import Mode
from govshare.connectors import Treatment
from govshare.kernel.choices import TextChoices
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.sharing.rules.access import Way
from govshare.sharing.rules.elements import RowCondition, modes_offered

if TYPE_CHECKING:
    from govshare.catalog.queries import ListedEntry, ListedItem

DUTY_ONLY = cite("CD2016-31")
STRICT = cite("CD2016-34")
FOLLOWS_CATALOG = convention("PC-44")
EARLY_END = convention("PC-47")
REMINDER = convention("PC-38")


class GrantStatus(TextChoices):
    ACTIVE = "active", "有效"
    ENDED = "ended", "已终止"
    SUPERSEDED = "superseded", "已被变更后的授权取代"


class EndReason(TextChoices):
    EXPIRED = "expired", "到期"
    RECIPIENT = "recipient", "使用部门不再需要"
    GROUND = "ground", "提供部门依法定依据终止"
    BREACH = "breach", "使用部门违反授权条款"
    AUTHORITY = "authority", "信息化主管部门终止"


class Breach(TextChoices):
    """What the grant's terms name as reasons for which the provider may end it (PC-47)."""

    PURPOSE = "purpose", "超出用途使用"
    USERS = "users", "超出使用对象使用"
    SPREAD = "spread", "未经许可扩散或转让"
    LEAK = "leak", "发生泄露"


class Use(TextChoices):
    """What a grant does with an item."""

    PLAIN = Treatment.PLAIN.value, "明文"
    MASK = Treatment.MASK.value, "掩码"
    KEYED_HASH = Treatment.KEYED_HASH.value, "摘要"
    QUERY_KEY = Treatment.QUERY_KEY.value, "仅查询键"
    CONDITION = "condition", "仅作记录条件"


class NoticeKind(TextChoices):
    """What the platform tells a department about a demand or grant."""

    EXPIRING = "expiring", "授权将到期"
    ENDED = "ended", "授权已终止"
    CHANGED = "changed", "资源变更，授权暂停取数"
    OVERDUE = "overdue", "需求逾期未答复"
    PRESSED = "pressed", "主管部门督办"
    LAPSED = "lapsed", "需求因资源移出而终止"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedItem:
    """One item as it was when granted. ``column`` is the source's; empty while the entry had no access route."""

    item: UUID
    name: str
    use: str
    type: str
    length: int | None
    sensitivity: str
    column: str
    head: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFacts:
    """A grant as plain values; both dates are inclusive.

    ``provider`` and ``recipient`` are ids, as text, of the organizations that answer for it now; ``granted_to`` of the one it was
    given to, which scope and statute may still name after a merger.
    """

    id: UUID
    number: str
    entry: UUID
    entry_code: str
    provider: str
    recipient: str
    granted_to: str
    way: str
    within_scope: bool
    mode: str
    purpose: str
    users: tuple[str, ...]
    case_number_required: bool
    quota_per_day: int | None
    starts_on: date
    ends_on: date
    status: str
    rule_set: str
    items: tuple[GrantedItem, ...]
    conditions: tuple[RowCondition, ...]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Why the entry as listed now no longer carries the grant: some changes need a new demand, others the provider's word."""

    regrant: tuple[str, ...] = ()
    rebind: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.regrant or self.rebind)


def obstacles(grant: GrantFacts, listed: "ListedEntry") -> Obstacles:
    """What stands between the grant and the entry's present revision; empty when the grant holds."""
    present = {item.id: item for item in listed.items}
    gone = [f"信息项“{each.name}”已不在共享目录中" for each in grant.items if each.item not in present]
    kept = [(each, present[each.item]) for each in grant.items if each.item in present]
    return Obstacles(
        regrant=(*_class_obstacles(grant, listed), *gone, *_dead_conditions(grant, present)),
        rebind=tuple(f"信息项“{each.name}”的{what}已变更" for each, now in kept for what in _differences(each, now)),
    )


def _class_obstacles(grant: GrantFacts, listed: "ListedEntry") -> list[str]:
    found, heirs = [], (grant.recipient, grant.granted_to)
    if listed.organization != grant.provider:
        found.append("提供单位已变更")
    if grant.mode not in modes_offered(listed):
        found.append(f"共享目录不再以{Mode(grant.mode).label}方式提供")
    if grant.way == Way.STATUTORY:
        return [*found, *([] if listed.statutory.intersection(heirs) else ["法律不再指明向使用部门提供"])]
    if listed.share_type == "none":
        found.append("资源已改为不予共享类")
    elif grant.way == Way.AT_ONCE and listed.share_type != "unconditional":
        found.append("资源已由无条件共享改为条件共享")
    elif grant.within_scope and not any(map(listed.in_scope, heirs)):
        found.append("使用部门已不在共享范围之内")
    return found


def _dead_conditions(grant: GrantFacts, present: Mapping[UUID, "ListedItem"]) -> Iterator[str]:
    for row in grant.conditions:
        try:
            if row.item in present:
                row.bound_to(present[row.item], present[row.item].column)
        except ValueError:
            yield f"对“{present[row.item].name}”的记录条件不再适用"


def _differences(granted: GrantedItem, now: "ListedItem") -> list[str]:
    pairs = {
        "数据类型": (granted.type, now.type),
        "数据长度": (granted.length, now.length),
        "敏感程度": (granted.sensitivity, now.sensitivity),
        "来源字段": (granted.column or now.column, now.column),
    }
    return [label for label, (before, after) in pairs.items() if before != after]


def terms_text(grant: GrantFacts, *, recipient: str, provider: str, entry: str, published: str, transitional: bool) -> str:
    """The grant's terms 「授权条款」 in words, names of both departments given; the last clauses are those of CD2016-31."""
    clauses = [
        f"{provider}按本授权向{recipient}提供“{entry}”（代码 {grant.entry_code}），以{Mode(grant.mode).label}方式共享。",
        f"信息项：{'；'.join(_item_words(item) for item in grant.items)}。",
        f"用途：{grant.purpose}",
        f"使用对象：{'、'.join(grant.users)}。",
        f"自 {grant.starts_on.isoformat()} 起至 {grant.ends_on.isoformat()} 止。",
    ]
    clauses += [f"每日调用不超过 {grant.quota_per_day} 次。"] if grant.quota_per_day else []
    clauses += ["每次使用须填写办件编号。"] if grant.case_number_required else []
    clauses += [f"公布的共享条件：{published}"] if published else []
    clauses += ["本授权跨层级直接取用，属过渡安排，两级平台联通后改经两级平台。"] if transitional else []
    clauses += [
        f"{recipient}所获取的共享信息只能用于履行职责需要，不得用于其他目的，并对共享信息的滥用、非授权使用、泄露及未经许可扩散等行为负责；"
        "未经提供部门许可不得向第三方提供。",
        f"有下列情形之一的，提供部门可以终止授权：{'、'.join(breach.label for breach in Breach)}。",
        "信息提供政府部门不对信息在其他政府部门使用的安全问题负责。",
    ]
    return "\n".join(f"{number}. {clause}" for number, clause in enumerate(clauses, start=1))


def _item_words(item: GrantedItem) -> str:
    if item.use == Use.MASK:
        return f"{item.name}（掩码，保留前 {item.head} 位、后 {item.tail} 位）"
    return item.name if item.use == Use.PLAIN else f"{item.name}（{Use(item.use).label}）"


def condition_items(conditions: Sequence[RowCondition], granted: set[UUID]) -> list[UUID]:
    """Items that only row conditions look at, in order, each once."""
    return list(dict.fromkeys(row.item for row in conditions if row.item not in granted))
