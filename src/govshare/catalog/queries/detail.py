"""One entry, as much of it as the asker may see: its department and its authority everything, others what is listed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from govshare.catalog.models import Entry, Listing, Revision, Route, Step, Verification
from govshare.catalog.queries import contents, routes
from govshare.catalog.rules.choices import IN_CATALOG, Status, VerificationStatus
from govshare.catalog.rules.contents import Difference, Snapshot, changed_key_elements, differences
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.regulation.articles import cite


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    id: UUID
    number: int
    based_on: int | None  # number of the published revision it was made from
    status: str
    adjusted: bool
    snapshot: Snapshot
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """``inside``: seen by its department or its authority. Others get ``shown`` (what is listed) and nothing pending."""

    id: UUID
    code: str
    version: int
    provider: UUID
    provider_name: str
    inside: bool
    shown: RevisionView | None  # listed, else published
    published: RevisionView | None  # in the department's own catalog; for those inside
    pending: RevisionView | None
    differences: tuple[Difference, ...]  # of the pending revision against the published one
    key_elements: frozenset[str]  # among them (CD2016-17)
    faults: tuple[Fault, ...]  # self-check of the pending revision
    listing: Listing | None
    verification: Verification | None
    route: Route | None
    missing_interface: routes.MissingInterface | None
    history: tuple[Step, ...]
    asked: Step | None  # the last return, with its remarks, while nobody answered it by handing in again


def entry(entry_id: UUID, *, by: Actor, today: date) -> EntryView:
    """Raises ``NotFound`` for what does not exist and for what the asker may not see, alike."""
    found = Entry.objects.select_related("provider").filter(pk=entry_id).first()
    listing = Listing.objects.select_related("filed", "listed").filter(entry=entry_id).first()
    listed = listing.listed if listing and listing.status in IN_CATALOG else None
    inside = found is not None and _inside(found, by)
    if found is None or not (inside or listed):
        raise NotFound("没有这条信息资源，或它未列入共享目录", basis=cite("CD2016-16"))
    published = contents.published(found) if inside else None
    pending = contents.pending(found) if inside else None
    before, after = (_snapshot(each) for each in (published, pending))
    standing = _view(published, before)
    shown = standing if published and (listed is None or listed.pk == published.pk) else _view(listed)
    history = tuple(found.steps.prefetch_related("remarks")) if inside else ()
    return EntryView(
        id=found.pk,
        code=found.code,
        version=found.version,
        provider=found.provider_id,
        provider_name=found.provider.name,
        inside=inside,
        shown=shown,
        published=standing,
        pending=_view(pending, after),
        differences=differences(before, after) if before and after else (),
        key_elements=changed_key_elements(before, after) if before and after else frozenset(),
        faults=contents.faults(pending) if pending and pending.status == Status.DRAFT else (),
        listing=listing if inside else None,
        verification=_verification(found) if inside else None,
        route=routes.standing(found) if inside else None,
        missing_interface=routes.missing_interface(found, today=today),
        history=history,
        asked=_asked(history),
    )


def revisions(entry_id: UUID, *, by: Actor) -> list[RevisionView]:
    """Every revision that was ever published or is being worked on, the latest first; for the department and its authority."""
    found = Entry.objects.filter(pk=entry_id).first()
    if found is None or not _inside(found, by):
        raise NotFound("没有这条信息资源，或只有其提供部门和主管部门可以查看各版本", basis=cite("CD2016-15"))
    rows = found.revisions.exclude(status=Status.DISCARDED).order_by("-number").select_related("node", "source")
    return [view for view in map(_view, rows.prefetch_related("items", "scopes", "statutory")) if view]


def pending_changes(entry_id: UUID, *, by: Actor) -> tuple[Difference, ...]:
    """What a filed change differs in from what is listed: what the authority decides on."""
    listing = Listing.objects.select_related("entry", "filed", "listed").filter(entry=entry_id).first()
    if listing is None or not _inside(listing.entry, by):
        raise NotFound("没有这条信息资源，或只有其提供部门和主管部门可以查看变更", basis=cite("CD2016-17"))
    if listing.listed is None:
        return ()
    return differences(contents.snapshot(listing.listed), contents.snapshot(listing.filed))


def _inside(found: Entry, by: Actor) -> bool:
    if by.organization == str(found.provider_id):
        return True
    return Role.AUTHORITY in by.roles and by.organization == str(organizations.authority_for(found.provider_id).pk)


_RETURNS = frozenset(each.action for each in (ENTRY["return"], LISTING["send_back"], VERIFICATION["return"]))
_ANSWERS = frozenset(
    each.action for each in (ENTRY["submit"], ENTRY["retire"], LISTING["file_again"], LISTING["file_change"], VERIFICATION["file_again"])
)


def _asked(history: tuple[Step, ...]) -> Step | None:
    last = next((step for step in reversed(history) if step.action in _RETURNS | _ANSWERS), None)
    return last if last and last.action in _RETURNS else None


def _snapshot(revision: Revision | None) -> Snapshot | None:
    return contents.snapshot(revision) if revision else None


def _view(revision: Revision | None, said: Snapshot | None = None) -> RevisionView | None:
    if revision is None:
        return None
    return RevisionView(
        id=revision.pk,
        number=revision.number,
        based_on=revision.based_on,
        status=revision.status,
        adjusted=revision.adjusted,
        snapshot=said or contents.snapshot(revision),
        published_at=revision.published_at,
    )


def _verification(found: Entry) -> Verification | None:
    standing = found.verifications.exclude(status=VerificationStatus.LAPSED)
    return standing.order_by("-revision__number").first()
