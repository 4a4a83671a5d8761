"""Where things are done: the address of the page a task, deed or notice names."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse


def address(page: str, places: Mapping[str, Any]) -> str:
    return reverse(page, kwargs=dict(places))
