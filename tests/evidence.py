"""Every test has an evidence directory of its own: what it places is gone with its database."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def evidence(tmp_path: Path, settings: Any) -> Path:
    """The directory of tiles and checkpoint."""
    directory = tmp_path / "evidence"
    settings.GOVSHARE_EVIDENCE = directory
    return directory
