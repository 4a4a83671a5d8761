"""What people do with runs: start, retry, confirm, cancel (PC-51, PC-57)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from govshare.exchange import queries
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import EXCHANGE, RUN, WHO, Asked, RunStatus, TransferStatus, Way
from govshare.exchange.services import acts
from govshare.kernel.actor import Actor
from govshare.kernel.errors import WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.regulation.words import said
from govshare.sharing import queries as sharing


@transaction.atomic
def start(*, transfer: UUID, by: Actor, now: datetime, comparing: bool = False) -> Run:
    """Queue a run. One at a time: what is queued, running, failed or waiting for a person comes to its end first.

    ``comparing``: by snapshot difference this time, which finds what increments cannot see (PC-58).
    """
    found = Transfer.objects.select_for_update(of=("self",)).get(pk=queries.transfer(transfer, by=by).pk)
    need_startable(found, by=by, now=now)
    former = found.runs.aggregate(number=Max("number"), token=Max("token"))
    run = Run(
        id=new_id(),
        transfer=found,
        number=(former["number"] or 0) + 1,
        mode=Way.DIFFERENCE if comparing else found.mode,
        token=(former["token"] or 0) + 1,
        requested_at=now,
        requested_by=by.id,
    )
    run.start_receipt = acts.record(
        found,
        action="exchange:run:start",
        basis=EXCHANGE,
        about=str(run),
        by=by,
        now=now,
        detail={"table": found.table, "way": str(Way(run.mode).label)},
    ).number
    run.save(force_insert=True)
    acts.queue(run)
    return run


def need_startable(transfer: Transfer, *, by: Actor, now: datetime) -> None:
    """Raise the reason why ``by`` cannot start a run of ``transfer`` now."""
    by.need(Role.RESOURCE_ADMIN, Role.SYSTEM, basis=WHO)
    acts.need_taker(transfer, by=by)
    if transfer.status != TransferStatus.ACTIVE:
        raise WrongState(f"传输 {transfer.number} 已结束，请重新登记", basis=EXCHANGE)
    unfinished = queries.open_run(transfer)
    if unfinished:
        raise WrongState(f"{unfinished} {RunStatus(unfinished.status).label}，请等待、重试或取消", basis=WHO)
    sharing.plan(transfer.grant_id, now=now)  # the reason at once, if there is one


def need_movable(run: Run, verb: str, *, by: Actor) -> None:
    """Raise the reason why ``by`` cannot make this move of ``run`` now."""
    acts.need_taker(run.transfer, by=by)
    RUN.check(verb, status=run.status, roles=by.roles)


@transaction.atomic
def retry(*, run: UUID, by: Actor, now: datetime) -> Run:
    """Queue a failed run again. What it has loaded is compared with a new snapshot; only what differs moves again."""
    found, move = acts.take(run, "retry", by=by)
    return _again(found, move.verb, by=by, now=now, reason=found.reason)


@transaction.atomic
def confirm(*, run: UUID, reason: str, by: Actor, now: datetime) -> Run:
    """Say that what the source now holds is right, with the reason; the run goes on to its delivery."""
    found, move = acts.take(run, "confirm", by=by)
    words = said("reason", reason, basis=move.basis)
    if found.asked == Asked.TYPES:
        found.accepted_types = True
    else:
        found.accepted_rows = found.rows_done
    return _again(found, move.verb, by=by, now=now, reason=words)


def _again(run: Run, verb: str, *, by: Actor, now: datetime, reason: str) -> Run:
    move = RUN[verb]
    acts.next_attempt(run)
    run.recoveries = 0
    acts.settle(run, move, by=by, now=now, reason=reason)
    acts.queue(run)
    return run


@transaction.atomic
def cancel(*, run: UUID, reason: str, by: Actor, now: datetime) -> Run:
    """Give a run up. A worker in the middle of it stops at the next chunk; what was loaded unseen is dropped."""
    found, move = acts.take(run, "cancel", by=by)
    words = said("reason", reason, basis=move.basis)
    acts.next_attempt(found)
    acts.settle(found, move, by=by, now=now, reason=words, counts={"rows": found.rows_done})
    acts.queue_clearing(found)
    return found
