"""The rules read on every ten minutes."""

import structlog
from procrastinate.contrib.django import app

from govshare.alerts import services
from govshare.kernel.clock import utc_now

log = structlog.get_logger("alerts")


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="alerts:watch", name="alerts.watch")
def watch(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many alerts were raised."""
    raised = services.watch(now=utc_now())
    log.info("log read for unusual use", raised=raised, timestamp=timestamp)
    return raised
