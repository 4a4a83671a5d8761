"""What happens by the clock: entries follow successors, search follows new names."""

import structlog
from procrastinate.contrib.django import app

from govshare.catalog.services import upkeep
from govshare.kernel.clock import utc_now

log = structlog.get_logger("catalog")


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="catalog:follow-successions", name="catalog.follow_successions")
def follow_successions(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many entries changed hands."""
    moved = upkeep.follow_successions(now=utc_now())
    log.info("successions followed", moved=moved, timestamp=timestamp)
    return moved


@app.periodic(cron="40 2 * * *")
@app.task(queue="house", queueing_lock="catalog:renew-search", name="catalog.renew_search")
def renew_search(timestamp: int) -> int:
    """Returns how many listed entries search knows."""
    rows = upkeep.renew_search()
    log.info("search renewed", rows=rows, timestamp=timestamp)
    return rows
