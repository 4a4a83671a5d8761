"""Article by article, in everyday words: what it asks, how the platform keeps it now. No law; what is to come stands in ``claims.GAPS``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from govshare.regulation.claims import GAPS, Gap, unit_of
from govshare.regulation.convention import Convention
from govshare.regulation.conventions import CONVENTIONS

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Guide:
    """``keeps`` is empty where the platform does nothing yet."""

    asks: str
    keeps: str


@cache
def guide(language: str = "zh") -> Mapping[int, Guide]:
    """By article number; Chinese for a language there is no guide in."""
    name = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    text = (resources.files(__package__) / "texts" / f"guide.{name}.toml").read_text("utf-8")
    return {int(number): Guide(**row) for number, row in tomllib.loads(text).items()}


def gaps_of(article: int) -> dict[str, Gap]:
    """What of the article is not, or not wholly, kept: by citation of the article or its paragraph."""
    return {unit: gap for unit, gap in GAPS.items() if unit.partition(".")[0] == f"CD2016-{article}"}


def serving(article: int) -> list[Convention]:
    """Conventions in the article's service."""
    return [row for row in CONVENTIONS.values() if unit_of(row.serves).partition(".")[0] == f"CD2016-{article}"]
