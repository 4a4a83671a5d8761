"""Every page of the site map as every role, at both sizes: a silent console, no breach of policy, no sideways scroll, usable by all."""

import pytest
from playwright.sync_api import Error, Page

from tests.browser.conftest import Desk
from tests.browser.people import EVERY_ROLE, Sitter
from tests.browser.watch import Watched
from tools import chromium
from tools.trail import Trail, looked_at, plain, whose

LARGER, SMALLER = chromium.SIZES


@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_every_page_of_a_role_is_sound_at_the_smaller_size_and_once_at_both(desk, sitter):
    assert walked(desk, sitter, frozenset(name for name in looked_at() if sitter == first_owner(name))) == ""


@pytest.mark.long
@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_every_page_of_a_role_is_sound_at_both_sizes(desk, sitter):
    assert walked(desk, sitter, frozenset(looked_at())) == ""


def walked(desk: Desk, sitter: Sitter, at_both: frozenset[str]) -> str:
    """What was wrong on the way over every page of the role; those of ``at_both`` are looked at in the larger window too."""
    page = desk.sit(sitter, size=SMALLER)
    watched = desk.watched(page)
    trail, troubles = Trail(sitter.role), []
    for name, address in trail:
        trail.note(opened(page, watched, sitter, name, address, larger=name in at_both))
        troubles += watched.take(f"{sitter} {name} {address}")
    return "\n".join(troubles)


def opened(page: Page, watched: Watched, sitter: Sitter, name: str, address: str, *, larger: bool) -> list[str]:
    """The links of one page that was looked at, at the smaller size, where what is too wide shows first, or at both."""
    if not larger:
        resized(page, SMALLER)
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        watched.troubles += downloaded(page, address)
        return []
    assert answer is not None
    if answer.status == 403 and looked_at()[name].operator:
        return []  # another body's
    if answer.status != 200:
        watched.troubles.append(f"answers {answer.status}")
    seen = watched.look(page)
    if not seen.whole:
        return seen.links  # a live part of another page
    if name == "home" or sitter == first_owner(name):
        watched.audit(page)
    if larger:
        resized(page, other(page))
        watched.look(page)
    return seen.links


def downloaded(page: Page, address: str) -> list[str]:
    """A file is given, under a name and with something in it."""
    given = page.request.get(address, ignore_https_errors=True)  # asked past the browser, which knows the certificate
    sound = given.ok and "attachment" in given.headers.get("content-disposition", "") and given.body()
    return [] if sound else [f"gives no file ({given.status})"]


def first_owner(name: str) -> Sitter:
    """Who stands for all owners of a page when it is audited for those who cannot see."""
    return next(sitter for sitter in EVERY_ROLE if whose(looked_at()[name], sitter.role))


def other(page: Page) -> tuple[int, int]:
    """The size that the window has not; the next page that is looked at in both opens in it."""
    return LARGER if page.viewport_size and page.viewport_size["width"] == SMALLER[0] else SMALLER


def resized(page: Page, size: tuple[int, int]) -> None:
    width, height = size
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})


@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_what_is_not_a_roles_is_refused_in_words(visit, sitter):
    visitor = visit(sitter)
    foreign = {name: address for name, address in plain().items() if not whose(looked_at()[name], sitter.role)}

    answers = {name: visitor.get(address) for name, address in foreign.items()}

    assert {name: answer.status for name, answer in answers.items() if answer.status != 403} == {}
    for name, answer in answers.items():
        assert "归以下角色" in answer.text, name
        assert "Traceback" not in answer.text, name
