import pytest

from tests.cast import Cast
from tests.catalog.world import Desk


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
