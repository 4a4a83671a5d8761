"""What happens by the clock: silence goes to the authority, ends are marked and announced, the catalog is followed."""

import structlog
from procrastinate.contrib.django import app

from govshare.kernel.clock import utc_now
from govshare.sharing.services import attachments, watch

log = structlog.get_logger("sharing")


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="sharing:escalate", name="sharing.escalate_overdue")
def escalate_overdue(timestamp: int) -> int:
    """``timestamp`` is procrastinate's. Returns how many demands went to the authority."""
    moved = watch.escalate_overdue(now=utc_now())
    log.info("overdue demands escalated", moved=moved, timestamp=timestamp)
    return moved


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="sharing:follow-catalog", name="sharing.follow_catalog")
def follow_catalog(timestamp: int) -> int:
    """Returns how many demands lapsed because their entry left the sharing catalog; holders of grants are told of changes."""
    now = utc_now()
    lapsed = watch.lapse_delisted(now=now)
    watch.follow_catalog(now=now)
    log.info("catalog followed", lapsed=lapsed, timestamp=timestamp)
    return lapsed


@app.periodic(cron="5 * * * *")
@app.task(queue="house", queueing_lock="sharing:expire", name="sharing.expire_grants")
def expire_grants(timestamp: int) -> int:
    """Returns how many grants were marked as ended; both sides are reminded of those about to end, leftovers are swept."""
    now = utc_now()
    ended = watch.expire_grants(now=now)
    watch.remind_expiring(now=now)
    attachments.sweep(now=now)
    log.info("grants expired", ended=ended, timestamp=timestamp)
    return ended
