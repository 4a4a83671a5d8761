"""The sequencer as a task and as a loop.

Two things call ``services.place``, and together they need no coordination (the sequencer locks):

- the worker process runs ``sequencer_loop`` in a thread of its own, so that a receipt reaches its second stage within a second;
- the periodic task ``place`` runs every minute, so that promises are kept even where no worker runs the loop.
"""

import threading

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from govshare.audit import queries, services
from govshare.kernel.actor import PLATFORM
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


@app.task(queue="house", queueing_lock="audit:check", name="audit.check")
def check(asked: str) -> int:
    """Check the whole log for whoever ``asked`` (a receipt number). Returns how many things are wrong."""
    return _checked(asked)


@app.periodic(cron="30 18 * * 6")  # Sunday, half past two in Chengdu
@app.task(queue="house", queueing_lock="audit:check-weekly", name="audit.check_weekly")
def check_weekly(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells periodic tasks when they were due
    """Check the whole log once a week without being asked."""
    return _checked("")


def _checked(asked: str) -> int:
    report = services.check(asked=asked, by=PLATFORM)
    if not report.sound:
        log.critical("audit.log_not_sound", findings=len(report.findings), first=report.findings[0].message)
    return len(report.findings)


@app.periodic(cron="* * * * *")
@app.task(queue="evidence", queueing_lock="audit:cosign", name="audit.cosign")
def cosign(timestamp: int) -> int:  # noqa: ARG001 - as above
    """Have the newest checkpoint cosigned by the witnesses (PC-106); returns how many did."""
    return services.cosign(now=utc_now())


@app.periodic(cron="7 * * * *")
@app.task(queue="evidence", queueing_lock="audit:stamp", name="audit.stamp")
def stamp(timestamp: int) -> int:  # noqa: ARG001 - as above
    """Have the newest checkpoint stamped by the time-stamp authority, where one is set (PC-107); returns how many were."""
    return services.stamp(now=utc_now())


def sequencer_loop(stop: threading.Event) -> None:
    """Keep placing until ``stop`` is set. A failure is logged and tried again, for time or a person may mend it.

    A step checks what was signed last, so it is taken only when something waits, or when the last one did not come to its end.
    """
    done, pause = False, 0.0
    try:
        while not stop.is_set():
            try:
                done = (done and not queries.anything_waits()) or services.place(now=utc_now()) == 0
                pause = PERIOD if done else 0
            except services.LogRewound as rewound:
                log.critical("audit.log_rewound", problem=str(rewound))
                done, pause = False, PAUSE
            except Exception:
                log.exception("audit.sequencer_failed")
                connection.close()
                done, pause = False, PAUSE
            stop.wait(pause)
    finally:
        connection.close()
