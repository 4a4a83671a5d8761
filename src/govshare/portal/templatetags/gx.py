"""The site's components: icon, light, due, badge, timeline, steps, progress, facts, empty state, spark line, citation, numbers, dates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from govshare.catalog.rules.choices import ListingStatus, ShareType, Status, VerificationStatus
from govshare.duties.queries import Standing
from govshare.duties.rules import Light
from govshare.exchange.rules import RunStatus
from govshare.kernel.choices import TextChoices
from govshare.kernel.clock import LOCAL, local_date, utc_now
from govshare.kernel.errors import Refused
from govshare.portal.waiting.links import address
from govshare.regulation.articles import Article, cite
from govshare.regulation.conventions import convention
from govshare.sharing.rules.demands import DemandStatus
from govshare.sharing.rules.grants import GrantStatus

register = template.Library()

LIGHTS = {
    Light.RED: ("bad", "red"),
    Light.YELLOW: ("warn", "yellow"),
    Light.GREEN: ("ok", "green"),
    Light.GREY: ("idle", "grey"),
}
WEEKDAYS = (
    pgettext_lazy("weekday", "周一"),
    pgettext_lazy("weekday", "周二"),
    pgettext_lazy("weekday", "周三"),
    pgettext_lazy("weekday", "周四"),
    pgettext_lazy("weekday", "周五"),
    pgettext_lazy("weekday", "周六"),
    pgettext_lazy("weekday", "周日"),
)
#: Large numbers are told in ten thousands in Chinese, in thousands in English.
SCALES = {"zh": ((100_000_000, "亿"), (10_000, "万")), "en": ((1_000_000, "M"), (1_000, "k"))}


@register.simple_tag
def icon(name: str, size: int = 18, css: str = "") -> SafeString:
    """A Tabler outline icon from the sprite; decoration only (hidden from readers)."""
    return format_html(
        '<svg class="i i{} {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', size, css, _sprite(), name
    )


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


@register.filter
def term(value: object) -> str:
    """A word that the rooms say in Chinese (a role, a status), in the reader's language."""
    text = str(getattr(value, "label", value))
    return gettext(text) if text else ""


@register.filter
def tongue(value: object) -> str:
    """The language of what comes from data, for ``lang``."""
    return "zh" if any("\u3400" <= sign <= "\u9fff" for sign in str(value)) else get_language() or "zh"


@register.inclusion_tag("portal/parts/light.html")
def light(colour: Light | str) -> Mapping[str, object]:
    """■ red, ▲ yellow, ● green, ‖ grey: by shape and colour."""
    css, name = LIGHTS[Light(colour)]
    labels = {"red": gettext("红灯"), "yellow": gettext("黄灯"), "green": gettext("绿灯"), "grey": gettext("中止")}
    return {"css": css, "name": name, "label": labels[name]}


@register.inclusion_tag("portal/parts/due.html")
def due(standing: Standing | None) -> Mapping[str, object]:
    """“剩 3 个工作日 · 11-27 周五”; without a clock nothing is shown."""
    if standing is None:
        return {"standing": None}
    return {"standing": standing, "css": LIGHTS[standing.light][0], "said": left(standing), "day": weekday(standing.duty.due_on)}


def left(standing: Standing) -> str:
    days = standing.left
    if standing.light is Light.GREY:
        return gettext("中止中，余 %(days)s 个工作日") % {"days": days}
    if days < 0:
        return ngettext("超期 %(days)s 个工作日", "超期 %(days)s 个工作日", -days) % {"days": -days}
    if days == 0:
        return gettext("今天到期")
    return ngettext("剩 %(days)s 个工作日", "剩 %(days)s 个工作日", days) % {"days": days}


@register.filter
def weekday(day: date) -> str:
    """“11-27 周五”, with the year when it is not this one."""
    shown = f"{day:%m-%d}" if day.year == local_date(utc_now()).year else f"{day:%Y-%m-%d}"
    return f"{shown} {WEEKDAYS[day.weekday()]}"


@register.filter
def day(value: date | datetime | None) -> str:
    """ISO date in Chengdu."""
    if value is None:
        return "—"
    return f"{local_date(value) if isinstance(value, datetime) else value:%Y-%m-%d}"


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """“11-24 06:12”, the whole on hover."""
    if value is None:
        return "—"
    here = value.astimezone(LOCAL)
    short = f"{here:%m-%d %H:%M}" if here.year == local_date(utc_now()).year else f"{here:%Y-%m-%d}"
    return format_html('<time class="num" datetime="{}" title="{}">{}</time>', here.isoformat(), f"{here:%Y-%m-%d %H:%M:%S}", short)


