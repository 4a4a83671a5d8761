"""What happens by the clock: late revocation lists are reported, spent challenges and sessions are forgotten."""

import structlog
from procrastinate.contrib.django import app

from govshare.kernel.clock import utc_now
from govshare.organizations.services import sessions, trust

log = structlog.get_logger("organizations")


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="organizations:late-lists", name="organizations.report_late_lists")
def report_late_lists(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many lists are late now."""
    late = trust.report_late_lists(now=utc_now())
    log.info("revocation lists looked at", late=late, timestamp=timestamp)
    return late


@app.periodic(cron="17 3 * * *")
@app.task(queue="house", queueing_lock="organizations:sweep", name="organizations.sweep")
def sweep(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many rows were forgotten."""
    removed = sessions.sweep(now=utc_now())
    log.info("spent sign-ins forgotten", removed=removed, timestamp=timestamp)
    return removed
