"""One attempt at a run, from the plan to the receipt: what a worker does, and nobody else."""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import structlog
from django.db import close_old_connections, connection

from govshare.connectors.engine import Field
from govshare.connectors.errors import Broken, Reshaped, Shrunken, TransferFailed
from govshare.connectors.full import Delivery, Load, Progress, abandon
from govshare.connectors.ledger import Line
from govshare.connectors.moving import move
from govshare.duties import queries as duties
from govshare.exchange import queries
from govshare.exchange.models import Run
from govshare.exchange.rules import OVERLAP, SHRUNKEN, SNAPSHOT_AGE, Asked, RunStatus, least_rows
from govshare.exchange.services import attempts
from govshare.exchange.services.attempts import Overtaken
from govshare.kernel.clock import Clock, utc_now
from govshare.kernel.errors import Refused, Unavailable, WrongState
from govshare.sharing import queries as sharing
from govshare.sharing.rules import AccessPlan
from govshare.sources import queries as sources
from govshare.sources.rules import Purpose

log = structlog.get_logger("exchange")

TELL_EVERY: Final = 0.5  # seconds between two tellings of how far it is


class GrantEnded(Exception):
    """The plan no longer stands."""


@dataclass(slots=True)
class Watcher:
    """Stands beside a load: tells the platform how far it is, and stops it when the grant, the snapshot's time or the run has ended."""

    run: Run
    plan: AccessPlan
    longest: float  # seconds a snapshot may be held
    clock: Clock = utc_now
    lines: list[Line] = field(default_factory=list)
    told: float = 0.0
    snapshot: str = ""
    since: float = 0.0
    lost: Callable[[], bool] = lambda: False

    def __call__(self, at: Progress) -> None:
        moment = time.monotonic()
        if at.line is not None:
            self.lines.append(at.line)
        if at.line is None and moment - self.told < TELL_EVERY:
            return
        if self.lost():
            raise Overtaken
        self._check_age(at, moment)
        if not sharing.stands(self.plan, now=self.clock()):
            raise GrantEnded
        if moment - self.told >= TELL_EVERY:
            attempts.tell(run=self.run, at=at, lines=self.lines, now=self.clock())
            self.lines.clear()
            self.told = moment

    def _check_age(self, at: Progress, moment: float) -> None:
        if at.phase == "resume":
            return
        if at.snapshot != self.snapshot:
            self.snapshot, self.since = at.snapshot, moment
        if at.phase in {"compare", "load"} and moment - self.since > self.longest:
            raise TransferFailed(f"来源快照已保持 {self.longest / 60:.0f} 分钟，到约定的上限；请重试，以新快照接续")


class Lease(threading.Thread):
    """Renews the lease while the worker lives, also while a database makes it wait. As a context it lasts as long as its body."""

    def __init__(self, run: Run, clock: Clock = utc_now) -> None:
        super().__init__(name=f"lease {run}", daemon=True)
        self.clock = clock
        self.run_id, self.token = run.pk, run.token
        self.every = attempts.lease().total_seconds() / 4
        self.over = threading.Event()
        self.lost = threading.Event()

    def run(self) -> None:
        try:
            while not self.over.wait(self.every):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            attempts.keep(run=self.run_id, token=self.token, now=self.clock())
        except Overtaken:
            self.lost.set()
            self.over.set()
        except Exception as error:  # noqa: BLE001 - the database is away: the lease runs out by itself, if it stays so
            log.warning("lease not renewed", run=str(self.run_id), error=type(error).__name__)
            connection.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        self.join()


def carry_out(run_id: UUID, token: int, *, job: int | None = None, clock: Clock = utc_now) -> str:
    """Make one attempt at a run and leave it in the status it then has; return that. Raises nothing that is about the run itself."""
    with _own_connections():
        try:
            run = attempts.begin(run=run_id, token=token, job=job, worker=f"{socket.gethostname()}:{os.getpid()}", now=clock())
        except Overtaken:
            return ""
        try:
            return _attempt(run, clock).status
        except (Overtaken, WrongState):  # cancelled, stopped or taken over while it was on its way
            return ""


