"""Fixtures every test shares: a real PostgreSQL cluster, one migrated template, a cheap clone per worker."""

import os
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="govshare-test-", dir="/tmp"))
os.environ["GOVSHARE_MODE"] = "demo"
os.environ["GOVSHARE_HOME"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "govshare.project.settings"
os.environ["GOVSHARE_DATABASE_URL"] = "postgresql://govshare_app:app@/unset?host=/tmp"
os.environ["GOVSHARE_HOSTNAMES"] = "localhost,127.0.0.1,testserver"

import django  # noqa: E402 - settings read the environment above

django.setup()

pytest_plugins = ["tests.private_cluster", "tests.databases", "tests.evidence", "tests.cast", "tests.servers", "tests.fronts"]


def pytest_unconfigure() -> None:
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)
