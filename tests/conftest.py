"""Fixtures every test shares: a real PostgreSQL cluster, one migrated template, a cheap clone per worker."""

import gc
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

from django.conf import settings  # noqa: E402

# A worker of xdist inherits the environment and has read the settings before it came here: its directories are its own all the same.
settings.GOVSHARE_HOME = _HOME
settings.GOVSHARE_KEYS, settings.GOVSHARE_EVIDENCE, settings.GOVSHARE_UPLOADS = _HOME / "keys", _HOME / "evidence", _HOME / "uploads"

import pytest  # noqa: E402

pytest_plugins = [
    "tests.private_cluster",
    "tests.worlds",
    "tests.databases",
    "tests.evidence",
    "tests.cast",
    "tests.servers",
    "tests.fronts",
    "tests.hosting_database",
    "tests.mariadb",
    "tests.demonstration",
]


def pytest_unconfigure() -> None:
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demonstration city first: it takes longest, and no worker is to be alone with it at the end. Then world by world."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    from tests.worlds import begins

    uses = frozenset(getattr(item, "fixturenames", ()))
    return 0 if uses & {"demonstration", "city"} else begins(uses)


def pytest_collection_finish() -> None:
    """What is there by now stays: not looked through again for garbage a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are named by their length: workers must collect the same names, and content made on the spot (a ZIP) bears the time."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every optional part is required, a skipped test is a failed run."""
    gc.unfreeze()  # what is there is taken apart at the end
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GOVSHARE_REQUIRE_ALL") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("GOVSHARE_REQUIRE_ALL: some tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
