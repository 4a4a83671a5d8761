"""What the platform does with runs: begins, keeps its lease, tells of chunks, delivers, asks, fails, stops, recovers.

Each names the attempt's token; an attempt that was overtaken is told so (``Overtaken``) and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.connectors.full import Delivery, Progress
from govshare.connectors.ledger import Line
from govshare.duties import queries as duties
from govshare.exchange import queries
from govshare.exchange.models import Chunk, Run
from govshare.exchange.rules import LEASE, ONE_SNAPSHOT, RECOVERIES, RUN, Asked, RunStatus, Way
from govshare.exchange.services import acts
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.errors import WrongState

_FIRST_PAUSE = 15  # seconds before a run whose connection was lost is tried again; doubled each time


class Overtaken(Exception):
    """The run was cancelled, stopped or taken over; leave it alone."""


@transaction.atomic
def begin(*, run: UUID, token: int, job: int | None, worker: str, by: Actor = PLATFORM, now: datetime) -> Run:
    """Make this attempt the one that runs; raises ``Overtaken`` when it is no longer wanted."""
    found = Run.objects.select_for_update(of=("self",)).select_related("transfer").filter(pk=run).first()
    if found is None or found.token != token or found.status != RunStatus.QUEUED:
        raise Overtaken
    move = RUN.check("begin", status=found.status, roles=by.roles)
    found.job, found.started_at, found.started_by = job, now, worker[:64]
    found.phase, found.snapshot, found.rows_done, found.bytes_done, found.share = "", "", 0, 0, 0.0
    acts.settle(found, move, by=by, now=now, detail={"worker": worker[:64]}, lease_until=now + lease())
    return found


def lease() -> timedelta:
    return timedelta(seconds=duties.parameter(str(LEASE)))


@transaction.atomic
def keep(*, run: UUID, token: int, now: datetime) -> None:
    """Renew the lease: one row, no record."""
    if not Run.objects.filter(pk=run, token=token, status=RunStatus.RUNNING).update(lease_until=now + lease()):
        raise Overtaken


@transaction.atomic
def tell(*, run: Run, at: Progress, lines: Sequence[Line], by: Actor = PLATFORM, now: datetime) -> None:
    """Keep how far the attempt is, and the chunks it has committed since, each with its evidence entry."""
    told = Run.objects.filter(pk=run.pk, token=run.token, status=RunStatus.RUNNING).update(
        phase=at.phase,
        snapshot=at.snapshot[:200],
        rows_done=at.rows,
        bytes_done=at.size,
        rows_expected=at.expected_rows,
        share=at.share,
    )
    if not told:
        raise Overtaken
    _note(run, lines, by=by, now=now)


def _note(run: Run, lines: Sequence[Line], *, by: Actor, now: datetime) -> None:
    known = queries.known_chunks(run) if lines else set()
    fresh = [line for line in lines if line.kind != "deliver" and (line.token, line.chunk) not in known]
    for some in (fresh[first : first + 500] for first in range(0, len(fresh), 500)):
        Chunk.objects.bulk_create(_chunk(run, line) for line in some)
        parties = queries.sides(run.transfer)
        audit.record_many(
            [
                audit.entry(
                    action="exchange:chunk:commit",
                    basis=ONE_SNAPSHOT,
                    by=by,
                    now=now,
                    about=f"{run}/{line.token}.{line.chunk}",
                    resource=run.transfer.entry_code,
                    grant=run.transfer.grant_number,
                    parties=parties,
                    counts={"rows": line.digest.rows, "bytes": line.size},
                    digests={"rows": line.digest.sum.hex(), "chain": line.chain.hex()},
                    detail={"kind": line.kind, "snapshot": line.snapshot},
                )
                for line in some
            ]
        )


def _chunk(run: Run, line: Line) -> Chunk:
    return Chunk(
        run=run,
        token=line.token,
        number=line.chunk,
        kind=line.kind,
        snapshot=line.snapshot,
        rows=line.digest.rows,
        bytes=line.size,
        digest=line.digest.sum.hex(),
        chain=line.chain.hex(),
    )


@transaction.atomic
def deliver(*, run: UUID, token: int, delivery: Delivery, lines: Sequence[Line] = (), by: Actor = PLATFORM, now: datetime) -> Run:
    """The rows are there: say so, with both sides' digests. This is the receipt both sides hold."""
    found = _running(run, token)
    _note(found, lines, by=by, now=now)
    return _delivered(found, "deliver", delivery, by=by, now=now)


@transaction.atomic
def acknowledge(*, run: UUID, delivery: Delivery, by: Actor = PLATFORM, now: datetime) -> Run:
    """A run given up after its rows had been delivered: what happened is what counts."""
    found, _ = acts.take(run, "acknowledge", by=by)
    return _delivered(found, "acknowledge", delivery, by=by, now=now)


