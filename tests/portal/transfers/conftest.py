from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import settled
from tests.exchange.counter import Counter
from tests.fronts import Fronts
from tests.portal.conftest import Site
from tests.sharing.office import Office


@pytest.fixture
def site(own_database: Any) -> Site:
    """The town in a database of the test's own: what a worker does commits."""
    return Site(settled().cast, {})


@pytest.fixture
def counter(site: Site, fronts: Fronts) -> Iterator[Counter]:
    yield Counter(Office(site.cast), fronts)
