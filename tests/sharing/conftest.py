from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.sharing.office import Office


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast)


@pytest.fixture
def uploads(tmp_path: Path, settings: object) -> Iterator[Path]:
    """A directory of attachments of the test's own."""
    settings.GOVSHARE_UPLOADS = tmp_path / "uploads"
    yield tmp_path / "uploads"
