"""Write the generated reference pages, or with ``--check`` say which are stale and end with 1."""

import sys

from tools.reference import PAGES as DIRECTORY


def main(arguments: list[str]) -> int:
    from tools.reference.pages import PAGES

    stale = []
    for name, page in PAGES.items():
        path = DIRECTORY / name
        text = page()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if stale:
        print(("stale, run make docs: " if "--check" in arguments else "written: ") + ", ".join(stale))
    return int(bool(stale) and "--check" in arguments)


sys.exit(main(sys.argv[1:]))
