import pytest

from tests.cast import Cast
from tests.sharing.office import Office


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast)
