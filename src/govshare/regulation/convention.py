"""What a platform convention 「平台约定」 is; the rows stand in ``conventions`` and, of the portal, in ``portal_conventions``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """``str(convention)`` is its number, the way it is cited everywhere."""

    number: str
    title: str
    text: str
    serves: str  # the article in whose service it stands
    default: int | None = None
    unit: str = ""
    least: int = 0
    most: int = 0

    def __str__(self) -> str:
        return self.number
