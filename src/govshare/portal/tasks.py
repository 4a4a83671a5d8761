"""What happens by the clock: unfinished and finished forms are forgotten."""

import structlog
from procrastinate.contrib.django import app

from govshare.kernel.clock import utc_now
from govshare.portal.desk import kept_forms
from govshare.portal.frame import once

log = structlog.get_logger("portal")


@app.periodic(cron="27 3 * * *")
@app.task(queue="house", queueing_lock="portal:sweep", name="portal.sweep")
def sweep(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many forms were forgotten."""
    now = utc_now()
    removed = kept_forms.sweep(now=now) + once.sweep(now=now)
    log.info("forms forgotten", removed=removed, timestamp=timestamp)
    return removed
