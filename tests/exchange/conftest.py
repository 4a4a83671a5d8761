from collections.abc import Iterator
from typing import Any

import pytest

from govshare.kernel.clock import utc_now
from tests.cast import assemble
from tests.exchange.counter import Counter
from tests.fronts import Fronts
from tests.sharing.office import Office


@pytest.fixture
def counter(own_database: Any, fronts: Fronts) -> Iterator[Counter]:
    """A grant on a real table between two registered front-end databases, in a platform database of the test's own."""
    yield Counter(Office(assemble(utc_now())), fronts)
