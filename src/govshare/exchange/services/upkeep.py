"""What happens to runs by the clock, each in its own transaction: lost workers are replaced, ended grants end what waits under them."""

from datetime import datetime

import structlog
from procrastinate.contrib.django.models import ProcrastinateJob

from govshare.exchange import queries
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import acts, attempts
from govshare.kernel.errors import Refused, Unavailable
from govshare.sharing import queries as sharing

log = structlog.get_logger("exchange")


def recover_lost(now: datetime) -> int:
    """Every run whose worker let its lease run out; tells how many."""
    done = 0
    for run_id in queries.lost(now=now):
        try:
            attempts.recover(run=run_id, now=now)
            done += 1
        except Refused as refusal:  # it was renewed, or ended, meanwhile
            log.info("left", run=str(run_id), code=refusal.code)
    return done


def end_with_grants(now: datetime) -> int:
    """Every run that waits for a person or another try under a plan that is no more; tells how many."""
    done = 0
    waiting = Run.objects.filter(status__in=[RunStatus.AWAITING, RunStatus.FAILED]).select_related("transfer")
    for run in waiting.iterator():
        try:
            sharing.plan(run.transfer.grant_id, now=now)
        except Unavailable:
            continue  # an interface that may come back
        except Refused as refusal:
            attempts.stop(run=run.pk, reason=str(refusal), now=now)
            done += 1
    return done


def queue_forgotten() -> int:
    """Every queued run that no job stands for any more (a queue restored from elsewhere); tells how many."""
    done = 0
    for run in Run.objects.filter(status=RunStatus.QUEUED).iterator():
        jobs = ProcrastinateJob.objects.filter(task_name="exchange.carry_out", args__run=str(run.pk), args__token=run.token)
        if not jobs.filter(status__in=["todo", "doing"]).exists():
            acts.queue(run)
            done += 1
    return done
