"""Papers, and the sealed scans that came back; only to the parties."""

from collections.abc import Iterable
from typing import BinaryIO
from uuid import UUID

from django.db.models import QuerySet

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.papers.models import Paper, SealedScan
from govshare.papers.rules.kinds import NUMBERS, READERS, SCAN_TYPES
from govshare.papers.shelf import Shelf

SHELF = Shelf("papers", what="盖章件", basis=SCAN_TYPES)


def visible(by: Actor, *, standing_for: Iterable[str] = ()) -> QuerySet[Paper]:
    """Papers to which the actor's organization is a party, or one of those it stands for since a merger (ids, as text)."""
    if not by.is_one_of(READERS) or not by.organization:
        return Paper.objects.none()
    return Paper.objects.filter(parties__overlap=[by.organization, *standing_for])


def get(paper_id: UUID, *, by: Actor, standing_for: Iterable[str] = ()) -> Paper:
    """One paper; NotFound when there is none or ``by`` may not see it."""
    found = visible(by, standing_for=standing_for).filter(pk=paper_id).first()
    if found is None:
        raise NotFound("没有这份文书，或者您无权查看，请核对文号", basis=NUMBERS)
    return found


def about(matter: UUID | str, *, by: Actor, standing_for: Iterable[str] = ()) -> list[Paper]:
    """Papers about one matter, the latest first."""
    return list(visible(by, standing_for=standing_for).filter(about=str(matter)).prefetch_related("scans"))


def open_scan(scan_id: UUID, *, by: Actor, standing_for: Iterable[str] = ()) -> tuple[SealedScan, BinaryIO]:
    """A sealed scan, for reading; raises Unavailable when what lies on the disk is not what was handed in."""
    found = SealedScan.objects.filter(pk=scan_id, paper__in=visible(by, standing_for=standing_for)).first()
    if found is None:
        raise NotFound("没有这份盖章件，或者您无权查看", basis=SCAN_TYPES)
    return found, SHELF.open(found.digest)
