"""Running a service as the owner of the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict


@pytest.fixture
def owner(own_database: Callable[[str], str]) -> Callable[..., Any]:
    """``owner(service, **words)``"""

    def run(service: Callable[..., Any], **words: Any) -> Any:
        program = dict(connection.settings_dict)
        parts = conninfo_to_dict(own_database("owner"))
        connection.close()
        connection.settings_dict.update(USER=parts["user"], PASSWORD=parts["password"])
        try:
            return service(**words)
        finally:
            connection.close()
            connection.settings_dict.update(program)

    return run
