"""From a grant to the first data in hand: each step with its state right now, and commands with the real numbers (CD2016-24)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog.rules.choices import Mode
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import OPEN, RunStatus, TransferStatus
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Refused
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate, System
from govshare.portal.commands import Call, Snippet, commands
from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing.demands import READERS
from govshare.portal.sharing.grants import planned, side_of
from govshare.portal.templatetags.gx import term
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Grant
from govshare.sharing.queries import parties
from govshare.sources import queries as sources
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose

MODES = cite("CD2016-24")


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: done, now (this is what to do next), or empty."""

    title: str
    text: str
    state: str = ""
    button: str = ""
    address: str = ""
    receipt: str = ""
    why: Refused | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is there already for the first fetch under a grant."""

    grant: Grant
    fronts: list[FrontDatabase]
    transfer: Transfer | None
    run: Run | None
    systems: int
    certificates: int

    @property
    def front(self) -> FrontDatabase | None:
        """The one to receive with: tested, not retired."""
        return next((front for front in self.fronts if front.test_passed), None)


@page("grants/<uuid:grant>/first/", title=gettext_lazy("首次取数引导"), basis=MODES, roles=READERS)
def grant_first(request: Request, grant: UUID) -> HttpResponse:
    """Steps for the mode of the grant; the page looks again by itself until the data is there."""
    found = queries.grants.get(grant, by=request.actor)
    now_ = situation(found)
    _plan, obstacle = planned(found, now=utc_now())
    steps = _in_turn(list(_steps(now_, obstacle)))
    return render(
        request,
        "portal/sharing/first.html",
        grant=found,
        steps=steps,
        over=all(step.state == "done" for step in steps),
        table=found.mode == Mode.TABLE,
        acts=side_of(found, request.actor) == "recipient" and Role.RESOURCE_ADMIN in request.actor.roles,
        run=now_.run,
        front=now_.front,
        transfer=now_.transfer,
        snippets=_commands(request, now_),
    )


def situation(grant: Grant) -> Situation:
    recipient = UUID(parties.answering(grant.recipient_id, grant.pk))
    systems = System.objects.filter(organization=recipient, retired_at=None)
    transfer = Transfer.objects.filter(grant=grant, status=TransferStatus.ACTIVE).select_related("target").order_by("ordered_at").first()
    runs = Run.objects.filter(transfer__grant=grant).order_by("requested_at")
    delivered = runs.filter(status=RunStatus.DELIVERED).first()
    return Situation(
        grant=grant,
        fronts=sources.of_organization(recipient, purpose=Purpose.RECEIVE),
        transfer=transfer or (delivered.transfer if delivered else None),
        run=delivered or runs.last(),
        systems=systems.count(),
        certificates=Certificate.objects.filter(system__in=systems, status="bound", not_after__gt=utc_now()).count(),
    )


def _steps(at: Situation, obstacle: Refused | None) -> Iterator[Step]:
    yield Step(
        _("授权有效，来源可读"),
        _("平台按授权编成取数计划，只取授权的信息项和记录。"),
        state="" if obstacle else "done",
        why=obstacle,
    )
    yield from _table_steps(at) if at.grant.mode == Mode.TABLE else _system_steps(at)


def _table_steps(at: Situation) -> Iterator[Step]:
    front, transfer, run = at.front, at.transfer, at.run
    untested = at.fronts[0] if at.fronts and not front else None
    yield Step(
        _("本部门的接收前置库已登记并通过测试"),
        front.name
        if front
        else _("“%(name)s”还没有通过测试") % {"name": untested.name}
        if untested
        else _("登记一个用途为“接收”的前置交换数据库，并测试连接。"),
        state="done" if front or transfer else "",
        button=_("测试连接") if untested else _("登记前置库"),
        address=_address("source", untested.pk) if untested else _address("source-new") or _address("sources"),
    )
    yield Step(
        _("选定目标表，登记传输"),
        f"{transfer.number} → {transfer.table}" if transfer else _("数据送到前置库的哪张表；表由平台按授权的信息项建立。"),
        state="done" if transfer else "",
        button=_("登记传输"),
        address=_address("transfer-new", at.grant.pk) or _address("transfers"),
    )
    yield Step(
        _("运行第一次传输"),
        _run_words(run),
        state="done" if run and run.status == RunStatus.DELIVERED else "",
        button=_("开始传输") if run is None else _("看传输"),
        address=_address("transfer", transfer.pk) if transfer else _address("transfers"),
    )
    received = run.finish_receipt if run and run.status == RunStatus.DELIVERED else ""
    yield Step(
        _("核对回执"),
        _("回执写明行数和两端一致的摘要，双方各执一份，可以随时校验。"),
        state="done" if received else "",
        button=_("看回执"),
        address=_address("receipts"),
        receipt=received,
    )


def _run_words(run: Run | None) -> str:
    if run is None:
        return _("全量取一次，边传边核对；中断后从断点接续。")
    if run.status in OPEN:
        share = round(run.share * 100)
        return _("%(status)s，已完成 %(share)s%%，%(rows)s 行") % {
            "status": term(run.get_status_display()),
            "share": share,
            "rows": f"{run.rows_done:,}",
        }
    return _("%(status)s，%(rows)s 行") % {"status": term(run.get_status_display()), "rows": f"{run.rows_done:,}"}


def _system_steps(at: Situation) -> Iterator[Step]:
    yield Step(
        _("业务系统已登记"),
        _("登记了 %(n)s 个业务系统") % {"n": at.systems} if at.systems else _("登记要调用平台的业务系统。"),
        state="done" if at.systems else "",
        button=_("登记业务系统"),
        address=_address("system-new") or _address("systems"),
    )
    yield Step(
        _("业务系统的数字证书已绑定"),
        _("有 %(n)s 张有效证书") % {"n": at.certificates} if at.certificates else _("请安全管理员绑定业务系统的证书。"),
        state="done" if at.certificates else "",
        button=_("看业务系统"),
        address=_address("systems"),
    )


def _in_turn(steps: list[Step]) -> list[Step]:
    """Marks the first that is not done as what to do now."""
    first = next((n for n, step in enumerate(steps) if step.state != "done"), None)
    if first is None:
        return steps
    at = steps[first]
    now_ = Step(at.title, at.text, "now", at.button, at.address, at.receipt, at.why)
    return [*steps[:first], now_, *steps[first + 1 :]]


def _address(name: str, *places: object) -> str:
    """Of a page, if the site has it."""
    try:
        return reverse(name, args=places)
    except NoReverseMatch:
        return ""


def _commands(request: Request, at: Situation) -> tuple[Snippet, ...]:
    """What a department's own system would send, with what is known by now."""
    grant = Call("GET", f"/grants/{at.grant.pk}", note=_("授权 %(number)s 现在能不能取数") % {"number": at.grant.number})
    if at.grant.mode != Mode.TABLE:
        return commands(request, grant)
    if at.transfer is None:
        target = str(at.front.pk) if at.front else _("接收前置库的编号")
        body = {"grant": str(at.grant.pk), "target": target, "table": "my_table"}
        return commands(request, grant, Call("POST", "/transfers", body, note=_("登记传输；回答里的 id 用在下一步")))
    runs = f"/transfers/{at.transfer.pk}/runs"
    return commands(
        request,
        grant,
        Call("POST", runs, {}, note=_("开始一次传输 %(number)s") % {"number": at.transfer.number}),
        Call("GET", f"{runs}?limit=1", note=_("最近一次传输的状态和回执")),
    )