def _delivered(run: Run, verb: str, delivery: Delivery, *, by: Actor, now: datetime) -> Run:
    move = RUN.check(verb, status=run.status, roles=by.roles)
    run.snapshot, run.chain = delivery.snapshot[:200], delivery.chain.hex()
    run.source_digest, run.target_digest = str(delivery.source), str(delivery.target)
    run.rows_done, run.bytes_done, run.chunks_done, run.share = delivery.source.rows, delivery.size, delivery.chunks, 1.0
    run.fields = [asdict(field) for field in delivery.fields] or run.fields
    run.applied = asdict(delivery.applied) if delivery.applied else {}
    acts.settle(
        run,
        move,
        by=by,
        now=now,
        counts={"rows": delivery.source.rows, "bytes": delivery.size, "chunks": delivery.chunks, **_applied_counts(delivery)},
        digests={"source": run.source_digest, "target": run.target_digest, "chain": run.chain},
        detail={
            "snapshot": delivery.snapshot,
            "table": run.transfer.table,
            "way": str(Way(run.mode).label),
            "reread": str(delivery.reread).lower(),
            **_watermarks(delivery),
        },
    )
    return run


def _applied_counts(delivery: Delivery) -> dict[str, int]:
    """Rows by what became of them, where they were applied to the delivered table."""
    done = delivery.applied
    if done is None:
        return {}
    return {"added": done.added, "changed": done.changed, "unchanged": done.unchanged, "removed": done.removed}


def _watermarks(delivery: Delivery) -> dict[str, str]:
    done = delivery.applied
    return {"since": done.since, "until": done.until} if done and done.until else {}


@transaction.atomic
def ask(*, run: UUID, token: int, about: Asked, reason: str, rows: int = 0, by: Actor = PLATFORM, now: datetime) -> Run:
    """Stop before the delivery until a person has said that the source is right: so few ``rows``, or other types."""
    found = _running(run, token)
    found.asked, found.rows_done = about, rows
    return _halt(found, "ask", reason, by=by, now=now)


@transaction.atomic
def fail(*, run: UUID, token: int, reason: str, by: Actor = PLATFORM, now: datetime) -> Run:
    """It did not go through; what was loaded is kept for the next attempt."""
    return _halt(_running(run, token), "fail", reason, by=by, now=now)


def _running(run: UUID, token: int) -> Run:
    """The run, locked, if this attempt is still the one that runs."""
    waiting = Run.objects.select_for_update(of=("self",)).select_related("transfer")
    found = waiting.filter(pk=run, token=token, status=RunStatus.RUNNING).first()
    if found is None:
        raise Overtaken
    return found


def _halt(run: Run, verb: str, reason: str, *, by: Actor, now: datetime) -> Run:
    move = RUN.check(verb, status=run.status, roles=by.roles)
    acts.settle(run, move, by=by, now=now, reason=reason, counts={"rows": run.rows_done})
    return run


@transaction.atomic
def stop(*, run: UUID, reason: str, by: Actor = PLATFORM, now: datetime) -> Run:
    """The grant has ended or no longer fits: nothing more moves, and what was loaded unseen is dropped (PC-54)."""
    found, move = acts.take(run, "stop", by=by)
    acts.next_attempt(found)
    acts.settle(found, move, by=by, now=now, reason=reason, counts={"rows": found.rows_done})
    acts.queue_clearing(found)
    return found


@transaction.atomic
def recover(*, run: UUID, by: Actor = PLATFORM, now: datetime) -> Run:
    """The worker has not been heard of within its lease: queue the run again under a new token."""
    found, _ = acts.take(run, "recover", by=by)
    if found.lease_until is None or found.lease_until >= now:
        raise WrongState("租约尚未到期", basis=LEASE)
    acts.bury_job(found)
    return _again(found, f"进程 {found.started_by} 超过租约没有续租", by=by, now=now)


@transaction.atomic
def resume(*, run: UUID, token: int, reason: str, by: Actor = PLATFORM, now: datetime) -> Run:
    """A connection was lost on the way: queue the run again under a new token, each time a little later."""
    found = _running(run, token)
    return _again(found, reason, by=by, now=now, seconds=_FIRST_PAUSE << found.recoveries)


def _again(run: Run, reason: str, *, by: Actor, now: datetime, seconds: int = 0) -> Run:
    """As often as PC-56 says; after that a person has to look."""
    if run.recoveries >= duties.parameter(str(RECOVERIES)):
        return _halt(run, "fail", f"自动接续 {run.recoveries} 次未成：{reason}", by=by, now=now)
    run.recoveries += 1
    acts.next_attempt(run)
    acts.settle(run, RUN.check("recover", status=run.status, roles=by.roles), by=by, now=now, reason=reason)
    acts.queue(run, seconds=seconds)
    return run
