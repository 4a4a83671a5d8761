"""Components of unusual use: how grave, what state, which stretch of time."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from govshare.alerts.models import Alert
from govshare.alerts.rules import Rule, Severity, Status
from govshare.kernel.clock import LOCAL
from govshare.portal.alerts import telling
from govshare.portal.templatetags.gx import wan

register = template.Library()


@register.inclusion_tag("portal/alerts/severity.html")
def severity(value: str) -> Mapping[str, object]:
    """By shape and colour and word."""
    return {"light": telling.LIGHTS[Severity(value)], "word": Severity(value).label}


@register.inclusion_tag("portal/parts/badge.html")
def alert_status(value: str) -> Mapping[str, object]:
    return {"text": _(Status(value).label), "colour": telling.COLOURS[Status(value)], "icon": ""}


@register.simple_tag
def window(alert: Alert) -> SafeString:
    """One day, or from when to when."""
    start, end = alert.window_start.astimezone(LOCAL), alert.window_end.astimezone(LOCAL)
    whole = f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
    if (end - start).days == 1 and start.hour == 0:
        shown = f"{start:%Y-%m-%d}"
    elif (end - start).days < 1:
        shown = f"{start:%Y-%m-%d %H:%M} – {end:%H:%M}"
    else:
        shown = f"{start:%Y-%m-%d} – {end:%m-%d}"
    return format_html('<span class="num" title="{}">{}</span>', whole, shown)


@register.filter
def times_over(alert: Alert) -> float:
    """How many times the threshold."""
    return telling.times_over(alert)


@register.inclusion_tag("portal/parts/facts.html")
def facts_of(alert: Alert) -> Mapping[str, object]:
    unit = _(telling.UNITS[Rule(alert.rule)])
    items: list[tuple[str, object]] = [(_("实际"), _measured(alert.observed, unit)), (_("提示界限"), _measured(alert.threshold, unit))]
    if alert.baseline is not None:
        items.append((_("平常（中位数）"), _measured(alert.baseline, unit)))
    items.append((_("部门"), format_html('<span lang="zh">{}</span>', alert.organization_name or "—")))
    if alert.resource:
        items.append((_("信息资源"), format_html('<span class="mono">{}</span>', alert.resource)))
    return {"items": items}


def _measured(value: int, unit: str) -> SafeString:
    return format_html("{} <small>{}</small>", wan(value), unit)
