"""What a demand says: the five elements of CD2016-29.1 and what belongs to them, and what is wrong with them. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from govshare.catalog.rules.choices import Mode
from govshare.connectors import Condition, Operator
from govshare.connectors.values import Value
from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Fault
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

if TYPE_CHECKING:
    from govshare.catalog.queries import ListedEntry, ListedItem

FIVE_ELEMENTS = cite("CD2016-29.1")
MODES = cite("CD2016-24")
LONGEST = convention("PC-37")
QUOTA = convention("PC-42")

_LIMITS = {"application": 200, "duty_basis": 1000, "purpose": 2000}  # characters
_MOST_USERS, _USER_LENGTH = 50, 100
_MOST_CONDITIONS, _VALUE_LENGTH = 20, 200
_MOST_CALLS = 100_000_000


class Element(TextChoices):
    """What the resource administrator 「信息资源管理员」 verifies, one by one."""

    APPLICATION = "application", "应用业务"
    USERS = "users", "使用对象"
    ITEMS = "items", "所需信息"
    MODE = "mode", "共享模式"
    ENDS_ON = "ends_on", "截止时间"


CALLED = frozenset({Mode.QUERY, Mode.INTERFACE})  # the modes that are counted in calls per day


@dataclass(frozen=True, slots=True)
class RowCondition:
    """Rows wanted, or rows given: an item of the entry, one of the closed operators, values as text in their ISO forms."""

    item: UUID
    operator: str
    values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"item": str(self.item), "operator": self.operator, "values": list(self.values)}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "RowCondition":
        return cls(UUID(row["item"]), row["operator"], tuple(row["values"]))

    def bound_to(self, item: "ListedItem", column: str) -> Condition:
        """The same condition on the source's column, with values of the item's type; raises ValueError in plain Chinese."""
        if self.operator not in Operator.values:
            raise ValueError(f"没有运算“{self.operator}”，可用：{'、'.join(Operator.values)}")
        values = tuple(read_value(item.type, text) for text in self.values)
        try:
            return Condition(column, Operator(self.operator), values)
        except ValueError:
            raise ValueError(f"“{Operator(self.operator).label}”的取值个数或内容不对") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """A demand's content. ``quota_per_day`` counts calls; None: not stated."""

    application: str = ""
    users: tuple[str, ...] = ()
    items: tuple[UUID, ...] = ()
    mode: str = ""
    ends_on: date | None = None
    duty_basis: str = ""
    purpose: str = ""
    conditions: tuple[RowCondition, ...] = ()
    quota_per_day: int | None = None
    case_number_required: bool = False

    def texts(self) -> dict[str, str]:
        """Everything a person typed, by place, for the secrecy check (CD2016-5.4)."""
        fields = {"application": self.application, "duty_basis": self.duty_basis, "purpose": self.purpose}
        fields |= {f"users[{n}]": user for n, user in enumerate(self.users)}
        return fields | {f"conditions[{n}]": " ".join(row.values) for n, row in enumerate(self.conditions)}


def read_value(item_type: str, text: str) -> Value:
    """``text`` as a value of an item of ``item_type`` (C N Y D T L M G B I F); raises ValueError in plain Chinese."""
    readers: dict[str, Callable[[str], Value]] = {
        "N": _decimal,
        "Y": _decimal,
        "B": _decimal,
        "F": _decimal,
        "I": _integer,
        "D": _day,
        "T": _moment,
        "L": _truth,
    }
    if len(text) > _VALUE_LENGTH or "\0" in text:
        raise ValueError(f"取值最多 {_VALUE_LENGTH} 个字符，且不能含空字符")
    return readers[item_type](text) if item_type in readers else text


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("应为数值，形如 12.5") from None
    if not value.is_finite():
        raise ValueError("应为有限的数值")
    return value


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("应为整数") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("应为日期，形如 2026-12-31") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("应为日期时间，形如 2026-12-31T08:00:00") from None


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("应为 true 或 false")
    return text == "true"


