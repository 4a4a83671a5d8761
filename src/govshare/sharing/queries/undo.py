"""Taking a fresh submission back 「收回」: who may, and until when (PC-80)."""

from datetime import datetime

from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotYours, Refused, WrongState
from govshare.kernel.workflow import Move
from govshare.sharing.models import Demand
from govshare.sharing.queries import moves
from govshare.sharing.rules.demands import WORKFLOW


def permit(demand: Demand, *, by: Actor, now: datetime) -> Move:
    """The move, or why not. The last act on the demand must be the submission itself; one that was amended has no draft to go back to."""
    move = moves.permit(demand, "undo", by=by, on=local_date(now))
    last = demand.events.order_by("-id").first()
    if last is None or last.action != WORKFLOW["submit"].action:
        raise WrongState("提交之后又有了办理，不能收回；不再需要的请用“撤回”", basis=move.basis)
    if last.taken_by != by.id:
        raise NotYours("只有提交人本人可以收回；本部门其他人员请用“撤回”", basis=move.basis)
    if now > duties.may_undo_until(last.taken_at):
        raise WrongState("收回的时限已过；需要修改的请由本部门把关人退回，不再需要的请用“撤回”", basis=move.basis)
    return move


def until(demand: Demand, *, by: Actor, now: datetime) -> datetime | None:
    """Up to when ``by`` may take it back; None when not (any more)."""
    try:
        permit(demand, by=by, now=now)
    except Refused:
        return None
    return duties.may_undo_until(demand.submitted_at) if demand.submitted_at else None
