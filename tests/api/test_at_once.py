"""Two clicks at once: one of them does it, the other is told so; nothing is done twice and nothing falls over."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.api.conftest import Town, settled
from tests.api.requests import Good, good_requests

#: May be done again and again; everything else is done once.
REPEATED = {
    ("POST", "/entries"),
    ("POST", "/demands"),
    ("PUT", "/calendar/2031"),
    ("PUT", "/calendar/days/2026-12-28"),
    ("PUT", "/conventions/PC-31"),
    ("PUT", "/people/"),
    ("POST", "/filings"),
}


def both(town: Town, good: Good) -> list[int]:
    """What two equal requests are answered, sent by two threads as nearly at once as can be."""
    caller, ready = town.caller(good.who, good.role), Barrier(2)

    def send(_: int) -> int:
        try:
            ready.wait()
            return caller.send_raw(good.method, good.path, json.dumps(good.body)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(send, range(2)))


def repeated(good: Good) -> bool:
    return any(
        good.method == method and (good.path == path or (path.endswith("/") and good.path.startswith(path))) for method, path in REPEATED
    )


@pytest.mark.article("PC-70")
def test_of_two_equal_requests_at_once_one_is_done_and_the_other_is_told(own_database: Callable[[str], str]):
    town = settled()
    goods = good_requests(town)

    answers = {f"{good.method} {good.path}": (repeated(good), both(town, good)) for good in goods}

    odd = {
        address: statuses
        for address, (again, statuses) in answers.items()
        if not (statuses[0] < 300 and (statuses[1] < 300 if again else 400 <= statuses[1] < 500))
    }
    assert odd == {}