def storage_faults(elements: Elements) -> list[Fault]:
    """What is wrong even with a draft: it cannot be kept."""
    faults = [Fault(name, f"最多 {limit} 个字符") for name, limit in _LIMITS.items() if len(getattr(elements, name)) > limit]
    faults += [Fault(place, "不能含空字符") for place, text in elements.texts().items() if "\0" in text]
    if len(elements.users) > _MOST_USERS or any(len(user) > _USER_LENGTH for user in elements.users):
        faults.append(Fault("users", f"最多 {_MOST_USERS} 个使用对象，每个最多 {_USER_LENGTH} 个字符"))
    if elements.mode and elements.mode not in Mode.values:
        faults.append(Fault("mode", f"共享模式应为：{'、'.join(Mode.values)}"))
    if len(elements.conditions) > _MOST_CONDITIONS:
        faults.append(Fault("conditions", f"最多 {_MOST_CONDITIONS} 个记录条件"))
    if elements.quota_per_day is not None and not 0 < elements.quota_per_day <= _MOST_CALLS:
        faults.append(Fault("quota_per_day", "日调用量应为 1 到一亿之间的整数"))
    return faults


def faults(elements: Elements, listed: "ListedEntry", *, today: date, longest: int) -> list[Fault]:
    """Everything to be corrected before the demand can be submitted; ``longest`` term in days."""
    return [*storage_faults(elements), *_missing(elements), *_item_faults(elements, listed), *_use_faults(elements, listed, today, longest)]


def _missing(elements: Elements) -> Iterator[Fault]:
    wanted = {
        "application": "请写明应用业务：信息用在哪一项业务里",
        "duty_basis": "请写明履职依据：哪部法规、三定规定或职责条款要求使用这些信息",
        "purpose": "请写明用途",
    }
    yield from (Fault(name, message) for name, message in wanted.items() if not getattr(elements, name).strip())
    if not elements.users or not all(user.strip() for user in elements.users):
        yield Fault("users", "请列明使用对象：哪些岗位或系统使用，不能空缺")
    if len(set(elements.users)) < len(elements.users):
        yield Fault("users", "使用对象重复，请删去重复的")


def _item_faults(elements: Elements, listed: "ListedEntry") -> Iterator[Fault]:
    known = {item.id: item for item in listed.items}
    if not elements.items:
        yield Fault("items", "请逐项选择所需信息")
    if len(set(elements.items)) < len(elements.items):
        yield Fault("items", "信息项重复，请删去重复的")
    for n, item in enumerate(elements.items):
        if item not in known:
            yield Fault(f"items[{n}]", f"“{listed.name}”没有这个信息项，请按共享目录的现行版本选择")
    yield from condition_faults(elements.conditions, known)


def condition_faults(conditions: tuple[RowCondition, ...], known: dict[UUID, "ListedItem"]) -> Iterator[Fault]:
    for n, row in enumerate(conditions):
        if row.item not in known:
            yield Fault(f"conditions[{n}]", "记录条件所指的信息项不在共享目录的现行版本中")
            continue
        try:
            row.bound_to(known[row.item], "item")
        except ValueError as error:
            yield Fault(f"conditions[{n}]", f"“{known[row.item].name}”：{error}")


def modes_offered(listed: "ListedEntry") -> frozenset[str]:
    """The published modes; what only the law orders to be given is published in none, so any will do."""
    return listed.modes or frozenset(Mode.values)


def _use_faults(elements: Elements, listed: "ListedEntry", today: date, longest: int) -> Iterator[Fault]:
    if elements.mode not in modes_offered(listed):
        offered = "、".join(mode.label for mode in Mode if mode in modes_offered(listed))
        yield Fault("mode", f"共享目录公布的提供方式为：{offered}，请从中选择")
    if elements.ends_on is None:
        yield Fault("ends_on", "请写明截止时间")
    elif not today < elements.ends_on <= today + timedelta(days=longest):
        yield Fault("ends_on", f"截止时间应在今天之后、{longest} 天之内，到期前可以续期")
    if elements.quota_per_day is not None and elements.mode not in CALLED:
        yield Fault("quota_per_day", "只有信息查询和接口服务按日调用量计")
