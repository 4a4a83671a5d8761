"""What happens by the clock: unfinished forms are forgotten."""

import structlog
from procrastinate.contrib.django import app

from govshare.kernel.clock import utc_now
from govshare.portal.desk import kept_forms

log = structlog.get_logger("portal")


@app.periodic(cron="27 3 * * *")
@app.task(queue="house", queueing_lock="portal:sweep", name="portal.sweep")
def sweep(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many unfinished forms were forgotten."""
    removed = kept_forms.sweep(now=utc_now())
    log.info("unfinished forms forgotten", removed=removed, timestamp=timestamp)
    return removed
