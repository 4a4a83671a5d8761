"""The sequencer as a task and as a loop.

Two things call ``services.place``, and together they need no coordination (the sequencer locks):

- the worker process runs ``sequencer_loop`` in a thread of its own, so that a receipt reaches its second stage within a second;
- the periodic task ``place`` runs every minute, so that promises are kept even where no worker runs the loop.
"""

import threading

import structlog
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from govshare.audit import services
from govshare.kernel.clock import utc_now

log = structlog.get_logger(__name__)

PERIOD = 0.2  # seconds between two looks for unplaced batches
PAUSE = 5.0  # seconds after a failure, so that an outage is not made worse


@app.periodic(cron="* * * * *")
@app.task(queue="evidence", queueing_lock="audit:place", name="audit.place")
def place(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells periodic tasks when they were due
    """Place everything that waits; ``timestamp`` is procrastinate's. Returns how many entries came under a checkpoint."""
    total = 0
    while entered := services.place(now=utc_now()):
        total += entered
    return total


def sequencer_loop(stop: threading.Event) -> None:
    """Keep placing until ``stop`` is set; failures are logged and tried again, for the task above or a person may mend them."""
    try:
        while not stop.is_set():
            stop.wait(_turn())
    finally:
        connection.close()


def _turn() -> float:
    """One step; return how long to wait before the next one, in seconds."""
    try:
        close_old_connections()
        return 0 if services.place(now=utc_now()) else PERIOD
    except services.LogRewound as rewound:
        log.critical("audit.log_rewound", problem=str(rewound))
        return PAUSE
    except Exception:
        log.exception("audit.sequencer_failed")
        return PAUSE
