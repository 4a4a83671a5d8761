"""Every page of the site map as every role, at both sizes: a silent console, no breach of policy, no sideways scroll, usable by all."""

import pytest
from playwright.sync_api import Error, Page

from govshare.kernel.roles import Role
from tests.browser.people import EVERY_ROLE, Sitter
from tests.browser.watch import Watched
from tools import chromium
from tools.trail import Trail, looked_at, plain, whose


@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_every_page_of_a_role_is_sound_at_both_sizes(desk, sitter):
    page = desk.sit(sitter)
    watched = desk.watched(page)
    trail, troubles = Trail(sitter.role), []

    for name, address in trail:
        trail.note(opened(page, watched, sitter, name, address))
        troubles += watched.take(f"{sitter} {name} {address}")

    assert not troubles, "\n".join(troubles)


def opened(page: Page, watched: Watched, sitter: Sitter, name: str, address: str) -> list[str]:
    """The links of one page that was looked at, at the size that the window has and then at the other, in which the next one opens."""
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
    if name == "home" or sitter.role == first_owner(name):
        watched.audit(page)
    turn(page)
    watched.look(page)
    return seen.links


def downloaded(page: Page, address: str) -> list[str]:
    """A file is given, under a name and with something in it."""
    given = page.request.get(address, ignore_https_errors=True)  # asked past the browser, which knows the certificate
    sound = given.ok and "attachment" in given.headers.get("content-disposition", "") and given.body()
    return [] if sound else [f"gives no file ({given.status})"]


def first_owner(name: str) -> Role:
    """Who stands for all owners of a page when it is audited for those who cannot see."""
    return next(sitter.role for sitter in EVERY_ROLE if whose(looked_at()[name], sitter.role))


def turn(page: Page) -> None:
    """To the other size."""
    now = page.viewport_size
    width, height = next(each for each in chromium.SIZES if now is None or each[0] != now["width"])
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
