"""The authority's decisions on what departments file, and the sharing catalog 「共享目录」 they form (CD2016-16, 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Entry, Listing, Revision, Verification
from govshare.catalog.queries import contents as saying
from govshare.catalog.queries import moves
from govshare.catalog.rules.choices import ListingStatus, ShareType
from govshare.catalog.rules.contents import ADJUSTABLE, Content, Snapshot, differences
from govshare.catalog.rules.remarks import Remark
from govshare.catalog.rules.workflows import LISTING, VERIFICATION
from govshare.catalog.services import acts, contents, filing, review
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Fault, Invalid, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.workflow import Move
from govshare.regulation.articles import cite

CONFIRMATION = cite("CD2016-16")


@transaction.atomic
def confirm(*, entry: UUID, expected_revision: int, opinion: str = "", by: Actor, now: datetime) -> Listing:
    """List the filed revision as it is; the department owes an access interface from now on (CD2016-19)."""
    listing, move = _decided(entry, "confirm", expected_revision, by=by)
    opinion = acts.remark(opinion, basis=move.basis)
    _refuse_unlistable(listing.filed, basis=move.basis)
    _decide(listing, move, opinion=opinion, by=by, now=now)
    filing.put_up(listing, listing.filed, by=by, now=now)
    return _noted(listing, move, listing.filed, by=by, now=now)


@transaction.atomic
def adjust(*, entry: UUID, changes: Mapping[str, Any], reason: str, expected_revision: int, by: Actor, now: datetime) -> Listing:
    """List what was filed with the authority's own adjustments: a new revision, shown to the department with the reason.

    ``changes`` names fields of ``Content`` among ``ADJUSTABLE`` (CD2016-16); items stay the department's own.
    """
    listing, move = _decided(entry, "adjust", expected_revision, by=by)
    _refuse_unlistable(listing.filed, basis=move.basis)
    reason = acts.stated(reason, what="调整理由", basis=move.basis)
    before = saying.snapshot(listing.filed)
    after = Snapshot(content=_adjusted(before.content, changes, basis=move.basis), items=before.items)
    changed = differences(before, after)
    if not changed:
        raise Invalid("没有调整任何内容；同意原内容的请直接确认", basis=move.basis)
    revision = _adjusted_revision(listing.entry, listing.filed, after, by=by, now=now)
    _decide(listing, move, opinion=reason, by=by, now=now)
    filing.put_up(listing, revision, by=by, now=now)
    detail = {"changed": " ".join(each.place for each in changed)}
    return _noted(listing, move, revision, reason=reason, by=by, now=now, detail=detail)


@transaction.atomic
def send_back(
    *, entry: UUID, reason: str = "", remarks: Sequence[Remark] = (), expected_revision: int, by: Actor, now: datetime
) -> Listing:
    """Return what was filed for correction. A change of what is listed goes back alone; the listing stays (PC-23)."""
    changed = Listing.objects.filter(entry=entry, status=ListingStatus.CHANGED).exists()
    listing, move = _decided(entry, "send_change_back" if changed else "send_back", expected_revision, by=by)
    if listing.filed.share_type == ShareType.NONE:
        raise WrongState("备案内容为不予共享，请在核定中退回", basis=cite("CD2016-13.2"))
    reason, remarks = acts.returned(reason, remarks, sent_back=listing.filed, what="退回原因", basis=move.basis)
    _decide(listing, move, opinion=reason, by=by, now=now)
    listing.save()
    return _noted(listing, move, listing.filed, reason=reason, remarks=remarks, by=by, now=now)


@transaction.atomic
def delist(*, entry: UUID, reason: str, expected_revision: int, by: Actor, now: datetime) -> Listing:
    """Take an entry out of the sharing catalog, with the reason."""
    listing, move = _decided(entry, "delist", expected_revision, by=by)
    reason = acts.stated(reason, what="移出原因", basis=move.basis)
    filing.take_down(listing, verb="delist", opinion=reason, by=by, now=now)
    return _noted(listing, move, listing.filed, reason=reason, by=by, now=now)


@transaction.atomic
def file_again(*, entry: UUID, reason: str, expected_version: int, by: Actor, now: datetime) -> Listing | Verification:
    """Put the published revision before the authority once more, unchanged, with the department's reasons."""
    found = acts.locked(entry, expected_version=expected_version)
    acts.need_provider(by, found, basis=CONFIRMATION)
    published = saying.published(found)
    if published is None:
        raise WrongState(f"“{found.code}”没有已发布的内容，不能备案", basis=CONFIRMATION)
    filed: Listing | Verification
    if published.share_type == ShareType.NONE:
        filed, move = _verification_again(published, by=by)
    else:
        filed, move = _listing_again(found, published, by=by)
    moves.need_reviewer_post(found, by=by, now=now)
    reason = acts.stated(reason, what="再次备案的理由", basis=move.basis)
    filed.status, filed.filed_at, filed.filed_by = move.target, now, by.id
    filed.save()
    acts.note(
        found,
        revision=published.number,
        action=move.action,
        basis=move.basis,
        reason=reason,
        by=by,
        now=now,
        parties=[acts.authority_of(found)],
    )
    return filed


