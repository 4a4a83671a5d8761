"""Verification 「核定」 of what departments do not share, with its law, regulation or rule (CD2016-13.2)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Listing, Verification
from govshare.catalog.queries import moves
from govshare.catalog.rules.choices import ListingStatus, VerificationStatus
from govshare.catalog.rules.remarks import Remark
from govshare.catalog.rules.workflows import LISTING
from govshare.catalog.services import acts, filing
from govshare.kernel.actor import Actor
from govshare.kernel.errors import WrongState
from govshare.kernel.workflow import Move
from govshare.regulation.articles import cite

NOT_SHARED = cite("CD2016-13.2")


@transaction.atomic
def verify_not_shared(*, entry: UUID, expected_revision: int, opinion: str = "", by: Actor, now: datetime) -> Verification:
    """Accept that the entry is not shared; if it was listed, it leaves the sharing catalog now."""
    verification, move = _pending(entry, "verify", expected_revision, by=by)
    opinion = acts.remark(opinion, basis=move.basis)
    former = Verification.objects.filter(entry=entry, status=VerificationStatus.VERIFIED)
    former.update(status=VerificationStatus.LAPSED)
    listing = Listing.objects.filter(entry=entry).exclude(status=ListingStatus.DELISTED).first()
    if listing is not None:
        filing.take_down(listing, verb="lapse", opinion=opinion, by=by, now=now)
    return _decide(verification, move, opinion=opinion, by=by, now=now)


@transaction.atomic
def return_not_shared(
    *, entry: UUID, reason: str = "", remarks: Sequence[Remark] = (), expected_revision: int, by: Actor, now: datetime
) -> Verification:
    """Send it back: the ground does not carry it. ``remarks`` say what to correct, place by place."""
    verification, move = _pending(entry, "return", expected_revision, by=by)
    reason, remarks = acts.returned(reason, remarks, sent_back=verification.revision, what="退回原因", basis=move.basis)
    listing = Listing.objects.filter(entry=entry, status=ListingStatus.CHANGED).first()
    if listing is not None:  # it stays listed as it was (PC-23)
        listing.status = LISTING.check("send_change_back", status=listing.status, roles=by.roles).target
        listing.save(update_fields=["status"])
    return _decide(verification, move, opinion=reason, remarks=remarks, by=by, now=now)


def _pending(entry: UUID, verb: str, expected_revision: int, *, by: Actor) -> tuple[Verification, Move]:
    found = acts.locked(entry)
    verification = (
        Verification.objects.select_related("revision")
        .filter(entry=found)
        .exclude(status=VerificationStatus.LAPSED)
        .order_by("-revision__number")
        .first()
    )
    if verification is None:
        raise WrongState(f"“{found.code}”没有待核定的内容", basis=NOT_SHARED)
    verification.entry = found
    move = moves.permit_decision(verb, verification, by=by)
    if verification.revision.number != expected_revision:
        raise WrongState(f"“{found.code}”已有新的备案内容，请重新打开核对后再办", basis=acts.SEEN)
    return verification, move


def _decide(
    verification: Verification, move: Move, *, opinion: str, remarks: Sequence[Remark] = (), by: Actor, now: datetime
) -> Verification:
    verification.status, verification.opinion = move.target, opinion
    verification.decided_at, verification.decided_by = now, by.id
    verification.save()
    acts.note(
        verification.entry,
        revision=verification.revision.number,
        action=move.action,
        basis=move.basis,
        reason=opinion,
        by=by,
        now=now,
        parties=[str(verification.entry.provider_id)],
        digests={"revision": verification.revision.digest},
        remarks=remarks,
    )
    return verification
