"""What the sharing catalog has shown of one entry, listing by listing (CD2016-16, 17): as public as the catalog itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from govshare.catalog.models import Entry, Revision, Step
from govshare.catalog.queries.contents import snapshot
from govshare.catalog.rules.choices import ShareType
from govshare.catalog.rules.contents import Difference, Snapshot, changed_key_elements, differences
from govshare.kernel.errors import NotFound
from govshare.regulation.articles import cite

LISTS = frozenset({"catalog:listing:confirm", "catalog:listing:adjust"})
PUBLISHES = "catalog:entry:publish"
ENDS = frozenset({"catalog:listing:delist", "catalog:listing:lapse", "catalog:entry:retire"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """From ``at`` the catalog showed ``revision``; None: the entry was taken out. ``differences``: from what it showed before."""

    at: datetime
    action: str
    revision: int | None
    differences: tuple[Difference, ...] = ()
    key_elements: frozenset[str] = frozenset()
    first: bool = False


def entry_of(code: str) -> UUID:
    """The id of the entry that ``code`` names; ``NotFound`` when there is none."""
    found = Entry.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("没有这条信息资源，或它未列入共享目录；请核对信息资源代码", basis=cite("CD2016-16"))
    return found


def editions(entry_id: UUID) -> tuple[Edition, ...]:
    """All of them, the latest first. Who may see them is who may see the entry: ask ``entry`` first."""
    said = _snapshots(entry_id)
    found: list[Edition] = []
    shown: Snapshot | None = None
    for step in Step.objects.filter(entry=entry_id).order_by("id"):
        if step.action in ENDS and shown is not None:
            shown = None
            found.append(Edition(at=step.taken_at, action=step.action, revision=None))
        elif step.revision in said and _lists(step, shown, said[step.revision]):
            before, shown = shown, said[step.revision]
            found.append(_edition(step, before, shown))
    return tuple(reversed(found))


def _lists(step: Step, shown: Snapshot | None, said: Snapshot) -> bool:
    """An act of the authority lists; a publication does where no key element differs from what is listed (PC-23)."""
    if step.action in LISTS:
        return True
    shareable = said.content.share_type != ShareType.NONE and not said.content.source
    return step.action == PUBLISHES and shown is not None and shareable and not changed_key_elements(shown, said)


def _edition(step: Step, before: Snapshot | None, shown: Snapshot) -> Edition:
    return Edition(
        at=step.taken_at,
        action=step.action,
        revision=step.revision,
        differences=differences(before, shown) if before else (),
        key_elements=changed_key_elements(before, shown) if before else frozenset(),
        first=before is None,
    )


def _snapshots(entry_id: UUID) -> dict[int, Snapshot]:
    """Every revision that was ever published, by number; in one statement for each of its tables."""
    rows = Revision.objects.filter(entry=entry_id, published_at__isnull=False).select_related("node", "source")
    return {row.number: snapshot(row) for row in rows.prefetch_related("items", "scopes", "statutory")}
