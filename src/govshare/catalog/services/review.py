"""Review within the department 「审核」 and publication in its resource catalog 「资源目录」, filed in the same act (CD2016-14, 15, 21)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Entry, Revision
from govshare.catalog.queries import contents as saying
from govshare.catalog.queries import moves
from govshare.catalog.rules.choices import Status
from govshare.catalog.rules.contents import digest
from govshare.catalog.rules.remarks import Remark
from govshare.catalog.rules.workflows import ENTRY
from govshare.catalog.services import acts, filing, notices
from govshare.catalog.services.drafts import being_worked_on
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Invalid, WrongState
from govshare.kernel.workflow import Move
from govshare.regulation.articles import cite


@transaction.atomic
def submit(*, entry: UUID, expected_version: int, by: Actor, now: datetime) -> Revision:
    """Hand the draft in for review; refused with every fault of the self-check 「自查」."""
    found, revision, move = _pending(entry, "submit", expected_version, by=by, now=now)
    _refuse_stale(found, revision, basis=move.basis)
    _refuse_faulty(revision, basis=move.basis)
    revision.submitted_at, revision.submitted_by = now, by.id
    return _moved(found, revision, move, by=by, now=now)


@transaction.atomic
def withdraw(*, entry: UUID, expected_version: int, by: Actor, now: datetime) -> Revision:
    """Take the submission back, to go on working on it."""
    found, revision, move = _pending(entry, "withdraw", expected_version, by=by, now=now)
    return _moved(found, revision, move, by=by, now=now)


@transaction.atomic
def undo(*, entry: UUID, expected_version: int, by: Actor, now: datetime) -> Revision:
    """Take one's own submission back within minutes: a draft again, with everything kept (PC-80)."""
    found, revision, move = _pending(entry, "undo", expected_version, by=by, now=now)
    revision.submitted_at, revision.submitted_by = None, ""
    return _moved(found, revision, move, by=by, now=now)


@transaction.atomic
def return_entry(
    *, entry: UUID, reason: str = "", remarks: Sequence[Remark] = (), expected_version: int, by: Actor, now: datetime
) -> Revision:
    """Send it back to the registrar, saying what to correct: in all, or place by place."""
    found, revision, move = _pending(entry, "return", expected_version, by=by, now=now)
    reason, remarks = acts.returned(reason, remarks, sent_back=revision, what="退回原因", basis=move.basis)
    return _moved(found, revision, move, reason=reason, remarks=remarks, by=by, now=now)


@transaction.atomic
def publish(*, entry: UUID, expected_version: int, by: Actor, now: datetime) -> Revision:
    """Publish in the department's resource catalog and file with the authority, in one act.

    The pending revision takes the place of the published one; a changed key element is told by this (CD2016-17).
    """
    found, revision, move = _pending(entry, "publish", expected_version, by=by, now=now)
    _refuse_stale(found, revision, basis=move.basis)
    _refuse_faulty(revision, basis=move.basis)
    supersede(found, by=by, now=now)
    put_in_force(revision, by=by, now=now)
    filing.file(found, revision, by=by, now=now)
    notices.change_told(found, by=by, now=now)
    acts.note(
        found,
        revision=revision.number,
        action=move.action,
        basis=move.basis,
        by=by,
        now=now,
        parties=[acts.authority_of(found)],
        digests={"revision": revision.digest},
    )
    return revision


@transaction.atomic
def retire(*, entry: UUID, reason: str, expected_version: int, by: Actor, now: datetime) -> Revision:
    """End an entry that the department no longer collects or holds (CD2016-21); it leaves the sharing catalog with it."""
    found = acts.locked(entry, expected_version=expected_version)
    revision = saying.published(found)
    if revision is None:
        raise WrongState(f"“{found.code}”没有已发布的内容，不能停用", basis=cite("CD2016-21"))
    move = moves.permit("retire", revision, by=by, now=now)
    reason = acts.stated(reason, what="停用原因", basis=move.basis)
    filing.withdraw(found, by=by, now=now)
    revision.status, revision.ended_at, revision.ended_by = move.target, now, by.id
    revision.save(update_fields=["status", "ended_at", "ended_by"])
    acts.note(
        found,
        revision=revision.number,
        action=move.action,
        basis=move.basis,
        reason=reason,
        by=by,
        now=now,
        parties=[acts.authority_of(found)],
    )
    return revision


def supersede(entry: Entry, *, by: Actor, now: datetime) -> None:
    """The published revision, if there is one, makes way for the next."""
    former = saying.published(entry)
    if former is not None:
        former.status = ENTRY.check("supersede", status=former.status, roles=by.roles).target
        former.ended_at, former.ended_by = now, by.id
        former.save(update_fields=["status", "ended_at", "ended_by"])


def put_in_force(revision: Revision, *, by: Actor, now: datetime) -> None:
    revision.status, revision.published_at, revision.published_by = Status.PUBLISHED, now, by.id
    revision.digest = digest(saying.snapshot(revision))
    revision.save(update_fields=["status", "published_at", "published_by", "digest"])


def _pending(entry: UUID, verb: str, expected_version: int, *, by: Actor, now: datetime) -> tuple[Entry, Revision, Move]:
    found = acts.locked(entry, expected_version=expected_version)
    revision = being_worked_on(found)
    return found, revision, moves.permit(verb, revision, by=by, now=now)


def _moved(
    entry: Entry, revision: Revision, move: Move, *, reason: str = "", remarks: Sequence[Remark] = (), by: Actor, now: datetime
) -> Revision:
    revision.status = move.target
    revision.save(update_fields=["status", "submitted_at", "submitted_by"])
    acts.note(entry, revision=revision.number, action=move.action, basis=move.basis, reason=reason, remarks=remarks, by=by, now=now)
    return revision


def _refuse_stale(entry: Entry, revision: Revision, *, basis: Basis) -> None:
    published = saying.published(entry)
    if revision.based_on != (published.number if published else None):
        raise WrongState(f"主管部门已调整“{entry.code}”，请对照现行内容修改并重新保存，再提交", basis=basis)


def _refuse_faulty(revision: Revision, *, basis: Basis) -> None:
    faults = saying.faults(revision)
    if faults:
        raise Invalid(f"自查发现 {len(faults)} 处须改正", basis=basis, faults=faults)
