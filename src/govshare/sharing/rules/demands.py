"""Demands 「共享需求」: who may do what, when (CD2016-22, 25, 29.1). Pure: no database, no clock."""

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Basis
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move, Workflow
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

DEMAND = cite("CD2016-22")
AT_ONCE = cite("CD2016-25.1")
AGREED = cite("CD2016-25.2")
OWN_CHECK = cite("CD2016-29.1")
TWO_PERSONS = convention("PC-30")
CHECK_DAYS = convention("PC-31")
AUTOMATIC = convention("PC-32")
ACCEPT_DAYS = convention("PC-33")
DECIDE_DAYS = convention("PC-34")
SILENCE = convention("PC-35")
COMPLETION = convention("PC-36")
DELISTED = convention("PC-46")
AMENDMENT = convention("PC-48")
UNDO = convention("PC-80")


class DemandStatus(TextChoices):
    DRAFT = "draft", "草稿"
    CHECKING = "checking", "本部门把关中"
    RETURNED = "returned", "本部门退回补正"
    DECLINED = "declined", "本部门不予提出"
    ACCEPTING = "accepting", "待主管部门受理"
    ACCEPTING_INCOMPLETE = "accepting_incomplete", "受理前补正中"
    DECIDING = "deciding", "待提供部门答复"
    DECIDING_INCOMPLETE = "deciding_incomplete", "答复前补正中"
    PRESSED = "pressed", "逾期督办中"
    GRANTED = "granted", "已授权"
    REFUSED = "refused", "不予提供"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已终止"


class Side(TextChoices):
    """Whose person acts; the workflow names the role, this the department."""

    RECIPIENT = "recipient", "需求部门"
    PROVIDER = "provider", "提供部门"
    AUTHORITY = "authority", "信息化主管部门"
    PLATFORM = "platform", "共享平台"


class Kind(TextChoices):
    NEW = "new", "新申请"
    RENEWAL = "renewal", "续期"
    CHANGE = "change", "变更授权"


S = DemandStatus
DRAFTERS = frozenset({Role.REGISTRAR, Role.RESOURCE_ADMIN})
CHECKERS = frozenset({Role.RESOURCE_ADMIN, Role.LEADER})  # the leader only when PC-30 calls for it
DECIDERS = frozenset({Role.RESOURCE_ADMIN, Role.LEADER})
AUTHORITY = frozenset({Role.AUTHORITY})
PLATFORM = frozenset({Role.PLATFORM})

EDITABLE = frozenset({S.DRAFT, S.RETURNED})
WITH_PROVIDER = frozenset({S.DECIDING, S.PRESSED})
PAST_CHECK = frozenset({S.ACCEPTING, S.ACCEPTING_INCOMPLETE, S.DECIDING, S.DECIDING_INCOMPLETE, S.PRESSED})
OPEN = EDITABLE | {S.CHECKING} | PAST_CHECK
FINAL = frozenset(S) - OPEN
INSIDE = EDITABLE | {S.CHECKING, S.DECLINED}  # nobody outside the demanding department sees these


Who = tuple[Side, frozenset[Role]]
_DRAFTER: Who = (Side.RECIPIENT, DRAFTERS)
_CHECKER: Who = (Side.RECIPIENT, CHECKERS)
_PROVIDER: Who = (Side.PROVIDER, DECIDERS)
_AUTHORITY: Who = (Side.AUTHORITY, AUTHORITY)
_AUTHORITY_OR_PLATFORM: Who = (Side.AUTHORITY, AUTHORITY | PLATFORM)
_PLATFORM: Who = (Side.PLATFORM, PLATFORM)