def _attempt(run: Run, clock: Clock) -> Run:
    """The run as the attempt leaves it."""
    try:
        plan = sharing.plan(run.transfer.grant_id, now=clock())
    except Unavailable as missing:  # an interface that may come back
        return attempts.fail(run=run.pk, token=run.token, reason=str(missing), now=clock())
    except Refused as refusal:
        return attempts.stop(run=run.pk, reason=str(refusal), now=clock())
    watcher = Watcher(run, plan, longest=60.0 * duties.parameter(str(SNAPSHOT_AGE)), clock=clock)
    try:
        with Lease(run, clock) as lease:
            watcher.lost = lease.lost.is_set
            delivery = move(run.mode, _load(run, plan), watcher)
    except (GrantEnded, TransferFailed, Refused) as why:
        log.warning("attempt ended early", run=str(run), why=type(why).__name__, reason=str(why), cause=type(why.__cause__).__name__)
        return _ended_early(run, plan, why, clock)
    return attempts.deliver(run=run.pk, token=run.token, delivery=delivery, lines=watcher.lines, now=clock())


def _ended_early(run: Run, plan: AccessPlan, why: Exception, clock: Clock) -> Run:
    now, reason = clock(), str(why)
    match why:
        case GrantEnded():
            ended = attempts.stop(run=run.pk, reason=_why_ended(plan, now), now=now)
        case Shrunken():
            ended = attempts.ask(run=run.pk, token=run.token, about=Asked.ROWS, rows=why.rows, reason=reason, now=now)
        case Reshaped():
            ended = attempts.ask(run=run.pk, token=run.token, about=Asked.TYPES, reason=reason, now=now)
        case Broken(passing=True):
            ended = attempts.resume(run=run.pk, token=run.token, reason=reason, now=now)
        case _:
            ended = attempts.fail(run=run.pk, token=run.token, reason=reason, now=now)
    return ended


def _load(run: Run, plan: AccessPlan) -> Load:
    """What the plan lets through, between the two front-end databases as they are registered now."""
    giving = sources.usable(plan.front_database, purpose=Purpose.PROVIDE)
    taking = sources.usable(run.transfer.target_id, purpose=Purpose.RECEIVE)
    before, whole = queries.last_delivery(run.transfer), queries.last_whole(run.transfer)
    formerly = () if before is None or run.accepted_types else tuple(Field(**each) for each in before.fields)
    least = least_rows(before=whole.rows_done if whole else None, accepted=run.accepted_rows, percent=duties.parameter(str(SHRUNKEN)))
    return Load(
        **_landing(run),
        run=run.pk,
        token=run.token,
        selection=plan.selection,
        source=sources.conninfo(giving),
        target=sources.conninfo(taking),
        hash_key=plan.hash_key,
        least=least,
        formerly=formerly,
        watermark=run.transfer.watermark,
        overlap=run.transfer.overlap,
        usual_overlap=duties.parameter(str(OVERLAP)),
    )


def _landing(run: Run) -> dict[str, Any]:
    return {"transfer": run.transfer_id, "schema": run.transfer.target.schema, "table": run.transfer.table}


def _why_ended(plan: AccessPlan, now: datetime) -> str:
    """The refusal's own words."""
    try:
        sharing.plan(plan.grant, now=now)
    except Refused as refusal:
        return str(refusal)
    return f"授权 {plan.grant_number} 的内容已变更，请按新的内容重新办理"


def clear(run_id: UUID, token: int) -> str:
    """Drop at the recipient what a run given up has loaded and not delivered; return the run's status. Raises when it cannot be reached."""
    with _own_connections():
        run = Run.objects.select_related("transfer__target").get(pk=run_id)
        if run.token != token or run.status not in {RunStatus.CANCELLED, RunStatus.STOPPED}:
            return run.status
        target = sources.conninfo(run.transfer.target)
        delivery: Delivery | None = abandon(target, **_landing(run), run=run.pk, token=token)
        return attempts.acknowledge(run=run.pk, delivery=delivery, now=utc_now()).status if delivery else run.status


@contextmanager
def _own_connections() -> Any:
    """A worker's threads come and go: take no connection from before, leave none behind."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
