"""Who is who, who holds which post, who took over from whom."""

from govshare.organizations.queries.bodies import authority_for, get, operator, successor
from govshare.organizations.queries.posts import Standing, current_standings, holders, posts_held

__all__ = ["Standing", "authority_for", "current_standings", "get", "holders", "operator", "posts_held", "successor"]
