"""Who may open what: every page with every role, against the table that people review (docs/reference/site-map.md)."""

import ast
import re
import uuid
from pathlib import Path

import pytest

import govshare.portal
from govshare.kernel.roles import Role
from govshare.portal.frame.pages import SIGNED_IN, Page
from govshare.portal.site import PAGES
from tests.portal.conftest import Site, Visitor, browser, text

TABLE = Path(__file__).parents[2] / "docs/reference/site-map.md"
ROW = re.compile(r"^\| `(?P<address>[^`]+)`[^|]* \| `(?P<name>[^`]+)` \| [^|]* \| (?P<owners>[^|]*) \|")
HOMES = {
    Role.AUTHORITY: "authority",
    Role.SYSTEM_ADMIN: "authority",
    Role.SECURITY_ADMIN: "authority",
    Role.AUDIT_ADMIN: "authority",
}
SITE = Path(govshare.portal.__file__).parent
QUOTED = re.compile(r"""["']([a-z0-9-]+)["']""")
LED_TO_FROM_OUTSIDE = {"signin-ticket"}  # by the certificate port
ENDS_THE_SESSION = {"signout", "post"}  # proved in test_signin
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "2027", "str": "none", "path": "none", "slug": "none", "code": "306001/000001"}


def filled(page: Page) -> str:
    """The address with something of the right kind in every place: what names nothing."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "none"), page.path)


def reviewed() -> dict[str, frozenset[str]]:
    rows = (ROW.match(line) for line in TABLE.read_text("utf-8").splitlines())
    return {row["name"]: _owners(row["owners"]) for row in rows if row}


def _owners(cell: str) -> frozenset[str]:
    if "*everybody*" in cell:
        return frozenset(SIGNED_IN)
    return frozenset(re.findall(r"`(\w+)`", cell))


def ask(visitor: Visitor, page: Page) -> tuple[int, str]:
    answer = visitor.open(filled(page)) if "GET" in page.methods else visitor.send(filled(page), {})
    for _ in answer if answer.streaming else ():
        pass  # to its end, where its file is closed
    return answer.status_code, text(answer) if answer.status_code != 200 else ""


def test_the_reviewed_table_names_every_page_and_its_owners():
    declared = {page.name: frozenset(map(str, page.owners)) for page in PAGES.values()}

    assert {name: owners for name, owners in reviewed().items() if name != "signin-demo"} == declared


@pytest.mark.article("CD2016-35")
def test_nobody_opens_a_page_without_a_session(db: None):
    let_in = {}
    for page in PAGES.values():
        if page.open_because:
            continue
        stranger = Visitor(browser(), "")
        answer = stranger.open(filled(page)) if "GET" in page.methods else stranger.send(filled(page), {})
        sent_away = answer.status_code == 302 and answer["Location"].startswith("/signin/")
        if not (sent_away or answer.status_code == 401):
            let_in[page.name] = answer.status_code

    assert let_in == {}


@pytest.mark.article("CD2016-35")
@pytest.mark.parametrize("role", sorted(SIGNED_IN), ids=str)
def test_a_role_opens_the_pages_it_owns_and_no_others(role: Role, site: Site):
    visitor, owned = site.visitor(HOMES.get(role, "provider"), role), reviewed()
    wrongly_let_in, wrongly_kept_out, broken = [], [], []

    for page in PAGES.values():
        if page.name in ENDS_THE_SESSION:
            continue
        status, said = ask(visitor, page)
        by_role = status == 403 and "这一页归以下角色使用" in said
        mine = page.open_because or role in owned[page.name]
        if not mine and not by_role:
            wrongly_let_in.append(f"{page.name}: {status}")
        if mine and by_role:
            wrongly_kept_out.append(page.name)
        if status >= 500:
            broken.append(f"{page.name}: {said[:300]}")

    assert (wrongly_let_in, wrongly_kept_out, broken) == ([], [], [])


def spoken_of() -> set[str]:
    """Every quoted word of the site's templates and code, but for what declares a page."""
    found = set()
    for path in SITE.rglob("*.html"):
        found |= set(QUOTED.findall(path.read_text("utf-8")))
    for path in SITE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        declared = {id(node) for each in ast.walk(tree) for mark in getattr(each, "decorator_list", ()) for node in ast.walk(mark)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) not in declared
            if isinstance(node.value, str)
        }
    return found


def test_every_page_that_is_opened_is_linked_from_somewhere():
    opened = {page.name for page in PAGES.values() if "GET" in page.methods}

    assert opened - spoken_of() == LED_TO_FROM_OUTSIDE
