"""What waits for whom, across all rooms."""

import re
from pathlib import Path

import pytest

import govshare.portal.waiting as room
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.models import FilingChange
from govshare.organizations.services import filings
from govshare.portal.site import PAGES
from govshare.portal.waiting.tasks import waiting_for
from tests.portal.conftest import Site, text


def test_everything_that_waits_leads_to_a_page_there_is():
    sources = "".join(path.read_text("utf-8") for path in Path(room.__file__).parent.glob("*.py"))

    named = set(re.findall(r'page="([^"]+)"', sources))

    assert named and named <= set(PAGES)


def file(site: Site) -> None:
    """The provider tells its authority who its resource administrator is."""
    by = site.cast.actor("provider", Role.RESOURCE_ADMIN)
    today = local_date(site.cast.now)
    filings.file(organization=by.organization, person=by.id, change=FilingChange.APPOINTED, effective_on=today, by=by, now=site.cast.now)


@pytest.mark.article("CD2016-29.2")
def test_a_new_resource_administrator_is_to_be_filed_by_the_own_department_first(site: Site):
    by = site.cast.actor("provider", Role.RESOURCE_ADMIN)

    before = waiting_for(by)
    file(site)
    after = waiting_for(by)

    assert [(str(each.task.label), each.standing is not None) for each in before] == [("待报备", True)]
    assert after == []


@pytest.mark.article("CD2016-29.2")
def test_a_filing_waits_for_the_authority_with_its_basis_and_leads_there(site: Site):
    file(site)

    waiting = waiting_for(site.cast.actor("authority", Role.AUTHORITY))
    page = site.visitor("authority", Role.AUTHORITY).open("/todo/")

    assert [(str(each.task.label), str(each.task.basis)) for each in waiting] == [("待备案", "CD2016-29.2")]
    assert waiting[0].task.who in text(page)
    assert "/filings/" in page.content.decode()


def test_the_menu_counts_what_waits(site: Site):
    file(site)

    page = site.visitor("authority", Role.AUTHORITY).open("/calendar/").content.decode()

    for line in ("todo", "filings"):
        assert re.search(rf'href="/{line}/"[^>]*>(?:(?!</a>).)*<span class="c">1</span>', page, re.DOTALL), line
