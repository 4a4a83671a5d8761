"""Third-party files of the portal: copied as they are, but for comments that point at source maps we do not ship."""

import json
import re
from pathlib import Path

from tools.frontend import PACKAGES, VENDOR, icons, put

FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    "tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "tom-select.bootstrap5.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
}
#: Everything that is in those files, also what a package has bundled, in the order of LICENSES.txt.
PARTS = (
    *("bootstrap", "@popperjs/core", "htmx.org", "echarts", "zrender", "tslib", "tom-select", "@orchidjs/sifter"),
    *("@orchidjs/unicode-variants", "@tabler/icons"),
)
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*\Z")


def write(folder: Path = VENDOR) -> bool:
    """True when any file in ``folder`` changed; what no longer belongs there goes."""
    wanted = {name: SOURCE_MAP.sub(b"\n", (PACKAGES / source).read_bytes()) for name, source in FILES.items()}
    wanted |= {"icons.svg": icons.sprite(icons.named()), "LICENSES.txt": licences()}
    changed = [put(folder / name, content) for name, content in wanted.items()]
    strays = [path for path in folder.iterdir() if path.name not in wanted]
    for path in strays:
        path.unlink()
    return any(changed) or bool(strays)


def licences() -> bytes:
    """Name, version and licence text of every part."""
    return "\n\n".join(_licence(name) for name in PARTS).encode()


def _licence(name: str) -> str:
    folder = PACKAGES / name
    about = json.loads((folder / "package.json").read_text("utf-8"))
    texts = [path.read_text("utf-8").strip() for path in sorted(folder.glob("LICENSE*")) + sorted(folder.glob("NOTICE*"))]
    title = f"{name} {about['version']} · {about['license']}"
    return "\n".join(
        [title, "=" * len(title), "", *(texts or [f"Licensed under {about['license']}; the package brings no text of its own."]), ""]
    )
