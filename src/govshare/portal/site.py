"""Every page there is, and its address. What is not declared with ``page``, ``act`` or ``open_page`` in one of these modules has none."""

from collections.abc import Mapping
from types import ModuleType

from django.http import HttpRequest
from django.urls import URLPattern

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.portal import institutions
from govshare.portal.alerts import pages as alerts
from govshare.portal.calendar import pages as calendar
from govshare.portal.cataloguing.areas import MODULES as CATALOGUING
from govshare.portal.desk import notices
from govshare.portal.finding.areas import MODULES as FINDING
from govshare.portal.frame.pages import Page, addresses
from govshare.portal.frame.shell import Shell
from govshare.portal.help import pages as help_
from govshare.portal.home import pages as home
from govshare.portal.hosting import editing as hosted_rows
from govshare.portal.hosting import tables as hosted_tables
from govshare.portal.hosting import uploading as hosted_files
from govshare.portal.integrity import pages as integrity
from govshare.portal.law import pages as law
from govshare.portal.log.areas import MODULES as LOG
from govshare.portal.overview import pages as overview
from govshare.portal.papers import pages as papers
from govshare.portal.receipts import pages as receipts
from govshare.portal.sharing import areas as sharing
from govshare.portal.signin import pages as signin
from govshare.portal.sources import pages as sources
from govshare.portal.transfers import ordering
from govshare.portal.transfers import pages as transfers
from govshare.portal.waiting.tasks import waiting_for

AREAS: tuple[ModuleType, ...] = (
    home,
    overview,
    *FINDING,
    signin,
    *sharing.MODULES,
    sources,
    ordering,
    transfers,
    hosted_tables,
    hosted_files,
    hosted_rows,
    *institutions.MODULES,
    receipts,
    papers,
    *LOG,
    alerts,
    integrity,
    law,
    calendar,
    *CATALOGUING,
    help_,
)


def declared(*modules: ModuleType) -> dict[str, Page]:
    """Pages by name; two of one name are a mistake."""
    found: dict[str, Page] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Page) and value.view.__module__ == module.__name__:
                if value.name in found:
                    raise ValueError(f"two pages are called {value.name}")
                found[value.name] = value
    return found


PAGES = declared(*AREAS)


def urlpatterns() -> list[URLPattern]:
    return [pattern for page in PAGES.values() for pattern in addresses(page)]


def waiting(by: Actor) -> Mapping[str, tuple[int, bool]]:
    """How many wait behind a line of the menu, by page name, and whether one of them is red."""
    now = utc_now()
    found = waiting_for(by)
    counts = {"todo": (len(found), any(each.hot for each in found)), "notices": (notices.unread(by, now=now), False)}
    for each in found:
        line = _LINES.get(each.task.kind)
        if line:
            count, hot = counts.get(line, (0, False))
            counts[line] = (count + 1, hot or each.hot)
    return counts


#: Behind which line of the menu a kind of task lies.
_LINES = {
    "demand": "demands",
    "opening": "openings",
    "review": "review",
    "returned": "entries",
    "draft": "entries",
    "listing": "listings",
    "verification": "verifications",
    "filing": "filings",
    "certificate": "certificates",
    "transfer": "transfers",
    "alert": "alerts",
}


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request, PAGES, waiting)}
