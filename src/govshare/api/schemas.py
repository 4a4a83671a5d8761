"""What bodies and answers share."""

from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

Row = TypeVar("Row")
RowModel = TypeVar("RowModel", bound=Model)

_FORBIDDEN = frozenset(chr(code) for code in range(32)) - {"\n", "\t", "\r"}


def _plain(text: str) -> str:
    """What no text column can hold, and nobody can see, is refused wherever it stands: in a body, a query, a path."""
    if any(c in _FORBIDDEN or "\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("含有不可见的控制字符，请删去后重试")
    return text


#: One line of words, a paragraph, a code: every text that comes in has a stated length.
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_plain)]
Code = Annotated[str, StringConstraints(max_length=40), AfterValidator(_plain)]

#: Where a page of a list starts and how many rows it has.
Offset = Annotated[int, Field(ge=0, le=10**9)]
Limit = Annotated[int, Field(ge=1, le=500)]


class Body(Schema):
    """A request body: unknown fields and control characters are refused, strings are trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, values: Any) -> Any:
        raw = getattr(values, "_obj", values)  # ninja wraps what it parsed
        for text in _strings(raw):
            _plain(text)
        return values


class Reason(Body):
    """Why, for every act that has to say so."""

    reason: Text


class Answer(Schema):
    """What an endpoint returns, read from a model or a dataclass."""

    model_config = ConfigDict(from_attributes=True)


class Listing(Answer, Generic[Row]):
    """One page of a list: ``total`` rows in all, ``rows`` from ``offset``."""

    total: int
    offset: int
    rows: list[Row]

    @staticmethod
    def of(rows: "QuerySet[RowModel]", *, offset: int, limit: int) -> dict[str, Any]:
        return {"total": rows.count(), "offset": offset, "rows": list(rows[offset : offset + limit])}


def _strings(value: Any) -> "list[str]":
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (*_strings(key), *_strings(item))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    return []
