"""People at their browsers before the catalog's pages; entries are brought where a test needs them by the real services."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse

from govshare.catalog.models import Entry
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from tests.catalog.world import Desk
from tests.portal.conftest import Site, Visitor, text


class Now(Desk):
    """A desk whose clock runs: pages ask the real one."""

    def __post_init__(self) -> None:
        self.now = utc_now()


@dataclass
class Office:
    """``office.registrar`` and the others sit at their browsers; ``office.desk`` does the same through services."""

    site: Site
    desk: Desk

    def at(self, who: str, role: Role) -> Visitor:
        return self.site.visitor(who, role)

    @property
    def registrar(self) -> Visitor:
        return self.at("provider", Role.REGISTRAR)

    @property
    def reviewer(self) -> Visitor:
        return self.at("provider", Role.REVIEWER)

    @property
    def authority(self) -> Visitor:
        return self.at("authority", Role.AUTHORITY)

    def save(self, entry: UUID, part: str, fields: dict[str, Any], *, version: int | None = None) -> HttpResponse:
        """Send one part of an entry as its page does."""
        seen = Entry.objects.get(pk=entry).version if version is None else version
        return self.registrar.send(f"/entries/{entry}/{part}/", {"version": seen, **fields})


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site, Now(site.cast))


def good(response: HttpResponse) -> HttpResponse:
    """It was done: on to the next page."""
    assert response.status_code == 302, text(response)[:2000]
    return response
