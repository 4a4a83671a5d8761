"""政务信息资源共享审批表: a demand with its five elements, the own check, acceptance, and the answer item by item (CD2016-22, 29.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from govshare.catalog.rules.choices import Mode
from govshare.kernel.actor import Actor
from govshare.kernel.errors import WrongState
from govshare.papers.rules.forms import Form, Line, Opinion, Table
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents.prepared import EMPTY, Prepared, condition_words, day, listing, shown, signed, yes
from govshare.sharing import queries
from govshare.sharing.models import Demand, DemandItem, Event
from govshare.sharing.queries import parties
from govshare.sharing.queries.demands import DemandDetail
from govshare.sharing.rules import Kind, Side, Verdict
from govshare.sharing.rules.access import Way
from govshare.sharing.rules.demands import OWN_CHECK, WORKFLOW, DemandStatus
from govshare.sharing.rules.elements import RowCondition

#: Whose words stand in which box: the acts, the last of which counts.
_BOXES: Mapping[str, Sequence[str]] = {
    "需求部门信息资源管理员把关意见（第二十九条第一款）": ("forward", "grant_at_once"),
    "信息化主管部门受理意见（第二十二条）": ("accept", "ask_before_accepting", "refuse_acceptance"),
    "提供部门答复意见（第二十二条、第二十五条）": ("grant", "refuse", "ask_before_deciding"),
}


def demand_form(matter: UUID, *, by: Actor, now: datetime) -> Prepared:
    """The demand as it stands, once it has passed the own check; what went on inside the department before is not in it."""
    detail = queries.demands.detail(matter, by=by, now=now)
    demand = detail.demand
    if demand.raised_at is None:
        raise WrongState("本部门把关通过并提出之后才能出具审批表", basis=OWN_CHECK)
    items = list(demand.items.select_related("ground"))
    sides = tuple(parties.side(demand, each) for each in (Side.RECIPIENT, Side.PROVIDER, Side.AUTHORITY))
    form = Form(
        heading=PaperKind.DEMAND.label,
        subject=f"{demand.entry_name}（{demand.number}）",
        lines=_lines(demand, items),
        tables=(_items(items),),
        opinions=_opinions(detail),
        notes=_notes(detail),
        seals=tuple(f"{each.name}（盖章）" for each in (demand.recipient, demand.authority, demand.provider)),
    )
    return Prepared(kind=PaperKind.DEMAND, about=str(demand.pk), form=form, parties=sides, resource=demand.entry_code)


def _lines(demand: Demand, items: list[DemandItem]) -> tuple[Line, ...]:
    names = {str(item.item): item.name for item in items}
    conditions = [condition_words(RowCondition.from_json(row), names) for row in demand.conditions]
    pairs = {
        "需求编号": demand.number,
        "申请类别": Kind(demand.kind).label,
        "需求部门": demand.recipient.name,
        "提供部门": demand.provider.name,
        "信息资源": f"{demand.entry_name}（{demand.entry_code}，第 {demand.revision} 版）",
        "公布的共享条件": shown(demand.published_terms),
        "应用业务": shown(demand.application),
        "使用对象": listing(demand.users),
        "所需信息": f"{len(items)} 项，见下表" + (f"；记录范围：{'；'.join(conditions)}" if conditions else ""),
        "共享模式": Mode(demand.mode).label if demand.mode else EMPTY,
        "截止时间": day(demand.ends_on),
        "履职依据": shown(demand.duty_basis),
        "用途": shown(demand.purpose),
        "预计日调用量": f"{demand.quota_per_day} 次" if demand.quota_per_day else EMPTY,
        "每次使用填写办件编号": yes(demand.case_number_required),
        "办理方式": (Way(demand.way).label if demand.way else EMPTY) + ("（过渡）" if demand.transitional else ""),
        "办理状态": DemandStatus(demand.status).label + ("（逾期答复）" if demand.decided_late else ""),
    }
    return tuple(Line(label, text) for label, text in pairs.items())


def _items(items: list[DemandItem]) -> Table:
    rows = tuple((str(place), item.name, _verdict(item), _because(item)) for place, item in enumerate(items, start=1))
    return Table("所需信息逐项答复", ("序号", "信息项", "答复", "少于所求的依据"), rows)


def _verdict(item: DemandItem) -> str:
    if not item.verdict:
        return "待答复"
    words = Verdict(item.verdict).label
    return f"{words}（保留前 {item.head} 位、后 {item.tail} 位）" if item.verdict == Verdict.MASK else words


def _because(item: DemandItem) -> str:
    return str(item.ground) if item.ground else (f"共享条件：“{item.quote}”" if item.quote else EMPTY)


def _opinions(detail: DemandDetail) -> tuple[Opinion, ...]:
    """Only of acts that every party sees."""
    told = [event for event in detail.events if not event.inside]
    return tuple(_opinion(label, _of(told, verbs), detail.demand) for label, verbs in _BOXES.items() if _belongs(verbs, detail.demand))


def _belongs(verbs: Sequence[str], demand: Demand) -> bool:
    """What is taken at once passes neither authority nor provider (CD2016-25.1)."""
    return "forward" in verbs or demand.way == Way.AGREED


def _of(events: list[Event], verbs: Sequence[str]) -> list[Event]:
    actions = {WORKFLOW[verb].action for verb in verbs}
    return [event for event in events if event.action in actions]


def _opinion(label: str, events: list[Event], demand: Demand) -> Opinion:
    if not events:
        return Opinion(label)
    last = events[-1]
    ground = f" 依据：{demand.refusal_ground}。" if demand.refusal_ground and last.status == DemandStatus.REFUSED else ""
    text = f"{last.label}。{ground}{last.note}".strip()
    return Opinion(label, text, signed(last.taken_by_name, last.organization_name, last.taken_at))


def _notes(detail: DemandDetail) -> tuple[str, ...]:
    receipts = [event.receipt for event in detail.events if not event.inside]
    grant = (f"据此形成的授权：{detail.grant.number}",) if detail.grant else ()
    return (
        "所获取的共享信息只能用于履行职责需要（第三十一条）；非因法定事由不得拒绝共享需求（第二十二条）。",
        *grant,
        f"存证回执：{listing(receipts)}",
    )
