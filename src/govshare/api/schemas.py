"""What bodies and answers share."""

from collections.abc import Iterator
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

#: How many of a thing one body may hold; what fits the rules is less, and said by them.
SOME, MANY = 100, 1000

#: Where a page of a list starts and how many rows it has.
Offset = Annotated[int, Field(ge=0, le=10**9)]
Limit = Annotated[int, Field(ge=1, le=500)]


DEEPEST = 20  # levels of lists and objects in a body


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


def _strings(value: Any) -> Iterator[str]:
    """Every text in it, keys too, without recursion: what is nested deeper than anything here needs is refused."""
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, str):
                yield each
            elif isinstance(each, dict):
                below += [*each.keys(), *each.values()]
            elif isinstance(each, list | tuple):
                below += each
        level = below
    if level:
        raise ValueError("嵌套过深，请按接口说明提交")
