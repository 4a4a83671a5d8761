"""Pages of transfers: list, one with its live run, its history and proof; what people do with runs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.audit import queries as audit
from govshare.exchange import queries, services
from govshare.exchange.models import Chunk, Run, Transfer
from govshare.exchange.rules import EXCHANGE, OVERLAP, RUN, SHRUNKEN, TRANSFER, WHO, RunStatus, Way
from govshare.exchange.services import acts, runs
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts.words import action_words
from govshare.portal.transfers import rows
from govshare.portal.transfers.forms import ReasonForm

TAKERS = (Role.RESOURCE_ADMIN,)
READERS = (Role.REGISTRAR, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY, Role.AUDIT_ADMIN)
_SHOWN_CHUNKS, _SHOWN_RUNS = 8, 12


def _at(row: Any) -> datetime | None:
    """When the latest run ended, or was asked for."""
    found: datetime | None = row.last_finished_at or row.last_requested_at
    return found


COLUMNS = (
    Column("state", gettext_lazy("状态"), rows.state, cell="portal/transfers/cells/state.html", css="nowrap"),
    Column("entry_name", gettext_lazy("信息资源"), lambda row: row.entry_name, cell="portal/transfers/cells/name.html"),
    Column("entry_code", gettext_lazy("信息资源代码"), lambda row: row.entry_code, only_export=True),
    Column("number", gettext_lazy("传输编号"), lambda row: row.number, only_export=True),
    Column("provider", gettext_lazy("提供部门"), lambda row: row.provider.name, cell="portal/transfers/cells/provider.html"),
    Column("recipient", gettext_lazy("使用部门"), lambda row: row.recipient.name, cell="portal/transfers/cells/recipient.html"),
    Column("table", gettext_lazy("目标表"), lambda row: row.table, css="mono"),
    Column("rows", gettext_lazy("行数"), lambda row: row.last_rows_done, cell="portal/transfers/cells/rows.html", css="ra nowrap"),
    Column(
        "at",
        gettext_lazy("最近一次"),
        lambda row: row.last_finished_at or row.last_requested_at,
        cell="portal/transfers/cells/at.html",
        css="nowrap",
    ),
    Column("reason", gettext_lazy("原因"), lambda row: row.last_reason, only_export=True),
    Column("receipt", gettext_lazy("登记回执"), lambda row: row.receipt_number, only_export=True),
)
CHUNKS = (
    Column("number", gettext_lazy("批"), lambda row: row.number, css="ra"),
    Column("token", gettext_lazy("第几次接续"), lambda row: row.token, css="ra"),
    Column("kind", gettext_lazy("种类"), lambda row: row.kind, css="mono"),
    Column("rows", gettext_lazy("行数"), lambda row: row.rows, css="ra"),
    Column("bytes", gettext_lazy("字节"), lambda row: row.bytes, css="ra"),
    Column("digest", gettext_lazy("摘要"), lambda row: row.digest, css="mono"),
    Column("chain", gettext_lazy("链"), lambda row: row.chain, only_export=True),
    Column("snapshot", gettext_lazy("快照"), lambda row: row.snapshot, only_export=True),
)


@page("transfers/", title=gettext_lazy("交换任务"), basis=EXCHANGE, roles=READERS, lists=True)
def transfers(request: Request) -> HttpResponse:
    """What the department gives and takes (the authority and the audit administrator: all), the latest ordered first."""
    asked = {name: request.GET.get(name, "") for name in ("state", "side", "q", "grant", "closed")}
    states = [(rows.NEVER, rows.state_words(rows.NEVER)), *((status.value, rows.state_words(status)) for status in RunStatus)]
    return listing(
        request,
        "portal/transfers/list.html",
        title=_("交换任务"),
        columns=COLUMNS,
        rows=rows.filtered(request.actor, asked),
        asked=asked,
        states=states,
    )


@page("transfers/<uuid:transfer>/", title=gettext_lazy("交换任务"), basis=EXCHANGE, roles=READERS)
def transfer(request: Request, transfer: UUID) -> HttpResponse:
    """One transfer: the run that is on, its steps, what went before, and what can be done now."""
    by, now = request.actor, utc_now()
    found = queries.transfer(transfer, by=by)
    last = found.runs.order_by("-number").first()
    taking = by.organization == queries.sides(found)[1]
    return render(
        request,
        "portal/transfers/transfer.html",
        transfer=found,
        taking=taking,
        way=_(str(Way(found.mode).label)),
        run=last,
        live=_live(last, now) if last else {},
        history=found.runs.order_by("-number")[:_SHOWN_RUNS],
        events=_events(last, by) if last else (),
        chunks=last.chunks.order_by("-token", "-number")[:_SHOWN_CHUNKS] if last else (),
        start=why_not(lambda: runs.need_startable(found, by=by, now=now)),
        close=why_not(lambda: _need_closable(found, by)),
        retry=why_not(lambda: runs.need_movable(last, "retry", by=by)) if last else None,
        confirm=why_not(lambda: runs.need_movable(last, "confirm", by=by)) if last else None,
        cancel=why_not(lambda: runs.need_movable(last, "cancel", by=by)) if last else None,
    )


def _need_closable(found: Transfer, by: Actor) -> None:
    acts.need_taker(found, by=by)
    TRANSFER.check("close", status=found.status, roles=by.roles)


def _live(run: Run, now: datetime) -> dict[str, Any]:
    """What the live part shows of a run."""
    progress = queries.progress(run.pk, now=now)
    left, spent = progress.seconds_left, rows.took(run, now=now)
    return {
        "progress": progress,
        "percent": 100 if run.status == RunStatus.DELIVERED else round(progress.share * 100),
        "left": rows.duration(left) if left is not None else "",
        "took": rows.duration(spent) if spent is not None else "",
        "steps": rows.steps(run),
        "advice": rows.advice(run),
        "on": run.status in rows.LIVE,
        "way": _(str(Way(run.mode).label)),
    }


def _events(run: Run, by: Actor) -> list[dict[str, Any]]:
    """Attempts and what became of them, from the evidence that the actor's department may see; the latest first."""
    found = audit.entries(for_organization=by.organization, about=str(run), limit=20).found
    colours = {"deliver": "ok", "fail": "bad", "stop": "bad", "ask": "warn", "recover": "warn"}
    return [
        {
            "at": each.at,
            "title": action_words(each.action),
            "colour": colours.get(each.action.rpartition(":")[2], "pri"),
            "receipt": each.number,
        }
        for each in found
        if not each.action.startswith("exchange:chunk:")
    ]