@register.filter
def wan(value: int | float | Decimal | None) -> SafeString | str:
    """12,345 → 1.2万 (12.3k in English), with the exact value on hover; below ten thousand as it is."""
    if value is None:
        return "—"
    if isinstance(value, float) and abs(value) >= 100:
        value = round(value)
    exact = f"{value:,}"
    for size, unit in SCALES["zh" if chinese() else "en"]:
        if abs(float(value)) >= max(size, 10_000):
            shown = f"{float(value) / size:.1f}".removesuffix(".0")
            return format_html('<span class="num" title="{}">{}{}</span>', exact, shown, unit)
    return format_html('<span class="num">{}</span>', exact)


@register.filter
def percent(part: float, whole: float = 1) -> int:
    """Whole percent, for bars and texts."""
    return max(0, min(100, round(100 * part / whole))) if whole else 0


@register.inclusion_tag("portal/parts/badge.html")
def badge(text: object, colour: str = "idle", icon: str = "") -> Mapping[str, object]:
    """``colour``: ok, warn, bad, idle, pri, vio, teal or line."""
    return {"text": term(text), "colour": colour, "icon": icon}


#: Colour and icon.
SHARE_TYPES = {ShareType.UNCONDITIONAL: ("ok", "lock-open"), ShareType.CONDITIONAL: ("pri", "key"), ShareType.NONE: ("idle", "lock")}


@register.inclusion_tag("portal/parts/badge.html")
def share_type(value: str) -> Mapping[str, object]:
    """无条件共享, 条件共享 or 不予共享 (CD2016-13)."""
    if value not in ShareType.values:
        return {"text": gettext("未定"), "colour": "line", "icon": ""}
    colour, sign = SHARE_TYPES[ShareType(value)]
    return {"text": term(ShareType(value)), "colour": colour, "icon": sign}


@register.inclusion_tag("portal/parts/progress.html")
def progress(done: float | None, whole: float | None, label: str = "", colour: str = "") -> Mapping[str, object]:
    """A bar of ``done`` in ``whole``; ``colour`` ok, bad, warn or run."""
    return {"percent": percent(done or 0, whole or 0), "label": label or gettext("进度"), "colour": colour}


@register.inclusion_tag("portal/parts/steps.html")
def steps(items: Iterable[tuple[str, str, str]]) -> Mapping[str, object]:
    """``(state, title, small)`` with state ``dn`` (done), ``now`` or empty."""
    return {"items": items}


@register.inclusion_tag("portal/parts/timeline.html")
def timeline(items: Iterable[Mapping[str, object]]) -> Mapping[str, object]:
    """Each item: ``at``, ``title``, ``who``, ``text``, ``colour``, ``receipt``; what is missing is left out."""
    return {"items": items}


@register.inclusion_tag("portal/parts/facts.html")
def facts(items: Iterable[tuple[str, object]]) -> Mapping[str, object]:
    """``(label, value)`` side by side."""
    return {"items": items}


@register.inclusion_tag("portal/parts/empty.html")
def empty(said: str, action: str = "", address: str = "", icon: str = "inbox") -> Mapping[str, object]:
    """What to do next where there is nothing to show."""
    return {"said": said, "action": action, "address": address, "icon": icon}


@register.inclusion_tag("portal/parts/table.html")
def table(table: Any, empty: str = "") -> Mapping[str, object]:
    """A ``frame.lists.Table`` with its leaves and exports."""
    return {"table": table, "empty": empty}


@register.inclusion_tag("portal/parts/form.html")
def fields(form: Any) -> Mapping[str, object]:
    """All fields of a form with their faults; the refusal above them."""
    return {"form": form}


@register.inclusion_tag("portal/parts/field.html")
def field(bound: Any) -> Mapping[str, object]:
    """One field with label, help and faults."""
    return {"field": bound}


@register.inclusion_tag("portal/parts/refusal.html")
def refusal(refused: Refused | None) -> Mapping[str, object]:
    """Why not, and by which article."""
    return {"refusal": refused}


@register.inclusion_tag("portal/parts/why_not.html")
def button_why_not(label: str, why: Refused, css: str = "btn-def") -> Mapping[str, object]:
    """A button that cannot be used now and says why in the refusal's own words."""
    return {"label": label, "why": why, "css": css}


@register.simple_tag
def basis(what: object) -> SafeString:
    """The citation as people say it, linked to its text: 第二十五条第二款, or 平台约定 PC-04."""
    text = str(what)
    if not text:
        return SafeString("")
    label, title = _said_as(what)
    number = text.partition("-")[2] if isinstance(what, Article) or text.startswith("CD") else text
    try:
        address = f"{reverse('help')}{number.partition('.')[0].partition('(')[0]}/"
    except NoReverseMatch:
        return format_html(
            '<span lang="zh" title="{}"><span class="faint" lang="{}">{}</span></span>', title, get_language() or "zh", label
        )
    link = '<span lang="zh" title="{}"><a class="faint basis" lang="{}" href="{}">{}</a></span>'  # the law's text stays as it is
    return format_html(link, title, get_language() or "zh", address, label)


