"""The four modes of sharing 「共享服务模式」 of CD2016-24 at one resource, and the way to its data step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from govshare.catalog.rules.choices import Mode
from govshare.exchange import queries as exchange
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import RunStatus, TransferStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.portal.commands import Call, Snippet, commands
from govshare.portal.finding import words
from govshare.portal.finding.head import Head
from govshare.portal.finding.standing import Own
from govshare.sharing.models import Grant
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase

ICONS = {Mode.QUERY: "zoom-question", Mode.TABLE: "arrows-exchange", Mode.INTERFACE: "api", Mode.CUSTOM: "adjustments-horizontal"}
ASKED = 3  # items in the example of a demand


@dataclass(frozen=True, slots=True)
class ModeCard:
    """``on``: published for this resource."""

    label: str
    icon: str
    said: str
    on: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One step to the data: ``state`` dn, now or empty; ``address`` where it is done."""

    state: str
    title: str
    said: str
    address: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What stands ready on the visitor's side."""

    grant: Grant | None
    receiving: FrontDatabase | None
    transfer: Transfer | None
    run: Run | None


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    said: str
    snippets: tuple[Snippet, ...]


def ways(seen: Head) -> list[ModeCard]:
    said = {
        Mode.QUERY: _("按查询键逐条核验"),
        Mode.TABLE: _("整表送达本部门前置库"),
        Mode.INTERFACE: _("业务系统按授权调用"),
        Mode.CUSTOM: _("按约定加工后提供"),
    }
    return [
        ModeCard(
            words.label("modes", mode),
            ICONS[mode],
            said[mode] if mode in seen.content.modes else _("未公布此方式"),
            mode in seen.content.modes,
        )
        for mode in Mode
    ]


def ground(own: Own | None, *, by: Actor) -> Ground:
    """What the visitor's department has for this resource: its grant, a receiving front-end database, the transfer and its latest run."""
    grant = own.grant if own else None
    receiving = next(iter(sources.of_organization(UUID(by.organization), purpose="receive")), None) if grant else None
    mine = exchange.visible(by).filter(grant_id=grant.pk, status=TransferStatus.ACTIVE) if grant else None
    transfer = mine.order_by("-ordered_at").first() if mine is not None else None
    run = transfer.runs.order_by("-number").first() if transfer else None
    return Ground(grant=grant, receiving=receiving, transfer=transfer, run=run)


def stages(seen: Head, own: Own | None, have: Ground) -> list[Stage]:
    """申请 → 前置库 → 传输 → 回执, with where one stands."""
    rows = [_granted(seen, own, have), _receiving(have), _ordered(have), _delivered(have)]
    at = next((n for n, (reached, _stage) in enumerate(rows) if not reached), len(rows))
    return [replace(stage, state="dn" if n < at else "now" if n == at else "") for n, (_reached, stage) in enumerate(rows)]


Reached = tuple[bool, Stage]


def _granted(seen: Head, own: Own | None, have: Ground) -> Reached:
    demand = own.demand if own else None
    address = _to("demand", demand) if demand else _to("demand-new", seen.view)
    return bool(have.grant), Stage("", _("取得授权"), _authorized(demand, have.grant), address, _("申请使用"))


def _receiving(have: Ground) -> Reached:
    said = have.receiving.name if have.receiving else _("本部门用来接收数据的前置交换数据库，登记后先测试")
    address = _to("source", have.receiving) if have.receiving else _to("source-new")
    return bool(have.receiving), Stage("", _("登记接收用的前置库"), said, address, _("登记前置库"))


def _ordered(have: Ground) -> Reached:
    if have.transfer:
        return True, Stage("", _("登记传输"), f"{have.transfer.number} → {have.transfer.table}", _to("transfer", have.transfer))
    address = _to("grant-first", have.grant) if have.grant else ""
    return False, Stage("", _("登记传输"), _("选定授权、前置库和目标表，可先看将送来的字段"), address, _("首次取数引导"))


def _delivered(have: Ground) -> Reached:
    said = _said_of(have.run) if have.run else _("送达后双方各得同一回执，行数与摘要可核对")
    address = _to("transfer", have.transfer) if have.transfer else ""
    return bool(have.run and have.run.status == RunStatus.DELIVERED), Stage("", _("传输并核对回执"), said, address, _("交换任务"))


def examples(request: HttpRequest, seen: Head, have: Ground) -> list[Example]:
    """Commands for what can be done next, with the numbers as they are."""
    found = []
    if have.run:
        calls = [Call("GET", f"/runs/{have.run.pk}", note=_("进度：行数、速度、剩余时间"))]
        if have.run.finish_receipt:
            calls.append(Call("GET", f"/evidence/receipts/{have.run.finish_receipt}", note=_("送达回执")))
        found.append(Example(_("看进度、取回执"), have.transfer.number if have.transfer else "", commands(request, *calls)))
    if have.transfer:
        calls = [Call("POST", f"/transfers/{have.transfer.pk}/runs", note=_("开始一次传输"))]
        found.append(Example(_("再传一次"), have.transfer.number, commands(request, *calls)))
    elif have.grant:
        body = {"grant": str(have.grant.pk), "target": str(have.receiving.pk) if have.receiving else _("前置库编号"), "table": _table(seen)}
        found.append(
            Example(
                _("登记传输"), have.grant.number, commands(request, Call("POST", "/transfers", body, note=_("送到本部门前置库的哪张表")))
            )
        )
    elif seen.why_not is None:
        found.append(Example(_("由业务系统提出申请"), seen.view.code, commands(request, *_asking(seen))))
    return found


def _asking(seen: Head) -> Sequence[Call]:
    body = {
        "entry": str(seen.view.id),
        "application": _("应用业务"),
        "users": [_("使用对象")],
        "items": [str(item.id) for item in seen.items[:ASKED]],
        "mode": next((mode.value for mode in Mode if mode in seen.content.modes), Mode.TABLE.value),
        "ends_on": _in_a_year().isoformat(),
        "duty_basis": _("履职依据"),
        "purpose": _("用途"),
    }
    return (
        Call("GET", f"/entries/{seen.view.id}", note=_("信息项和它们的编号")),
        Call("POST", "/demands", body, note=_("起草申请：五要素和履职依据")),
    )


def _in_a_year() -> date:
    return local_date(utc_now()) + timedelta(days=365)


def _authorized(demand: object, grant: Grant | None) -> str:
    if grant:
        return _("%(number)s，有效至 %(day)s") % {"number": grant.number, "day": grant.ends_on}
    if demand is not None:
        return f"{demand.number} · {_(demand.get_status_display())}"  # type: ignore[attr-defined]
    return _("写明应用业务、使用对象、所需信息、共享模式和截止时间")


def _said_of(run: Run) -> str:
    return _("第 %(n)s 次：%(status)s，%(rows)s 行") % {
        "n": run.number,
        "status": _(run.get_status_display()),
        "rows": f"{run.rows_done:,}",
    }


def _table(seen: Head) -> str:
    return f"t_{seen.view.code.replace('/', '_')}"


def _to(name: str, of: object = None) -> str:
    """The address of a page; empty while there is no such page."""
    key = getattr(of, "pk", None) or getattr(of, "id", None)
    try:
        return reverse(name, args=[key] if key else [])
    except NoReverseMatch:
        return ""