@page("transfers/runs/<uuid:run>/live/", title=gettext_lazy("传输进度"), basis=EXCHANGE, roles=READERS)
def transfer_live(request: Request, run: UUID) -> HttpResponse:
    """The live part alone, asked for every two seconds; when the run has come to its end the page is loaded anew."""
    found = queries.run(run, by=request.actor)
    response = render(request, "portal/transfers/live.html", run=found, live=_live(found, utc_now()))
    if found.status not in rows.LIVE:
        response["HX-Refresh"] = "true"
    return response


@page("transfers/runs/<uuid:run>/chunks/", title=gettext_lazy("批次"), basis=EXCHANGE, roles=READERS, lists=True)
def transfer_chunks(request: Request, run: UUID) -> HttpResponse:
    """Every line of the ledger of one run; the chain links each to all before."""
    found = queries.run(run, by=request.actor)
    return listing(
        request,
        "portal/transfers/chunks.html",
        title=f"{_('批次')} {found}",
        columns=CHUNKS,
        rows=Chunk.objects.filter(run=found).order_by("token", "number"),
        run=found,
    )


@act("transfers/<uuid:transfer>/start/", title=gettext_lazy("开始传输"), basis=WHO, roles=TAKERS)
def transfer_start(request: Request, transfer: UUID) -> HttpResponse:
    run = services.start(transfer=transfer, by=request.actor, now=utc_now())
    return done(request, _("已排队，进度见下"), to=reverse("transfer", args=[transfer]), receipt=run.start_receipt)


@act("transfers/<uuid:transfer>/compare/", title=gettext_lazy("快照比对一次"), basis=OVERLAP, roles=TAKERS)
def transfer_compare(request: Request, transfer: UUID) -> HttpResponse:
    """Find what increments cannot see, this once."""
    run = services.start(transfer=transfer, by=request.actor, now=utc_now(), comparing=True)
    return done(request, _("已排队，进度见下"), to=reverse("transfer", args=[transfer]), receipt=run.start_receipt)


@act("transfers/runs/<uuid:run>/retry/", title=gettext_lazy("重试"), basis=WHO, roles=TAKERS)
def transfer_retry(request: Request, run: UUID) -> HttpResponse:
    again = services.retry(run=run, by=request.actor, now=utc_now())
    return done(request, _("已重新排队，只补差异"), to=reverse("transfer", args=[again.transfer_id]))


@page("transfers/runs/<uuid:run>/confirm/", title=gettext_lazy("确认并继续"), basis=SHRUNKEN, roles=TAKERS, methods=("GET", "POST"))
def transfer_confirm(request: Request, run: UUID) -> HttpResponse:
    found = queries.run(run, by=request.actor)
    intro = f"{found.reason} {rows.advice(found)}".strip()
    return _reasoned(request, found, "confirm", services.confirm, said=_("已确认，继续传输"), intro=intro)


@page("transfers/runs/<uuid:run>/cancel/", title=gettext_lazy("取消传输"), basis=WHO, roles=TAKERS, methods=("GET", "POST"))
def transfer_cancel(request: Request, run: UUID) -> HttpResponse:
    found = queries.run(run, by=request.actor)
    intro = _("取消后，本次已到而未交付的数据从接收库清除；上一次交付的表不受影响。")
    return _reasoned(request, found, "cancel", services.cancel, said=_("已取消"), intro=intro)


def _reasoned(request: Request, run: Run, verb: str, service: Callable[..., Run], *, said: str, intro: str) -> HttpResponse:
    """A move of a run that takes a reason."""
    form, back = ReasonForm(request), reverse("transfer", args=[run.transfer_id])
    if form.sent:
        with form.refusals():
            moved = service(run=run.pk, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, said, to=back, receipt=moved.finish_receipt)
    label = RUN[verb].label
    return render(
        request, "portal/form.html", form=form, title=f"{_(label)} · {run}", intro=intro, submit=_(label), back=back, status=form.status
    )


@page("transfers/<uuid:transfer>/close/", title=gettext_lazy("结束传输"), basis=EXCHANGE, roles=TAKERS, methods=("GET", "POST"))
def transfer_close(request: Request, transfer: UUID) -> HttpResponse:
    """Nothing is delivered any more; what was stays with the recipient, under the duties of CD2016-31."""
    found, form = queries.transfer(transfer, by=request.actor), ReasonForm(request)
    if form.sent:
        with form.refusals():
            closed = services.close(transfer=transfer, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, _("传输已结束"), to=reverse("transfers"), receipt=closed.receipt_number)
    intro = _("结束后不再交付；已交付的数据留在接收库，仍只能用于履行职责（第三十一条）。目标表名可以给别的传输使用。")
    back = reverse("transfer", args=[transfer])
    title = f"{_('结束传输')} · {found.number}"
    return render(request, "portal/form.html", form=form, title=title, intro=intro, submit=_("结束传输"), back=back, status=form.status)
