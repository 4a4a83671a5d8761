"""Every test has directories of its own for evidence and archive: what it places and seals is gone with its database."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def evidence(tmp_path: Path, settings: Any) -> Path:
    """The directory of tiles and checkpoint."""
    directory = tmp_path / "evidence"
    settings.GOVSHARE_EVIDENCE = directory
    settings.GOVSHARE_ARCHIVE, settings.GOVSHARE_SEALING = str(tmp_path / "archive"), tmp_path / "sealing"
    return directory
