"""Every page of the site, found as a visitor finds it: from the pages that need nothing said, along the links they show.

The pages come from the site's own register, so a new page is on the trail by being declared. Django's settings must be made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.urls.exceptions import NoReverseMatch

from govshare.kernel.roles import Role
from govshare.portal.frame.pages import Page
from govshare.portal.site import PAGES

#: What a visitor who is in does not come to, and files, which are saved and not looked at.
OFF_THE_TRAIL = frozenset(
    {
        *("signin-ticket", "signin", "signin-challenge", "signin-demo"),
        *("receipt-file", "integrity-verifier", "paper-docx", "paper-scan", "log-package", "hosting-template", "hosting-bad-file"),
    }
)


def looked_at() -> dict[str, Page]:
    """The pages that are opened, not done, by name."""
    return {name: page for name, page in PAGES.items() if "GET" in page.methods and name not in OFF_THE_TRAIL}


def whose(page: Page, role: Role) -> bool:
    """Whether a visitor in this role may open it (an operator's page: whose body runs the platform)."""
    return bool(page.open_because) or role in page.owners


def plain() -> dict[str, str]:
    """Addresses of the pages that need nothing said."""
    found = {}
    for name in looked_at():
        try:
            found[name] = reverse(name)
        except NoReverseMatch:
            continue
    return found


def page_at(address: str) -> str:
    """The page's name; empty for what is no page."""
    path = urlsplit(address).path
    try:
        name = resolve(path).url_name or ""
    except Resolver404:
        return ""
    return name if name in PAGES else ""


@dataclass
class Trail:
    """One visitor's way: iterate, open, and ``note`` the links seen; each page comes once, and what was noted while walking too."""

    role: Role
    found: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        pages = looked_at()
        self.found |= {name: address for name, address in plain().items() if whose(pages[name], self.role)}
        done: set[str] = set()
        while left := [name for name in self.found if name not in done]:
            done.add(left[0])
            yield left[0], self.found[left[0]]

    def note(self, links: Iterable[str]) -> None:
        pages = looked_at()
        for link in links:
            name = page_at(link)
            if name in pages and name not in self.found and whose(pages[name], self.role):
                self.found[name] = urlsplit(link).path
