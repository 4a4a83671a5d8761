"""``AccessPlan``: a grant compiled into what may leave the source, and nothing else (CD2016-24, 31, 34). Pure."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from govshare.connectors import Column, Selection, Treatment
from govshare.kernel.errors import Unavailable, WrongState
from govshare.regulation.articles import cite
from govshare.sharing.rules.grants import DUTY_ONLY, FOLLOWS_CATALOG, GrantFacts, GrantStatus, Obstacles, Use, obstacles

if TYPE_CHECKING:
    from govshare.catalog.queries import ListedEntry, ListedRoute

NO_INTERFACE = cite("CD2016-19")
_HASH_LABEL = b"govshare/grant-hash-key/1:"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPlan:
    """All that query, transfer, interface and custom processing are told. Organization ids as text.

    ``epoch`` is the state of the world it was compiled in; plans that differ in nothing else are equal.
    """

    grant: UUID
    grant_number: str
    entry: UUID
    entry_code: str
    entry_revision: int
    provider: str
    recipient: str
    purpose: str
    users: tuple[str, ...]
    mode: str
    ends_on: date
    rule_set: str
    front_database: UUID
    selection: Selection
    hash_key: bytes = field(repr=False)
    quota_per_day: int | None = None
    case_number_required: bool = False
    epoch: int = field(default=0, compare=False)


def grant_hash_key(master: bytes, grant: UUID) -> bytes:
    """The key of this grant's keyed hashes: derived, never stored, of no use with any other grant."""
    return hmac.new(master, _HASH_LABEL + grant.bytes, hashlib.sha256).digest()


def check_running(grant: GrantFacts, today: date) -> None:
    """Raise unless the grant is running on ``today``."""
    if grant.status != GrantStatus.ACTIVE:
        raise WrongState(f"授权 {grant.number} {GrantStatus(grant.status).label}，不再取数；仍需使用的，请重新申请", basis=DUTY_ONLY)
    if today < grant.starts_on:
        raise WrongState(f"授权 {grant.number} 自 {grant.starts_on.isoformat()} 起生效", basis=DUTY_ONLY)
    if today > grant.ends_on:
        raise WrongState(f"授权 {grant.number} 已于 {grant.ends_on.isoformat()} 到期；仍需使用的，请重新申请", basis=DUTY_ONLY)


def compile_plan(grant: GrantFacts, listed: "ListedEntry", *, hash_key: bytes, today: date, epoch: int) -> AccessPlan:
    """The plan that ``grant`` gives today on the entry as listed now, or the reason why it gives none."""
    check_running(grant, today)
    held = held_up(grant, obstacles(grant, listed))
    if held:
        raise WrongState(held, basis=FOLLOWS_CATALOG)
    if listed.route is None:
        raise Unavailable(f"“{listed.name}”接口未提供，提供部门提供访问接口后即可取数", basis=NO_INTERFACE)
    return AccessPlan(
        grant=grant.id,
        grant_number=grant.number,
        entry=grant.entry,
        entry_code=grant.entry_code,
        entry_revision=listed.revision,
        provider=grant.provider,
        recipient=grant.recipient,
        purpose=grant.purpose,
        users=grant.users,
        mode=grant.mode,
        ends_on=grant.ends_on,
        rule_set=grant.rule_set,
        front_database=listed.route.front_database,
        selection=_selection(grant, listed, listed.route),
        hash_key=hash_key,
        quota_per_day=grant.quota_per_day,
        case_number_required=grant.case_number_required,
        epoch=epoch,
    )


def held_up(grant: GrantFacts, found: Obstacles) -> str:
    """What both sides are told of a grant that a change of the entry holds up; empty when nothing does."""
    if found.regrant:
        return f"授权 {grant.number} 暂停取数：{'；'.join(found.regrant)}。请重新申请"
    return f"授权 {grant.number} 暂停取数：{'；'.join(found.rebind)}。请提供部门确认后恢复" if found.rebind else ""


def _selection(grant: GrantFacts, listed: "ListedEntry", route: "ListedRoute") -> Selection:
    items = {item.id: item for item in listed.items}
    columns = tuple(
        Column(
            source=items[each.item].column,
            target=items[each.item].field,
            type=each.type,
            treatment=Treatment(each.use),
            head=each.head,
            tail=each.tail,
        )
        for each in grant.items
        if each.use != Use.CONDITION
    )
    conditions = tuple(row.bound_to(items[row.item], items[row.item].column) for row in grant.conditions)
    try:
        return Selection(route.schema, route.table, columns, conditions, route.key)
    except ValueError:  # e.g. two items bound to one column
        raise Unavailable(f"“{listed.name}”的接口绑定有误，请提供部门核对各信息项对应的列", basis=NO_INTERFACE) from None
