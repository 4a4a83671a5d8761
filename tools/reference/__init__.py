"""Writes the pages under docs/reference/ that are made from the code, so that they are never stale.

``python -m tools.reference`` writes them; ``python -m tools.reference --check`` says which differ.
"""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "reference"
