"""Colours and words of demands and grants, for their pages."""

from django import template

from govshare.portal.sharing import words
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import Way

register = template.Library()


@register.filter
def demand_colour(demand: Demand) -> str:
    return words.COLOURS[demand.status]


@register.filter
def grant_colour(grant: Grant) -> str:
    return words.GRANT_COLOURS[grant.status]


@register.filter
def use_colour(use: str) -> str:
    return words.USE_COLOURS.get(use, "idle")


@register.filter
def sensitivity_colour(value: str) -> str:
    return words.SENSITIVITY_COLOURS.get(value, "idle")


@register.filter
def way_words(value: str) -> str:
    """How the right to data comes about."""
    return Way(value).label if value else ""
