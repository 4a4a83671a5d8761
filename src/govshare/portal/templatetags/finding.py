"""What the pages of 找数据 show in their own way."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.translation import gettext

from govshare.catalog.rules.choices import Mode
from govshare.exchange.queries.days import Day
from govshare.portal.finding import words
from govshare.portal.finding.modes import ICONS
from govshare.portal.finding.standing import Own, Step
from govshare.portal.templatetags.gx import left, query

register = template.Library()


@register.filter
def sensitivity_colour(value: str) -> str:
    return words.SENSITIVITY_COLOURS.get(value, "idle")


@register.filter
def said(value: str, place: str) -> str:
    """A stored word of ``place`` (share_type, modes, update_cycle …) in the reader's language."""
    return words.label(place, value)


@register.filter
def day_said(day: Day) -> str:
    """“11-23：送达 2 次，未成 1 次”."""
    said = gettext("送达 %(n)s 次") % {"n": day.delivered}
    if day.undone:
        said += gettext("，未成 %(n)s 次") % {"n": day.undone}
    return f"{day.day:%m-%d} {said}" if day.delivered or day.undone else f"{day.day:%m-%d} {gettext('无传输')}"


@register.filter
def days_said(days: Sequence[Day]) -> str:
    """The calendar in one sentence, for who does not see it."""
    counts = {"days": len(days), "done": sum(day.delivered for day in days), "undone": sum(day.undone for day in days)}
    return gettext("近 %(days)s 日送达 %(done)s 次，未成 %(undone)s 次") % counts


@register.filter
def timed(own: Own) -> list[Step]:
    """The steps, with the time that is left at the one that is due."""
    said = left(own.clock) if own.clock else ""
    return [(state, title, said if state == "now" else small) for state, title, small in own.steps]


@register.filter
def in_order(modes: Iterable[str]) -> list[str]:
    """Modes in the order of CD2016-24."""
    return [mode.value for mode in Mode if mode in modes]


@register.filter
def mode_icon(mode: str) -> str:
    return ICONS[Mode(mode)]


@register.filter
def within(node: str, code: str) -> bool:
    """Whether the category ``node`` is ``code`` itself or lies below it."""
    return node.startswith(code)


@register.simple_tag(takes_context=True)
def query_of(context: template.Context, name: str, value: str) -> str:
    """``query`` for a name known only at run time."""
    return query(context, **{name: value})


@register.filter
def step_title(action: str) -> str:
    """What an act on an entry is called."""
    return gettext(str(words.STEPS.get(action, action)))


@register.filter
def lines(value: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in value.splitlines() if line.strip()] or [gettext("未作说明")]
