"""The world a test starts from, made once and not anew for each: tests play on from it within a transaction that is rolled back.

Which one a test wants is told by its fixtures (``STARTS``). The next test that wants the same finds it as it was made; one that wants
another, or an empty platform, has it rolled back first. Nothing of it is ever committed, and no test can tell it from one of its own.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

#: How the world begins for tests that use a fixture of this name; the first that fits. Filled by the modules the fixtures are in.
STARTS: dict[str, Callable[[], Any]] = {}
STALE = 60.0  # seconds after which a world's "now" is too long ago


@dataclass
class _Standing:
    """The world that is there, in a transaction that is open."""

    start: Callable[[], Any]
    value: Any
    since: float
    around: transaction.Atomic


_standing: list[_Standing] = []  # at most one


def world_of(start: Callable[[], Any]) -> Any:
    """A copy of the world that began this way, for a test to change; where none stands it begins now, in the test's own transaction."""
    found = next((each.value for each in _standing if each.start is start), None)
    return start() if found is None else deepcopy(found)


def begins(uses: frozenset[str]) -> int:
    """Which world a test with these fixtures wants, by number; those that want none come last."""
    found = (number for number, name in enumerate(STARTS, start=1) if name in uses and "own_database" not in uses)
    return next(found, len(STARTS) + 1)


@pytest.fixture
def world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """Before a test's own transaction begins: what it plays on from stands, and nothing else."""
    start = next((start for name, start in STARTS.items() if name in request.fixturenames), None)
    with django_db_blocker.unblock():
        if any(each.start is not start or time.monotonic() - each.since > STALE for each in _standing):
            undo()
        if start and not _standing:
            _begin(start)


@pytest.fixture
def _django_db_helper(world: None, _django_db_helper: None) -> None:
    """A test's transaction, as pytest-django makes it, within that of its world."""


def _begin(start: Callable[[], Any]) -> None:
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # what must be outermost is so, as in Django's own test cases
    around.__enter__()
    try:
        _standing.append(_Standing(start, start(), time.monotonic(), around))
    except BaseException:
        _leave(around)
        raise


def undo() -> None:
    """Before the connection is closed or led elsewhere."""
    while _standing:
        _leave(_standing.pop().around)


def _leave(around: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    around.__exit__(None, None, None)
    assert not connection.in_atomic_block
