"""Puts what the portal's pages are made with into the package: styles, scripts, icons, licences, then all of it hashed and compressed.

``python -m tools.frontend`` does nothing but look when nothing changed; see docs/how-to/front-end-packages.md.
"""

from pathlib import Path

from govshare.project import assets

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CODE = ROOT / "src" / "govshare"
WORK = ROOT / "build" / "frontend"  # packages are installed here
PACKAGES = WORK / "node_modules"
VENDOR = assets.SOURCE / "vendor"


class Trouble(SystemExit):
    """What went wrong, in one sentence with what to do."""


def put(path: Path, content: bytes) -> bool:
    """Write unless it is there already: an untouched file keeps its time, and nothing is collected again."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
