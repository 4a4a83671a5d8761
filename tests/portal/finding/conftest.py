"""A provider's listed resources, and visitors from several departments who look for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.portal.conftest import Site, Visitor
from tests.sharing.office import Office

RUBBISH = ["'\"<script>alert(1)</script>", "\x00", "%", "\\", "🦭" * 40, "锦" * 10_000]


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.cast)


def statements(visitor: Visitor, address: str) -> int:
    """How many statements the page costs beyond what every page costs (who asks, the menu with what waits)."""
    return _cost(visitor, address) - _cost(visitor, "/search/")


def _cost(visitor: Visitor, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert visitor.open(address).status_code == 200
    return len(caught)
