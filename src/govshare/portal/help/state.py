"""How each article stands right now, as far as the visitor may see it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from django.db.models import QuerySet
from django.utils import translation

from govshare.duties import queries as duties
from govshare.duties.models import Duty
from govshare.duties.queries import Standing, counts
from govshare.duties.queries.counts import Counts
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.regulation.articles import Provision, numeral, provisions
from govshare.regulation.claims import Gap, unit_of
from govshare.regulation.guide import Guide, gaps_of, guide

REGULATION = "CD2016"


@dataclass(frozen=True, slots=True)
class ArticleNow:
    """One article: its words, its guide, what is not kept yet and why, and the duties that rest on it."""

    provision: Provision
    guide: Guide
    gaps: dict[str, Gap]
    counts: Counts

    @property
    def number(self) -> int:
        return self.provision.number

    @property
    def label(self) -> str:
        return f"第{numeral(self.number)}条"

    @property
    def citation(self) -> str:
        return f"{REGULATION}-{self.number}"

    @property
    def text(self) -> str:
        return "\n\n".join(paragraph.text for paragraph in self.provision.paragraphs)

    @property
    def not_software(self) -> bool:
        return bool(self.gaps) and all(gap.kind == "not software" for gap in self.gaps.values())

    @property
    def to_come(self) -> list[str]:
        """What the platform does not do yet."""
        return [gap.reason for gap in self.gaps.values() if gap.kind == "not yet"]

    @property
    def reasons(self) -> list[str]:
        """Why no software carries it out."""
        return [gap.reason for gap in self.gaps.values() if gap.kind == "not software"]

    @property
    def kept_percent(self) -> int | None:
        """Of what had to be done by now, how much was done in time; None when nothing had to be."""
        owed = self.counts.kept + self.counts.overdue
        return round(100 * self.counts.in_time / owed) if owed else None


def owners_for(actor: Actor) -> frozenset[str] | None:
    """Whose duties the visitor sees: everybody's (None), those of the authority's tier, or the own department's."""
    operator = organizations.operator()
    if Role.AUDIT_ADMIN in actor.roles and operator is not None and actor.organization == str(operator.pk):
        return None
    return organizations.area(actor.organization) or frozenset({actor.organization})


def articles_now(owners: frozenset[str] | None, *, now: datetime) -> list[ArticleNow]:
    """All forty-two."""
    numbers, said = counts.by_article(owners=owners, now=now), guide(translation.get_language() or "zh")
    return [
        ArticleNow(provision, said[number], gaps_of(number), numbers.get(number, Counts()))
        for number, provision in provisions(REGULATION).items()
    ]


def matching(articles: Iterable[ArticleNow], wanted: str) -> list[ArticleNow]:
    """Those that hold every word of ``wanted``, in the law's text or in ours; ``17`` and ``第十七条`` find their article."""
    words = wanted.lower().split()
    return [each for each in articles if all(_holds(each, word) for word in words)]


def _holds(each: ArticleNow, word: str) -> bool:
    if word.isascii() and word.isdigit():
        return word == str(each.number)
    if word.upper().startswith(f"{REGULATION}-"):
        return _unit(word.upper()) == each.citation
    return word in "\n".join((each.label, each.provision.chapter, each.text, each.guide.asks, each.guide.keeps)).lower()


def _unit(word: str) -> str:
    try:
        return unit_of(word).partition(".")[0]
    except (KeyError, ValueError):
        return word


class Standings(Sequence[Standing]):
    """A query's duties with their lights, worked out for the rows that are shown."""

    def __init__(self, found: QuerySet[Duty], *, now: datetime) -> None:
        self._found, self._now = found, now

    def __len__(self) -> int:
        return self._found.count()

    def __iter__(self) -> Iterator[Standing]:
        return iter(duties.standings(self._found, now=self._now))

    @overload
    def __getitem__(self, place: int) -> Standing: ...
    @overload
    def __getitem__(self, place: slice) -> list[Standing]: ...
    def __getitem__(self, place: int | slice) -> Standing | list[Standing]:
        if isinstance(place, slice):
            return duties.standings(self._found[place], now=self._now)
        return duties.standings([self._found[place]], now=self._now)[0]
