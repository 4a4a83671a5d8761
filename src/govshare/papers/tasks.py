"""What happens by the clock: leftovers are swept."""

import structlog
from procrastinate.contrib.django import app

from govshare.kernel.clock import utc_now
from govshare.papers import services

log = structlog.get_logger("papers")


@app.periodic(cron="35 * * * *")
@app.task(queue="house", queueing_lock="papers:sweep", name="papers.sweep")
def sweep(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many leftover files were removed."""
    removed = services.sweep(now=utc_now())
    log.info("papers swept", removed=removed, timestamp=timestamp)
    return removed
