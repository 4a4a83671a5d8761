"""Where things are done: the address of the page a task, deed or notice names."""

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse


def address(page: str, places: Mapping[str, Any]) -> str:
    """Of the page itself; of what waits, when that page is not built in."""
    try:
        return reverse(page, kwargs=dict(places))
    except NoReverseMatch:
        return reverse("todo")
