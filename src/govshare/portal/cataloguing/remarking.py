"""逐处意见 as they are typed beside what is reviewed: one field per place, kept when the return is refused."""

from django.http import QueryDict

from govshare.catalog.rules.remarks import MOST, Remark

PREFIX = "remark."


def typed(post: QueryDict) -> dict[str, str]:
    """What was typed, by place; empty ones are none."""
    return {name.removeprefix(PREFIX): str(text) for name, text in post.items() if name.startswith(PREFIX) and str(text).strip()}


def remarks(post: QueryDict) -> list[Remark]:
    """As the catalog takes them, in the order of the page; one more than may be is enough to be refused."""
    return [Remark(place, text) for place, text in list(typed(post).items())[: MOST + 1]]
