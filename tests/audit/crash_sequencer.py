"""Run by test_sequencer in a process of its own: a sequencer that dies at every step told on stdin.

With the argument ``rotate`` it hands over the log's key instead of placing what waits.
"""

import sys

import django

from tests.steps import Steps, die_as_told

django.setup()

from govshare.audit import services  # noqa: E402 - after the setup, and once, not in every child
from govshare.kernel.actor import PLATFORM  # noqa: E402
from govshare.kernel.clock import utc_now  # noqa: E402


def work(_steps: Steps) -> None:
    if sys.argv[1:] == ["rotate"]:
        services.rotate_key(kind="ed25519", by=PLATFORM, now=utc_now())
    else:
        services.place(now=utc_now())


die_as_told(work)
