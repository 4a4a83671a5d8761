"""An alert in words and in a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from govshare.alerts import queries
from govshare.alerts.models import Alert, Pass
from govshare.alerts.rules import NUMBERS, PENDING, Rule, Severity, Status, Subject
from govshare.duties.rules import Light
from govshare.kernel.clock import local_date
from govshare.regulation.conventions import Convention, convention

LIGHTS = {Severity.HIGH: Light.RED, Severity.MEDIUM: Light.YELLOW, Severity.LOW: Light.GREEN}
COLOURS = {
    Status.OPEN: "bad",
    Status.ASKED: "warn",
    Status.ANSWERED: "pri",
    Status.EXPLAINED: "ok",
    Status.CORRECTING: "vio",
    Status.UNFOUNDED: "idle",
}
UNITS = {
    Rule.VOLUME: gettext_noop("条"),
    Rule.NIGHT: gettext_noop("次"),
    Rule.SOUGHT: gettext_noop("方"),
    Rule.SEEKING: gettext_noop("个"),
    Rule.NEAR: gettext_noop("次"),
    Rule.REFUSALS: gettext_noop("次"),
}
_SAID = {
    Rule.VOLUME: gettext_noop("当日取得 %(observed)s 条；此前有取数各日的中位数为 %(baseline)s 条，提示界限 %(threshold)s 条。"),
    Rule.NIGHT: gettext_noop("这段非工作时间内办理 %(observed)s 次，达到 %(threshold)s 次即提示。"),
    Rule.SOUGHT: gettext_noop("这段时间内被 %(observed)s 个人员或业务系统查询，达到 %(threshold)s 个即提示。"),
    Rule.SEEKING: gettext_noop("当日查询了 %(observed)s 个不同的对象，达到 %(threshold)s 个即提示。"),
    Rule.NEAR: gettext_noop("当日 %(observed)s 次取数只略低于限额，达到 %(threshold)s 次即提示。"),
    Rule.REFUSALS: gettext_noop("当日连续 %(observed)s 次被拒绝，其间没有一次准予；达到 %(threshold)s 次即提示。"),
}
TREND = 30  # days


def sentence(alert: Alert) -> str:
    """What was seen and what is usual."""
    measured = {"observed": alert.observed, "threshold": alert.threshold, "baseline": alert.baseline}
    numbers = {name: f"{value:,}" for name, value in measured.items() if value is not None}
    return _(_SAID[Rule(alert.rule)]) % numbers


def about(alert: Alert) -> str:
    """Whom it is about; a person asked about stays without a number."""
    if alert.subject == Subject.PERSON:
        return _("查询对象（密钥摘要尾号 %(tail)s）") % {"tail": alert.who[-8:]}
    return alert.who_name or alert.who


def times_over(alert: Alert) -> float:
    return round(alert.observed / max(alert.threshold, 1), 1)


@dataclass(frozen=True, slots=True)
class Number:
    """A convention with the number it had when the alert was found."""

    convention: Convention
    value: int


def numbers(alert: Alert) -> list[Number]:
    """Those the rule works by, the telling one first."""
    return [Number(convention(name), alert.numbers[name]) for name in NUMBERS[Rule(alert.rule)] if name in alert.numbers]


def chart(alert: Alert) -> dict[str, Any]:
    """The usual days and this one, with the threshold; the table beside it says the same."""
    labels, values = [label for label, _value in alert.course], [value for _label, value in alert.course]
    lines: list[dict[str, Any]] = []
    if alert.baseline is not None:
        lines.append({"yAxis": alert.baseline, "name": _("平常（中位数）"), "lineStyle": {"color": "#2A9D66"}})
    if alert.baseline is not None or alert.rule == Rule.SEEKING:
        lines.append({"yAxis": alert.threshold, "name": _("提示界限"), "lineStyle": {"color": "#B8292F"}})
    data: list[Any] = list(values)
    if alert.baseline is not None and data:
        data[-1] = {"value": data[-1], "itemStyle": {"color": "#B8292F"}}
    mark = {"symbol": "none", "data": lines, "label": {"formatter": "{b}", "position": "insideStartTop"}}
    return {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 64, "right": 24, "top": 24, "bottom": 28},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "name": _(UNITS[Rule(alert.rule)]), "minInterval": 1},
        "series": [{"name": Rule(alert.rule).label, "type": "bar", "barMaxWidth": 28, "data": data, "markLine": mark}],
    }


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: object
    note: str
    course: tuple[float, ...] = ()


def figures(rows: QuerySet[Alert], *, now: datetime) -> list[Figure]:
    """How things stand, over everything the reader may see."""
    counts: Mapping[str, int] = rows.order_by().aggregate(
        pending=Count("pk", filter=Q(status__in=PENDING)),
        grave=Count("pk", filter=Q(status__in=PENDING, severity=Severity.HIGH)),
        asked=Count("pk", filter=Q(status=Status.ASKED)),
        answered=Count("pk", filter=Q(status=Status.ANSWERED)),
        correcting=Count("pk", filter=Q(status=Status.CORRECTING)),
    )
    days = queries.by_day(rows, last=local_date(now), days=TREND)
    recent = sum(value for _day, value in days)
    week = sum(value for _day, value in days[-7:])
    return [
        Figure(_("待处置"), counts["pending"], _("其中部门已说明 %(n)s") % {"n": counts["answered"]}),
        Figure(_("重（■）"), counts["grave"], _("待处置中超过界限最多的")),
        Figure(_("待部门说明"), counts["asked"], _("期限见各条")),
        Figure(_("移交整改"), counts["correcting"], _("由信息化主管部门督促")),
        Figure(_("近 %(n)s 天") % {"n": TREND}, recent, _("近 7 天 %(n)s") % {"n": week}, tuple(float(value) for _day, value in days)),
    ]


def read_state() -> tuple[int, datetime | None]:
    """Up to which place in the log the rules have read, and when they last did."""
    last = Pass.objects.order_by("-end_index").first()
    return (last.end_index, last.read_at) if last else (0, None)
