"""The log's pages: links that narrow, conditions in words."""

from collections.abc import Mapping

from django import template

from govshare.portal.log.filters import Filters, shown
from govshare.portal.receipts.words import action_words
from govshare.portal.templatetags.gx import query

register = template.Library()


@register.simple_tag(takes_context=True)
def narrowed(context: template.Context, changes: Mapping[str, str]) -> str:
    """This list with other conditions, from its beginning."""
    return query(context, **{**changes, "before": ""})


@register.simple_tag(takes_context=True)
def without(context: template.Context, name: str) -> str:
    """This list without the condition ``name``, from its beginning."""
    return query(context, **{name: "", "before": ""})


@register.simple_tag
def condition(filters: Filters, name: str) -> str:
    """A condition as one would type it."""
    value = getattr(filters, name)
    return shown(name, value) if value else ""


@register.simple_tag
def action_word(action: str) -> str:
    return action_words(action)