_Row = tuple[str, str, set[DemandStatus] | frozenset[DemandStatus], DemandStatus, Who, Basis]
_ROWS: tuple[_Row, ...] = (
    ("edit", "修改草稿", EDITABLE, S.DRAFT, _DRAFTER, DEMAND),
    ("submit", "提交本部门把关", EDITABLE, S.CHECKING, _DRAFTER, DEMAND),
    ("undo", "收回刚提交的", {S.CHECKING}, S.DRAFT, _DRAFTER, UNDO),
    ("return_inside", "退回补正", {S.CHECKING}, S.RETURNED, _CHECKER, OWN_CHECK),
    ("decline_inside", "不予提出", {S.CHECKING}, S.DECLINED, _CHECKER, OWN_CHECK),
    ("grant_at_once", "把关通过并取得授权", {S.CHECKING}, S.GRANTED, _CHECKER, AT_ONCE),
    ("forward", "把关通过并提出", {S.CHECKING}, S.ACCEPTING, _CHECKER, OWN_CHECK),
    ("accept", "受理", {S.ACCEPTING}, S.DECIDING, _AUTHORITY_OR_PLATFORM, DEMAND),
    ("ask_before_accepting", "受理前要求补正", {S.ACCEPTING}, S.ACCEPTING_INCOMPLETE, _AUTHORITY, COMPLETION),
    ("complete_for_acceptance", "提交补正", {S.ACCEPTING_INCOMPLETE}, S.ACCEPTING, _DRAFTER, COMPLETION),
    ("refuse_acceptance", "不予受理", {S.ACCEPTING}, S.REFUSED, _AUTHORITY, DEMAND),
    ("ask_before_deciding", "答复前要求补正", {S.DECIDING}, S.DECIDING_INCOMPLETE, _PROVIDER, COMPLETION),
    ("ask_when_pressed", "督办中要求补正", {S.PRESSED}, S.DECIDING_INCOMPLETE, _AUTHORITY, SILENCE),
    ("complete_for_decision", "提交补正", {S.DECIDING_INCOMPLETE}, S.DECIDING, _DRAFTER, COMPLETION),
    ("grant", "同意提供", WITH_PROVIDER, S.GRANTED, _PROVIDER, AGREED),
    ("refuse", "不予提供", WITH_PROVIDER, S.REFUSED, _PROVIDER, DEMAND),
    ("escalate", "逾期转督办", {S.DECIDING}, S.PRESSED, _PLATFORM, SILENCE),
    ("press", "发出督办意见", {S.PRESSED}, S.PRESSED, _AUTHORITY, SILENCE),
    ("amend", "修改后重新把关", PAST_CHECK, S.CHECKING, _DRAFTER, AMENDMENT),
    ("withdraw", "撤回", OPEN, S.WITHDRAWN, _DRAFTER, DEMAND),
    ("lapse", "因资源移出而终止", {S.CHECKING, S.RETURNED} | PAST_CHECK, S.LAPSED, _PLATFORM, DELISTED),
)


def _move(row: _Row) -> Move:
    verb, label, source, target, (_side, actors), basis = row
    action = f"sharing:demand:{verb.replace('_', '-')}"
    return Move(verb=verb, label=label, source=frozenset(source), target=target, actors=actors, basis=basis, action=action)


WORKFLOW = Workflow("demand", dict(DemandStatus.choices), *map(_move, _ROWS))
SIDES: dict[str, Side] = {row[0]: row[4][0] for row in _ROWS}

#: Whose turn it is in each open status.
OWNERS: dict[DemandStatus, Side] = {
    S.DRAFT: Side.RECIPIENT,
    S.RETURNED: Side.RECIPIENT,
    S.CHECKING: Side.RECIPIENT,
    S.ACCEPTING: Side.AUTHORITY,
    S.ACCEPTING_INCOMPLETE: Side.RECIPIENT,
    S.DECIDING: Side.PROVIDER,
    S.DECIDING_INCOMPLETE: Side.RECIPIENT,
    S.PRESSED: Side.AUTHORITY,
}


class Duty(TextChoices):
    """Clocks of a demand, as ``duties`` knows them; ``about`` is the demand's number."""

    CHECK = "sharing:demand:check", "本部门把关"
    ACCEPT = "sharing:demand:accept", "受理共享需求"
    DECIDE = "sharing:demand:decide", "答复共享需求"
    COMPLETE = "sharing:demand:complete", "补正共享需求"
    PRESS = "sharing:demand:press", "督办逾期未答复的共享需求"
