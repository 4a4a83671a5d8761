"""Who is who, who holds which post, who took over from whom, who calls."""

from govshare.organizations.queries.actors import (
    actor_of_certificate,
    actor_of_session,
    holder_of_ticket,
    named_by,
    open_session,
    stranded,
)
from govshare.organizations.queries.bodies import area, at, authority_for, get, houses, need_operator, operator, successions, successor
from govshare.organizations.queries.posts import Standing, current_standings, holders, in_force, posts_held
from govshare.organizations.queries.trust import late_lists

__all__ = [
    "Standing",
    "actor_of_certificate",
    "actor_of_session",
    "area",
    "at",
    "authority_for",
    "current_standings",
    "get",
    "holder_of_ticket",
    "holders",
    "houses",
    "in_force",
    "late_lists",
    "named_by",
    "need_operator",
    "open_session",
    "operator",
    "posts_held",
    "stranded",
    "successions",
    "successor",
]
