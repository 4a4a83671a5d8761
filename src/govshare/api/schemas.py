"""What bodies and answers share."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, model_validator

_FORBIDDEN = frozenset(chr(code) for code in range(32)) - {"\n", "\t", "\r"}


class Body(Schema):
    """A request body: unknown fields and control characters are refused, strings are trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, values: Any) -> Any:
        raw = getattr(values, "_obj", values)  # ninja wraps what it parsed
        for text in _strings(raw):
            if any(c in _FORBIDDEN or "\ud800" <= c <= "\udfff" for c in text):
                raise ValueError("含有不可见的控制字符，请删去后重试")
        return values


class Answer(Schema):
    """What an endpoint returns, read from a model or a dataclass."""

    model_config = ConfigDict(from_attributes=True)


def _strings(value: Any) -> "list[str]":
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (*_strings(key), *_strings(item))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    return []
