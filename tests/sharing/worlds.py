"""Values the pure tests share: an entry as the sharing catalog lists it, a grant, a demand's elements."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from govshare.catalog.queries import ListedEntry, ListedItem, ListedRoute
from govshare.sharing.rules import Elements, GrantFacts
from govshare.sharing.rules.grants import GrantedItem

PROVIDER, RECIPIENT, OTHER = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
CODE, NAME, OWNER_ID, CAPITAL, OPENED = (UUID(int=n) for n in range(11, 16))
TODAY = date(2026, 11, 23)


def item(number: UUID, name: str, column: str, kind: str = "C", *, sensitivity: str = "ordinary", key: bool = False) -> ListedItem:
    length = {"C": 18}.get(kind)
    return ListedItem(
        id=number,
        name=name,
        type=kind,
        length=length,
        sensitivity=sensitivity,
        column=column,
        field=column.removeprefix("src_"),
        is_key=key,
    )


ITEMS = (
    item(CODE, "统一社会信用代码", "src_uscc", key=True),
    item(NAME, "企业名称", "src_name"),
    item(OWNER_ID, "法定代表人证件号", "src_owner_id", sensitivity="personal"),
    item(CAPITAL, "注册资本", "src_capital", "N"),
    item(OPENED, "成立日期", "src_opened", "D"),
)

ENTRY = ListedEntry(
    id=UUID(int=1),
    code="306001/000127",
    name="法人单位基本信息",
    organization=PROVIDER,
    share_type="conditional",
    terms="证件号码只提供前六位；仅限本市登记的法人。",
    update_limit="每日 08:00 前",
    for_all=True,
    scope=frozenset(),
    statutory=frozenset(),
    modes=frozenset({"table", "query"}),
    revision=3,
    items=ITEMS,
    route=ListedRoute(front_database=UUID(int=7), schema="share", table="legal_entity", key=("src_uscc",), works=True),
)

ELEMENTS = Elements(
    application="企业开办联办",
    users=("窗口受理岗", "审批岗"),
    items=(CODE, NAME, OWNER_ID),
    mode="table",
    ends_on=date(2027, 12, 31),
    duty_basis="三定规定第四条",
    purpose="核验申请企业的登记信息",
)


def granted(number: UUID, use: str = "plain", **extra: object) -> GrantedItem:
    listed = next(each for each in ITEMS if each.id == number)
    value = GrantedItem(
        item=number,
        name=listed.name,
        use=use,
        type=listed.type,
        length=listed.length,
        sensitivity=listed.sensitivity,
        column=listed.column,
    )
    return replace(value, **extra)


GRANT = GrantFacts(
    id=UUID(int=99),
    number="SQS-20261123-0001",
    entry=ENTRY.id,
    entry_code=ENTRY.code,
    provider=PROVIDER,
    recipient=RECIPIENT,
    granted_to=RECIPIENT,
    way="agreed",
    within_scope=True,
    mode="table",
    purpose="核验申请企业的登记信息",
    users=("窗口受理岗",),
    case_number_required=False,
    quota_per_day=None,
    starts_on=TODAY,
    ends_on=date(2027, 12, 31),
    status="active",
    rule_set="CD2016/2016-05-26/1",
    items=(granted(CODE), granted(OWNER_ID, "mask", head=6)),
    conditions=(),
)
