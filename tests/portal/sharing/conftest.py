"""The office of ``tests.sharing``, with the pages in front of it: demands taken to any state by services, looked at as visitors."""

from pathlib import Path

import pytest

from tests.portal.conftest import Site
from tests.sharing.office import Office


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.cast)


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: object) -> Path:
    """A directory of attachments of the test's own."""
    settings.GOVSHARE_UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"
