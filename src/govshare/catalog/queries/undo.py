"""Taking a fresh submission back 「收回」: who may, and until when (PC-80)."""

from datetime import datetime

from govshare.catalog.models import Revision
from govshare.catalog.rules.workflows import ENTRY
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotYours, Refused, WrongState
from govshare.kernel.workflow import Move


def permit(revision: Revision, *, by: Actor, now: datetime) -> Move:
    """The move, or why not: somebody else submitted it, somebody acted on it, or the minutes are over."""
    move = ENTRY.check("undo", status=revision.status, roles=by.roles)
    by.need_own(revision.entry.provider_id, basis=move.basis)
    if revision.submitted_at is None or revision.submitted_by != by.id:
        raise NotYours("只有提交人本人可以收回；本部门其他登记人员请用“撤回提交”", basis=move.basis)
    if now > duties.may_undo_until(revision.submitted_at):
        raise WrongState("收回的时限已过，需要修改请用“撤回提交”", basis=move.basis)
    return move


def until(revision: Revision, *, by: Actor, now: datetime) -> datetime | None:
    """Up to when ``by`` may take it back; None when not (any more)."""
    try:
        permit(revision, by=by, now=now)
    except Refused:
        return None
    return duties.may_undo_until(revision.submitted_at) if revision.submitted_at else None
