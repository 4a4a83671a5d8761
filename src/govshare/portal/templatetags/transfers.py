"""Words and colours of runs."""

from collections.abc import Mapping

from django import template

from govshare.portal.transfers.rows import LOOKS, state_words

register = template.Library()


@register.inclusion_tag("portal/transfers/state.html")
def run_state(status: str) -> Mapping[str, object]:
    """The badge of a run's status; ``never`` when there was no run yet."""
    colour, light = LOOKS[status]
    return {"colour": colour, "light": light, "text": state_words(status)}


@register.filter
def whole(value: float) -> int:
    return round(value)
