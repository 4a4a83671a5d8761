"""What every act on a run has in common: lock, permission, one evidence record both sides may see, the queue."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from govshare.audit import services as audit
from govshare.audit.services import Promise
from govshare.exchange import queries
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import EXCHANGE, OPEN, RUN, WHO
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, NotFound, NotYours
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move

QUEUE = "transfer"


def take(run_id: UUID, verb: str, *, by: Actor) -> tuple[Run, Move]:
    """Lock the run, then look: the run and the move, or the reason why not."""
    run = Run.objects.select_for_update(of=("self",)).select_related("transfer").filter(pk=run_id).first()
    if run is None:
        raise NotFound("没有这次传输，请核对编号", basis=EXCHANGE)
    need_taker(run.transfer, by=by)
    return run, RUN.check(verb, status=run.status, roles=by.roles)


def need_taker(transfer: Transfer, *, by: Actor) -> None:
    """Raise unless ``by`` acts for the organization that takes now, or is the platform."""
    if Role.PLATFORM not in by.roles and by.organization != queries.sides(transfer)[1]:
        raise NotYours("传输由使用部门办理", basis=WHO)


def record(
    transfer: Transfer,
    *,
    action: str,
    basis: Basis,
    about: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Promise:
    """The act's one evidence record, which provider and recipient may see."""
    return audit.record(
        action=action,
        basis=basis,
        by=by,
        now=now,
        about=about,
        resource=transfer.entry_code,
        grant=transfer.grant_number,
        parties=queries.sides(transfer),
        reason=reason,
        counts=counts,
        digests=digests,
        detail=detail,
    )


def settle(
    run: Run,
    move: Move,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
    lease_until: datetime | None = None,
) -> Promise:
    """Move the run on, record it, save it. A run that ends keeps its receipt; one that does not is told why it waits."""
    said_before = {"from": run.status, "to": move.target, "attempt": str(run.attempt), **(detail or {})}
    run.status, run.reason = move.target, reason[:2000]
    run.lease_until = lease_until
    if move.target not in OPEN:
        run.finished_at, run.finished_by = now, by.id
    promise = record(
        run.transfer,
        action=move.action,
        basis=move.basis,
        about=str(run),
        by=by,
        now=now,
        reason=run.reason,
        counts=counts,
        digests=digests,
        detail=said_before,
    )
    if move.target not in OPEN:
        run.finish_receipt = promise.number
    run.save()
    return promise


def queue(run: Run, *, seconds: int = 0) -> None:
    """Put a run's next attempt on the queue, not before ``seconds`` from now; in this transaction, whichever process this is."""
    task = _tasks().configure_task("exchange.carry_out", queue=QUEUE, schedule_in={"seconds": seconds} if seconds else None)
    task.defer(run=str(run.pk), token=run.token)


def queue_clearing(run: Run) -> None:
    """Put on the queue that what the run has loaded and not delivered is dropped at the recipient."""
    _tasks().configure_task("exchange.clear", queue=QUEUE).defer(run=str(run.pk), token=run.token)


def _tasks() -> App:
    return app.with_connector(DjangoConnector())


def next_attempt(run: Run) -> None:
    """A fresh token: whoever held the former one cannot commit any more."""
    run.attempt += 1
    run.token += 1


def bury_job(run: Run) -> None:
    """Tell the queue that the job of a lost attempt is over: its worker cannot."""
    if run.job is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs WHERE id = %s AND status = 'doing'", [run.job]
        )
    run.job = None
