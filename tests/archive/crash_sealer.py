"""Run by test_crashes in a process of its own: sealing that dies at every step told on stdin.

Besides what lasts, a step is the moment before or after a file is put into the store or downloaded, or a Parquet file is written.
"""

import shutil

import django

from tests.steps import Steps, die_as_told

django.setup()

from govshare.archive import parquet, services  # noqa: E402 - after the setup, and once, not in every child
from govshare.kernel.clock import utc_now  # noqa: E402


def seal(steps: Steps) -> None:
    shutil.copyfile = steps.around(shutil.copyfile)
    parquet.write_parquet = steps.around(parquet.write_parquet)
    services.seal(now=utc_now(), everything=True, largest=256)


die_as_told(seal)
