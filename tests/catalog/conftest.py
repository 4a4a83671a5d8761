import pytest

from tests.cast import Cast
from tests.catalog.world import Desk
from tests.sources.conftest import admin, department, front_end, provided, receiving, registration, server

__all__ = ["admin", "department", "desk", "front_end", "provided", "receiving", "registration", "server"]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
