"""``python -m tools.screenshots``: every page of the demonstration city, as every role, at both sizes, into ``build/screenshots``.

Without ``--home`` a fresh city is made for it; with it the city of that home is used and kept. ``--only`` takes pages whose name
begins so. An ``index.html`` beside the pictures shows them all.
"""

import argparse
import html
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools import chromium
from tools.demonstration import Demonstration, demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

OUT = Path("build/screenshots")
#: The absolute addresses of all links of a page, those of drawings as well.
LINKED: Final = "(all) => all.map((each) => new URL(each.getAttribute('href'), location).href)"
#: Who is looked over the shoulder: the stem of a certificate's files, and the role.
SITTERS = (
    "market-registrar",
    "market-reviewer",
    "market-resource_admin",
    "market-leader",
    "authority-authority",
    "jinjiang-authority",
    "authority-system_admin",
    "authority-security_admin",
    "authority-audit_admin",
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--home", type=Path, help="a city's directory, to be kept")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    parser.add_argument("--sitter", default="", help="one person, such as market-registrar")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args(arguments)
    if not chromium.find():
        print("没有找到 Chromium / no Chromium found", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="gsp-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        with demonstration(chosen.home or Path(place) / "city") as city, chromium.chromium() as browser:
            sitters = [chosen.sitter] if chosen.sitter else SITTERS
            taken = [shot for sitter in sitters for shot in photographed(city, browser, sitter, chosen.out, only=chosen.only)]
    (chosen.out / "index.html").write_text(gallery(taken, chosen.out), "utf-8")
    print(f"{len(taken)} pictures, {chosen.out / 'index.html'}")
    return 0


def photographed(city: Demonstration, browser: "Browser", sitter: str, out: Path, *, only: str = "") -> Iterator[Path]:
    """One person's pages; the way on is found from the pages themselves."""
    from govshare.kernel.roles import Role
    from tools.trail import Trail

    page = seated(city, browser, sitter)
    trail = Trail(Role(sitter.partition("-")[2]))
    for name, address in trail:
        page.set_viewport_size({"width": chromium.SIZES[0][0], "height": chromium.SIZES[0][1]})
        answer = opened(page, address)
        if answer is None:
            continue
        trail.note(page.eval_on_selector_all("a[href]", LINKED))
        if answer.status != 200 or not name.startswith(only):
            continue
        yield from _both_sizes(page, out / sitter, name)
    page.context.close()


def opened(page: "Page", address: str) -> "Response | None":
    """The page's answer; none where the address gives a file, which is saved and not looked at."""
    from playwright.sync_api import Error

    try:
        return page.goto(address)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return None


def seated(city: Demonstration, browser: "Browser", sitter: str, *, english: bool = False) -> "Page":
    """A window of that person, signed in by the certificate."""
    from tools.sitting import cookies

    context = browser.new_context(
        base_url=city.address, ignore_https_errors=True, locale=chromium.LOCALE, timezone_id=chromium.ZONE, device_scale_factor=1
    )
    context.add_cookies(cookies(city, sitter, english=english))  # type: ignore[arg-type]  # names and values, as Playwright takes them
    return context.new_page()


def _both_sizes(page: "Page", place: Path, name: str) -> Iterator[Path]:
    for width, height in chromium.SIZES:
        page.set_viewport_size({"width": width, "height": height})
        path = place / f"{name}-{width}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True, animations="disabled", caret="hide")
        yield path


def small(source: Path, target: Path) -> None:
    """The same picture in at most 256 colours, for documents."""
    from PIL import Image

    with Image.open(source) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


def gallery(pictures: Sequence[Path], out: Path) -> str:
    rows = (
        f'<figure><a href="{html.escape(str(path.relative_to(out)))}"><img loading="lazy" width="480" src="'
        f'{html.escape(str(path.relative_to(out)))}" alt=""></a><figcaption>{html.escape(str(path.relative_to(out)))}</figcaption></figure>'
        for path in pictures
    )
    head = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>锦享</title><body>'
    return head + "\n".join(rows) + "</body></html>\n"


if __name__ == "__main__":
    from tools.sitting import use_django

    os.umask(0o022)
    use_django()
    sys.exit(main())
