"""Colours and words of demands and grants, for their pages."""

from collections.abc import Mapping

from django import template

from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import DemandStatus, GrantStatus, Use, Way

register = template.Library()

S = DemandStatus
COLOURS: Mapping[str, str] = {
    S.DRAFT: "idle",
    S.CHECKING: "pri",
    S.RETURNED: "warn",
    S.DECLINED: "idle",
    S.ACCEPTING: "pri",
    S.ACCEPTING_INCOMPLETE: "warn",
    S.DECIDING: "pri",
    S.DECIDING_INCOMPLETE: "warn",
    S.PRESSED: "bad",
    S.GRANTED: "ok",
    S.REFUSED: "bad",
    S.WITHDRAWN: "idle",
    S.LAPSED: "idle",
}
GRANT_COLOURS: Mapping[str, str] = {GrantStatus.ACTIVE: "ok", GrantStatus.ENDED: "idle", GrantStatus.SUPERSEDED: "idle"}
USE_COLOURS: Mapping[str, str] = {
    Use.PLAIN: "line",
    Use.MASK: "warn",
    Use.KEYED_HASH: "vio",
    Use.QUERY_KEY: "teal",
    Use.CONDITION: "idle",
    "refused": "bad",
}
SENSITIVITY_COLOURS: Mapping[str, str] = {"ordinary": "idle", "sensitive": "bad", "personal": "vio", "commercial_secret": "warn"}
WAY_COLOURS: Mapping[str, str] = {Way.STATUTORY: "vio", Way.AT_ONCE: "ok", Way.AGREED: "pri"}


@register.filter
def demand_colour(demand: Demand) -> str:
    return COLOURS[demand.status]


@register.filter
def grant_colour(grant: Grant) -> str:
    return GRANT_COLOURS[grant.status]


@register.filter
def use_colour(use: str) -> str:
    return USE_COLOURS.get(use, "idle")


@register.filter
def sensitivity_colour(value: str) -> str:
    return SENSITIVITY_COLOURS.get(value, "idle")


@register.filter
def way_words(value: str) -> str:
    """How the right to data comes about."""
    return Way(value).label if value else ""


@register.filter
def way_colour(value: str) -> str:
    return WAY_COLOURS.get(value, "line")
