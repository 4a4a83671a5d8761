"""What the lists of transfers show: each with its latest run; lights, colours and words of a run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from govshare.duties.rules import Light
from govshare.exchange import queries
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import Asked, Phase, RunStatus, TransferStatus
from govshare.kernel.actor import Actor
from govshare.sharing.queries import parties

LIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
NEVER = "never"

#: Colour of the badge and light of a run's status; ``never`` stands for no run yet.
LOOKS: Mapping[str, tuple[str, Light]] = {
    RunStatus.QUEUED: ("pri", Light.GREEN),
    RunStatus.RUNNING: ("pri", Light.GREEN),
    RunStatus.AWAITING: ("warn", Light.YELLOW),
    RunStatus.FAILED: ("bad", Light.RED),
    RunStatus.DELIVERED: ("ok", Light.GREEN),
    RunStatus.STOPPED: ("bad", Light.RED),
    RunStatus.CANCELLED: ("idle", Light.GREY),
    NEVER: ("line", Light.GREY),
}

#: What the reader does next, by status.
NEXT: Mapping[str, str | Promise] = {
    RunStatus.QUEUED: gettext_lazy("已排队，轮到时自动开始，不必守着。"),
    RunStatus.RUNNING: gettext_lazy("正在传输。离开本页不影响传输；进程失联会自动接续。"),
    RunStatus.FAILED: gettext_lazy("按原因处理后点“重试”：已到的行与新快照核对，只补差异，不从头再来。"),
    RunStatus.STOPPED: gettext_lazy("授权不再适用，未交付的数据已从接收库清除。恢复授权后可以重新开始。"),
    RunStatus.CANCELLED: gettext_lazy("已取消，未交付的数据已清除；上一次交付的表仍在。需要时重新开始。"),
    RunStatus.DELIVERED: gettext_lazy("两端行数和摘要一致，已经交付。可以再次开始取最新的数据。"),
}
ASKED: Mapping[str, str | Promise] = {
    Asked.ROWS: gettext_lazy("来源行数异常减少：请向提供部门核实。核实无误写明情况后“确认并继续”，否则“取消”；确认之前目标表不变。"),
    Asked.TYPES: gettext_lazy("来源字段类型变了：请向提供部门核实，并确认自己的程序能读新类型，再“确认并继续”；确认之前目标表不变。"),
}


def with_last(rows: QuerySet[Transfer]) -> QuerySet[Any]:
    """Each transfer with its latest run's id, status, rows and times."""
    latest = Run.objects.filter(transfer=OuterRef("pk")).order_by("-number")
    fields = ("status", "rows_done", "requested_at", "finished_at", "reason")
    return rows.select_related("provider", "recipient", "target").annotate(
        **{f"last_{name}": Subquery(latest.values(name)[:1]) for name in fields}
    )


def filtered(by: Actor, asked: Mapping[str, str]) -> QuerySet[Any]:
    """What ``by`` may see, by state (a status or ``never``), side (in, out), grant (its id) and words in the address."""
    rows = with_last(queries.visible(by)).order_by("-ordered_at", "id")
    own = parties.houses(by.organization)
    if asked.get("state") == NEVER:
        rows = rows.filter(last_status=None)
    elif asked.get("state") in RunStatus.values:
        rows = rows.filter(last_status=asked["state"])
    if asked.get("side") == "in":
        rows = rows.filter(recipient__in=own)
    elif asked.get("side") == "out":
        rows = rows.filter(provider__in=own)
    if asked.get("grant"):
        rows = rows.filter(grant_id=_uuid(asked["grant"]))
    words = asked.get("q", "").strip().replace("\0", "")[:100]
    if words:
        rows = rows.filter(
            Q(entry_name__contains=words) | Q(number__contains=words) | Q(entry_code__contains=words) | Q(table__contains=words)
        )
    return rows if asked.get("closed") == "1" else rows.filter(status=TransferStatus.ACTIVE)


def _uuid(text: str) -> UUID:
    """What is no id names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def state(row: Any) -> str:
    return row.last_status or NEVER


def state_words(status: str) -> str:
    return _("尚未开始") if status == NEVER else _(str(RunStatus(status).label))


def advice(run: Run) -> str:
    return str(ASKED[run.asked]) if run.status == RunStatus.AWAITING and run.asked else str(NEXT.get(run.status, ""))


def duration(seconds: float | None) -> str:
    """“1 分 33 秒”; for what is left and what it took."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    parts = (
        ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s 分", "%(n)s 分", minutes) % {"n": minutes} if minutes else "",
        ngettext("%(n)s 秒", "%(n)s 秒", left) % {"n": left} if not hours else "",
    )
    return " ".join(filter(None, parts))


def took(run: Run, *, now: datetime) -> float | None:
    """Seconds since the current attempt began, to its end if it has one."""
    return ((run.finished_at or now) - run.started_at).total_seconds() if run.started_at else None


_STEPS = (
    (gettext_lazy("排队"), frozenset[str]()),
    (gettext_lazy("核对已到的行"), frozenset({Phase.RESUME, Phase.COMPARE})),
    (gettext_lazy("传输"), frozenset({Phase.LOAD})),
    (gettext_lazy("回读核对"), frozenset({Phase.VERIFY})),
    (gettext_lazy("交付"), frozenset({Phase.DELIVER})),
)


def steps(run: Run) -> list[tuple[str, str, str]]:
    """For the component: how far the run has come."""
    if run.status == RunStatus.DELIVERED:
        return [("dn", str(title), "") for title, _phases in _STEPS]
    at = next((place for place, (_title, phases) in enumerate(_STEPS) if run.phase in phases), 0)
    if run.status == RunStatus.QUEUED:
        at = 0
    return [("dn" if place < at else "now" if place == at else "", str(title), "") for place, (title, _phases) in enumerate(_STEPS)]
