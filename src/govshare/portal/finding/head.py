"""What stands above every tab of one resource: what it is, whose, on what terms, and what the visitor may do with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from govshare.catalog import queries as catalog
from govshare.catalog.queries import EntryView, ListedEntry
from govshare.catalog.queries.tree import path
from govshare.catalog.rules.choices import Sensitivity, ShareType
from govshare.catalog.rules.contents import Content, ItemContent
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import Refused, WrongState
from govshare.organizations.models import Organization
from govshare.portal.desk import favourites
from govshare.portal.finding import words
from govshare.regulation.articles import cite
from govshare.sharing.queries import drafting, parties

LISTED = cite("CD2016-16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """``why_not``: why the visitor cannot ask for it, in the refusal's own words. ``listed`` is None while the city does not see it."""

    view: EntryView
    content: Content
    items: tuple[ItemContent, ...]
    number: int
    published_at: datetime | None
    path: tuple[tuple[str, str], ...]
    provider: Organization
    names: Mapping[str, str]
    listed: ListedEntry | None
    why_not: Refused | None
    favourite: bool
    by: Actor

    @property
    def share_type(self) -> str:
        return self.content.share_type

    @property
    def mine(self) -> bool:
        """Whether the visitor acts for the department that provides it."""
        return self.by.organization == (self.listed.organization if self.listed else str(self.view.provider))

    @property
    def at_once(self) -> bool:
        """Whether the visitor's department takes it without asking (CD2016-25.1)."""
        return self.listed is not None and self.share_type == ShareType.UNCONDITIONAL and self.listed.in_scope(self.by.organization)

    @property
    def modes(self) -> list[str]:
        return words.labels("modes", self.content.modes)

    @property
    def cycle(self) -> str:
        return words.label("update_cycle", self.content.update_cycle)

    @property
    def scope(self) -> list[str]:
        """Names of the departments in scope; empty for all of them."""
        return [] if self.content.for_all else self.named(self.content.scope)

    @property
    def statutory(self) -> list[str]:
        return self.named(each.organization for each in self.content.statutory)

    @property
    def lead(self) -> str:
        return self.names.get(self.content.lead_unit, "")

    @property
    def held_back(self) -> str:
        """“含 3 项个人信息、1 项敏感”."""
        counts = Counter(item.sensitivity for item in self.items)
        parts = [
            _("%(n)s 项%(kind)s") % {"n": counts[kind], "kind": words.label("sensitivity", kind)}
            for kind in (Sensitivity.PERSONAL, Sensitivity.COMMERCIAL_SECRET, Sensitivity.SENSITIVE)
            if counts[kind]
        ]
        return _("含 %(what)s") % {"what": _("、").join(parts)} if parts else ""

    def named(self, ids: object) -> list[str]:
        return sorted(self.names.get(each, each) for each in ids)  # type: ignore[attr-defined]


def head(code: str, *, by: Actor) -> Head:
    """Raises ``NotFound`` for what does not exist and for what the visitor may not see, alike."""
    entry = catalog.entry_of(code)
    now = utc_now()
    view = catalog.entry(entry, by=by, today=local_date(now))
    shown = view.shown or view.pending
    if shown is None:
        raise WrongState(_("这条信息资源已停用或已放弃，没有现行内容"), basis=cite("CD2016-21"))
    content = shown.snapshot.content
    bodies = {str(each.pk): each for each in Organization.objects.filter(pk__in={*words.organizations_in(content), str(view.provider)})}
    listed = parties.listed(entry) if _in_catalog(view) else None
    return Head(
        view=view,
        content=content,
        items=shown.snapshot.items,
        number=shown.number,
        published_at=shown.published_at,
        path=path(content.node),
        provider=bodies[str(view.provider)],
        names={key: body.name for key, body in bodies.items()},
        listed=listed,
        why_not=drafting.why_not(listed, by=by) if listed else Refused(_("这条信息资源没有列入共享目录，不能据以申请"), basis=LISTED),
        favourite=_kept(entry, by),
        by=by,
    )


def _in_catalog(view: EntryView) -> bool:
    """Others see nothing but what is listed."""
    return not view.inside or bool(view.listing and view.listing.listed_id)


def _kept(entry: UUID, by: Actor) -> bool:
    return favourites.of(by).filter(entry=entry).exists()
