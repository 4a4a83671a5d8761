"""A row's key in an address: the JSON of its values, in letters that an address may hold."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from govshare.hosting.rules import HISTORY
from govshare.kernel.errors import NotFound


def written(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(key), ensure_ascii=False).encode()).decode().rstrip("=")


def read(text: str) -> list[Any]:
    """What ``written`` wrote; anything else names no row."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or not key or not all(isinstance(part, str | int | float | bool) for part in key):
        raise NotFound("没有这一行，请从表中打开", basis=HISTORY)
    return key
