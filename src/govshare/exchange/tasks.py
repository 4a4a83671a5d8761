"""What workers do: carry runs out, clear up behind those given up, look after those whose worker is gone."""

from uuid import UUID

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.retry import RetryStrategy

from govshare.exchange.services import carry, upkeep
from govshare.kernel.clock import utc_now

log = structlog.get_logger("exchange")


@app.task(queue="transfer", name="exchange.carry_out", pass_context=True)
def carry_out(context: JobContext, run: str, token: int) -> str:
    """One attempt at a run. Started twice or too late, it does nothing."""
    status = carry.carry_out(UUID(run), token, job=context.job.id)
    log.info("attempt over", run=run, token=token, status=status)
    return status


@app.task(queue="transfer", name="exchange.clear", retry=RetryStrategy(max_attempts=20, exponential_wait=4))
def clear(run: str, token: int) -> str:
    """Drop what a run given up has loaded; tried again while the recipient cannot be reached."""
    return carry.clear(UUID(run), token)


@app.periodic(cron="* * * * *")
@app.task(queue="house", queueing_lock="exchange:look-after", name="exchange.look_after")
def look_after(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many runs were moved on."""
    now = utc_now()
    moved = upkeep.recover_lost(now) + upkeep.end_with_grants(now) + upkeep.queue_forgotten()
    log.info("transfers looked after", moved=moved, timestamp=timestamp)
    return moved
