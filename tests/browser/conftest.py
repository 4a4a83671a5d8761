"""A headless Chromium per module, a fresh context per test, watched; the small demonstration city behind it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.people import Sitter, seat
from tests.browser.plain import Visitor
from tests.browser.watch import Watched
from tools import chromium
from tools.demonstration import Demonstration

SEEN = Path(__file__).parents[2] / "build" / "browser"
SECONDS = 20_000  # milliseconds that anything in a page may take, on a busy machine


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For a module's tests only: while it is there its event loop runs in this thread, where others' tests must find none."""
    if not chromium.find():
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, city: Demonstration) -> Iterator[Browser]:
    started = chromium.launch(playwright, chromium.believing(city.certificate))
    yield started
    started.close()


@pytest.fixture
def desk(request: pytest.FixtureRequest, browser: Browser, city: Demonstration) -> Iterator["Desk"]:
    """Opens windows; afterwards nothing may have gone wrong in any of them. What a failed test last saw lies in ``build/browser``."""
    opened = Desk(browser, city)
    before = request.session.testsfailed
    yield opened
    if request.session.testsfailed > before:
        opened.photograph(request.node.name)
    opened.close()


@pytest.fixture
def visit(city: Demonstration) -> Iterator[Callable[..., Visitor]]:
    """``visit(sitter)`` reads pages without a browser."""
    with ExitStack() as ends:

        def begin(sitter: Sitter, *, english: bool = False) -> Visitor:
            visitor = Visitor(city, sitter.stem, english=english)
            ends.callback(visitor.line.close)
            return visitor

        yield begin


class Desk:
    """``desk.sit(Sitter("market", Role.REGISTRAR))`` is that person's window; ``desk.window()`` nobody's."""

    def __init__(self, browser: Browser, city: Demonstration) -> None:
        self.browser, self.city = browser, city
        self.windows: list[Watched] = []

    def window(self, size: tuple[int, int] = chromium.SIZES[0], **options: object) -> Page:
        context = self.browser.new_context(
            base_url=self.city.address,
            locale=chromium.LOCALE,
            timezone_id=chromium.ZONE,
            viewport={"width": size[0], "height": size[1]},
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(SECONDS)
        self.windows.append(Watched(context, self.city.address))
        return context.new_page()

    def sit(self, sitter: Sitter, **options: object) -> Page:
        page = self.window(**options)  # type: ignore[arg-type]
        seat(self.city, page.context, sitter)
        return page

    def watched(self, page: Page) -> Watched:
        return next(each for each in self.windows if each.context is page.context)

    def photograph(self, name: str) -> None:
        for number, page in enumerate(page for watched in self.windows for page in watched.context.pages):
            page.screenshot(path=SEEN / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}-{number}.png", full_page=True)

    def close(self) -> None:
        try:
            for watched in self.windows:
                watched.fine()
        finally:
            for watched in self.windows:
                watched.context.close()
