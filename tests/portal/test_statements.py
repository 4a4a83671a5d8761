"""What a page asks the database does not grow with what it shows."""

from collections.abc import Mapping

from django.db import connection
from django.test.utils import CaptureQueriesContext

from govshare.kernel.roles import Role
from tests.portal.conftest import Site
from tests.sharing.office import Office

PAGES: Mapping[tuple[str, Role], tuple[str, ...]] = {
    ("recipient", Role.REGISTRAR): ("/", "/todo/", "/todo/mine/", "/todo/done/", "/catalog/", "/demands/", "/grants/", "/notices/"),
    ("recipient", Role.RESOURCE_ADMIN): ("/", "/todo/", "/demands/", "/grants/", "/transfers/", "/transfers/new/"),
    ("provider", Role.REGISTRAR): ("/", "/entries/", "/changes/", "/demands/"),
    ("provider", Role.REVIEWER): ("/review/", "/notices/", "/todo/"),
    ("provider", Role.RESOURCE_ADMIN): ("/", "/demands/", "/grants/", "/filings/"),
    ("authority", Role.AUTHORITY): ("/", "/todo/", "/listings/", "/verifications/", "/overview/", "/demands/", "/base/"),
    ("authority", Role.AUDIT_ADMIN): ("/", "/log/", "/alerts/", "/integrity/"),
}


def more(office: Office, names: range) -> None:
    """As much again for everybody: listed and granted, asked for, handed in for review, filed."""
    for n in names:
        office.granted(office.conditional(name=f"已共享{n}"))
        office.passed(office.conditional(name=f"已申请{n}"))
        office.checking(office.conditional(name=f"待把关{n}"))
        office.desk.submit(office.desk.draft(name=f"待审核{n}"))
        office.desk.published(name=f"待确认{n}")
        office.desk.draft(name=f"未完成{n}")


def asked(site: Site) -> dict[tuple[str, str, str], int]:
    """Statements by who opens what."""
    found = {}
    for (who, role), addresses in PAGES.items():
        visitor = site.visitor(who, role)
        visitor.open("/")
        for address in addresses:
            with CaptureQueriesContext(connection) as caught:
                assert visitor.open(address).status_code == 200, address
            found[who, str(role), address] = len(caught)
    return found


def test_a_page_asks_the_database_no_more_often_when_its_lists_are_ten_times_as_long(site: Site):
    office = Office(site.cast)
    more(office, range(1))
    few = asked(site)

    more(office, range(1, 10))
    many = asked(site)

    assert {place: (few[place], many[place]) for place in few if many[place] > few[place]} == {}
