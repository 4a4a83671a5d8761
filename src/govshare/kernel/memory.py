"""What one reading request asked already. Nothing is remembered unless somebody said ``remembering``; nothing outlives it.

For answers that do not change while a page is made: who stands for whom, which numbers are in force, the calendar.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_KNOWN: ContextVar[dict[Any, Any] | None] = ContextVar("govshare_remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it every ``remembered`` function is asked once per question."""
    token = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def remembered(ask: Callable[P, R]) -> Callable[P, R]:
    """Arguments must be hashable; whoever gets the answer must not change it."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _KNOWN.get()
        if known is None:
            return ask(*args, **kwargs)
        question = (ask, args, tuple(sorted(kwargs.items())))
        if question not in known:
            known[question] = ask(*args, **kwargs)
        answer: R = known[question]
        return answer

    return asked