def _said_as(what: object) -> tuple[str, str]:
    text = str(what)
    if text.startswith("PC-"):
        return gettext("平台约定 %(number)s") % {"number": text}, convention(text).title
    try:
        article = what if isinstance(what, Article) else cite(text)
    except (KeyError, ValueError, LookupError):
        return text, ""
    return article.label if chinese() else f"Article {text.partition('-')[2]}", article.text[:120]


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


@register.inclusion_tag("portal/parts/spark.html")
def spark(values: Sequence[float], label: str = "", width: int = 72, height: int = 24) -> Mapping[str, object]:
    """A small line of ``values`` as SVG."""
    top, low = max(values, default=0), min(values, default=0)
    span, step = (top - low) or 1, (width - 4) / max(len(values) - 1, 1)
    points = [(2 + step * place, height - 3 - (value - low) / span * (height - 6)) for place, value in enumerate(values)]
    return {
        "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        "last": points[-1] if points else None,
        "width": width,
        "height": height,
        "label": label or gettext("近期走势"),
    }


#: ``{% entry_status value %}`` and so on: the words of a status, the colours of its values, and that of the others.
STATUSES: Mapping[str, tuple[type[TextChoices], Mapping[str, str], str]] = {
    "entry": (Status, {"draft": "line", "review": "warn", "published": "ok"}, "idle"),
    "listing": (ListingStatus, {"filed": "warn", "returned": "bad", "listed": "ok", "changed": "teal"}, "idle"),
    "verification": (VerificationStatus, {"pending": "warn", "verified": "ok", "returned": "bad"}, "idle"),
    "demand": (
        DemandStatus,
        {"draft": "line", "granted": "ok", "refused": "bad", "declined": "bad", "pressed": "bad", "returned": "warn"},
        "pri",
    ),
    "grant": (GrantStatus, {"active": "ok"}, "idle"),
    "run": (RunStatus, {"running": "pri", "awaiting": "warn", "failed": "bad", "delivered": "ok", "stopped": "warn"}, "idle"),
}


def _badge_of(words: type[TextChoices], colours: Mapping[str, str], otherwise: str) -> Callable[[str], Mapping[str, object]]:
    def status(value: str) -> Mapping[str, object]:
        return {"text": gettext(str(words(value).label)), "colour": colours.get(value, otherwise), "icon": ""}

    return status


for _what, (_words, _colours, _otherwise) in STATUSES.items():
    register.inclusion_tag("portal/parts/badge.html", name=f"{_what}_status")(_badge_of(_words, _colours, _otherwise))


@register.inclusion_tag("portal/parts/leaves.html")
def leaves(table: Any) -> Mapping[str, object]:
    """How many rows, their exports, and the way through the leaves of a list that is shown in a form of its own."""
    return {"table": table}


@register.filter
def seconds(value: float | None) -> str:
    """“1 分 33 秒”."""
    whole = round(value or 0)
    if whole >= 3600:
        return gettext("%(h)s 小时 %(m)s 分") % {"h": whole // 3600, "m": whole % 3600 // 60}
    if whole >= 60:
        return gettext("%(m)s 分 %(s)s 秒") % {"m": whole // 60, "s": whole % 60}
    return gettext("%(s)s 秒") % {"s": whole}


@register.simple_tag
def light_css(colour: Light | str) -> str:
    return f"d-{LIGHTS[Light(colour)][0]}"


@register.simple_tag
def task_address(task: Any) -> str:
    """Where a task, deed or thing set going is looked after."""
    return address(task.page, task.places)


@register.simple_tag
def page_address(name: str, **places: Any) -> str:
    return address(name, places)


@register.simple_tag
def entry_address(code: str) -> str:
    """The department's own page of an entry."""
    return address("entry-by-code", {"code": code})


@register.simple_tag(takes_context=True)
def may(context: template.Context, name: str) -> bool:
    """Whether the visitor may open the page of that name."""
    return bool(context["shell"].may(name))


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """This page's query string with ``changes``; an empty value takes a name out, and the leaf starts anew."""
    asked = context["request"].GET.copy()
    asked.pop("page", None)
    for name, value in changes.items():
        asked.pop(name, None)
        if value not in ("", None):
            asked[name] = str(value)
    return f"?{asked.urlencode()}"
