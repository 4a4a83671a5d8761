"""``{% paper_links "entry" entry.id %}``: the papers about a matter, and the way to issue one."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from govshare.papers import queries
from govshare.papers.rules.kinds import ISSUERS, READERS, PaperKind
from govshare.portal.papers.pages import standing_for

register = template.Library()


@register.inclusion_tag("portal/papers/links.html", takes_context=True)
def paper_links(context: template.Context, kind: str, about: UUID) -> Mapping[str, object]:
    """``kind``: entry, demand, grant or administrator; ``about``: the id of the entry, demand, grant or filing."""
    visitor = context["request"].visitor
    if visitor is None or not visitor.actor.is_one_of(READERS):
        return {"papers": (), "kind": ""}
    by = visitor.actor
    found = [paper for paper in queries.about(about, by=by, standing_for=standing_for(by)) if paper.kind == kind]
    return {"papers": found, "kind": kind, "label": PaperKind(kind).label, "about": about, "may_issue": by.is_one_of(ISSUERS[kind])}
