"""What the worker does for the archive every night: seal what is due, and finish what was left half-done."""

import structlog
from procrastinate.contrib.django import app

from govshare.archive import catalog, services
from govshare.kernel.clock import utc_now

log = structlog.get_logger("archive")


@app.periodic(cron="40 17 * * *")  # 01:40 in Chengdu
@app.task(queue="archive", queueing_lock="archive:seal", name="archive.seal")
def seal(timestamp: int) -> int:
    """Seal closed months and full segments; ``timestamp`` is procrastinate's. Returns how many segments."""
    services.remove_disposed()
    services.finish_destructions()
    sealed = services.seal(now=utc_now())
    catalog.register()
    log.info("archive.sealed", segments=[segment.name for segment in sealed], timestamp=timestamp)
    return len(sealed)