def _listing_again(entry: Entry, published: Revision, *, by: Actor) -> tuple[Listing, Move]:
    listing = Listing.objects.filter(entry=entry).first()
    if listing is None or not published.authoritative:
        raise WrongState(f"“{entry.code}”无须列入共享目录", basis=CONFIRMATION)
    change = listing.status == ListingStatus.LISTED and listing.listed_id != published.pk
    move = LISTING.check("file_change" if change else "file_again", status=listing.status, roles=by.roles)
    listing.filed = published
    return listing, move


def _verification_again(published: Revision, *, by: Actor) -> tuple[Verification, Move]:
    verification = Verification.objects.get(revision=published)
    move = VERIFICATION.check("file_again", status=verification.status, roles=by.roles)
    listing = Listing.objects.filter(entry=published.entry_id, status=ListingStatus.LISTED).first()
    if listing is not None:
        listing.status = LISTING.check("file_change", status=listing.status, roles=by.roles).target
        listing.save(update_fields=["status"])
    return verification, move


def _decided(entry: UUID, verb: str, expected_revision: int, *, by: Actor) -> tuple[Listing, Move]:
    """The listing to decide on, if ``by`` may and still looks at what was filed last."""
    found = acts.locked(entry)
    listing = Listing.objects.select_related("filed", "listed").filter(entry=found).first()
    if listing is None:
        raise WrongState(f"“{found.code}”没有备案待列入共享目录的内容", basis=CONFIRMATION)
    listing.entry = found
    move = moves.permit_decision(verb, listing, by=by)
    if listing.filed.number != expected_revision:
        raise WrongState(f"“{found.code}”已有新的备案内容（第 {listing.filed.number} 版），请重新打开核对后再办", basis=acts.SEEN)
    return listing, move


def _decide(listing: Listing, move: Move, *, opinion: str, by: Actor, now: datetime) -> None:
    listing.status, listing.opinion, listing.decided_at, listing.decided_by = move.target, opinion, now, by.id


def _noted(
    listing: Listing,
    move: Move,
    revision: Revision,
    *,
    reason: str = "",
    remarks: Sequence[Remark] = (),
    by: Actor,
    now: datetime,
    detail: Mapping[str, str] | None = None,
) -> Listing:
    acts.note(
        listing.entry,
        revision=revision.number,
        action=move.action,
        basis=move.basis,
        reason=reason or listing.opinion,
        by=by,
        now=now,
        parties=[str(listing.entry.provider_id)],
        digests={"revision": revision.digest},
        detail=detail,
        remarks=remarks,
    )
    return listing


def _refuse_unlistable(revision: Revision, *, basis: Basis) -> None:
    if revision.share_type == ShareType.NONE:
        raise WrongState("备案内容为不予共享，请办理核定", basis=cite("CD2016-13.2"))
    if not revision.authoritative:
        raise WrongState("备案内容已改为非权威副本，不能列入共享目录；原列入的请移出", basis=basis)


def _adjusted(content: Content, changes: Mapping[str, Any], *, basis: Basis) -> Content:
    faults = [Fault(place, "不由主管部门调整，请退回部门修改") for place in sorted(set(changes) - ADJUSTABLE)]
    if changes.get("share_type") == ShareType.NONE:
        faults.append(Fault("share_type", "改为不予共享须由部门提供依据，请退回部门修改"))
    if faults:
        raise Invalid("有不能调整的内容", basis=basis, faults=faults)
    sets = {place: frozenset(value) for place, value in changes.items() if isinstance(value, list | tuple | set)}
    return replace(content, **{**changes, **sets})


def _adjusted_revision(entry: Entry, filed: Revision, after: Snapshot, *, by: Actor, now: datetime) -> Revision:
    snapshot, found = contents.checked(after, entry=entry)
    entry.last_revision += 1
    revision = Revision(
        id=new_id(),
        entry=entry,
        number=entry.last_revision,
        based_on=filed.number,
        adjusted=True,
        created_at=now,
        created_by=by.id,
    )
    review.supersede(entry, by=by, now=now)
    contents.write(revision, snapshot, found)
    faults = saying.faults(revision)
    if faults:
        raise Invalid(f"调整后有 {len(faults)} 处不符合要求", basis=CONFIRMATION, faults=faults)
    review.put_in_force(revision, by=by, now=now)
    return revision
