"""How duties stand: kept in time, kept late, due, overdue, suspended, dropped; by article, by owner, by month.

``owners`` are ids of organizations as text; None counts the whole platform. An article's duties are those that rest on it,
and those that rest on a convention in its service.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from govshare.duties.models import Duty
from govshare.kernel.clock import LOCAL, begins, local_date
from govshare.kernel.months import following, months
from govshare.regulation.convention import Convention
from govshare.regulation.conventions import CONVENTIONS

_ARTICLE = re.compile(r"CD2016-(\d+)")

State = Literal["in_time", "late", "due", "overdue", "suspended", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of duties. ``due``: open, running and not past their day."""

    in_time: int = 0
    late: int = 0
    due: int = 0
    overdue: int = 0
    suspended: int = 0
    dropped: int = 0

    @property
    def kept(self) -> int:
        return self.in_time + self.late

    @property
    def open(self) -> int:
        return self.due + self.overdue + self.suspended

    @property
    def total(self) -> int:
        return self.kept + self.open + self.dropped

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What began, was kept and was dropped in one month, each counted in the month in which it happened."""

    month: date
    started: int = 0
    in_time: int = 0
    late: int = 0
    dropped: int = 0


def article_of(basis: str) -> int | None:
    """The number of the article that a basis is, or serves; None for what names neither."""
    known = CONVENTIONS.get(basis)
    found = _ARTICLE.match(known.serves if isinstance(known, Convention) else basis)
    return int(found[1]) if found else None


def bases_of(article: int) -> frozenset[str]:
    """Every basis that stands in ``duties`` and belongs to ``article``."""
    return frozenset(basis for basis in Duty.objects.values_list("basis", flat=True).distinct() if article_of(basis) == article)


def in_all(*, owners: Collection[str] | None = None, now: datetime) -> Counts:
    """All duties together."""
    return Counts(**_of(owners).aggregate(**_tally(now)))


def by_article(*, owners: Collection[str] | None = None, now: datetime) -> dict[int, Counts]:
    """Counts by the number of the article; articles without any duty are left out."""
    found: dict[int, Counts] = {}
    for basis, counts in by_basis(owners=owners, now=now).items():
        article = article_of(basis)
        if article is not None:
            found[article] = found.get(article, Counts()) + counts
    return dict(sorted(found.items()))


def by_basis(*, owners: Collection[str] | None = None, now: datetime) -> dict[str, Counts]:
    """Counts by what the duty rests on, an article or a convention."""
    return _grouped(_of(owners), "basis", now)


def by_owner(*, owners: Collection[str] | None = None, now: datetime) -> dict[str, Counts]:
    """Counts by the id of the organization that owes."""
    return _grouped(_of(owners), "owner", now)


def listed(
    *, article: int | None = None, owners: Collection[str] | None = None, state: State | None = None, now: datetime
) -> QuerySet[Duty]:
    """The duties behind a number: the open ones by their day, then the others, the latest first."""
    found = _of(owners)
    if article is not None:
        found = found.filter(basis__in=bases_of(article))
    if state is not None:
        found = found.filter(_states(now)[state])
    ended = F("kept_at").desc(nulls_first=True), F("dropped_at").desc(nulls_first=True)
    return found.order_by(*ended, "due_on", "id")


def monthly(first: date, last: date, *, owners: Collection[str] | None = None) -> list[Month]:
    """One row for every month from that of ``first`` to that of ``last``, also where nothing happened."""
    span = months(first, last)
    if not span:
        return []
    own, since, until = _of(owners), begins(span[0]), begins(following(span[-1]))
    series = {
        "started": _per_month(own, "started_at", since, until),
        "in_time": _per_month(own.filter(late=False), "kept_at", since, until),
        "late": _per_month(own.filter(late=True), "kept_at", since, until),
        "dropped": _per_month(own, "dropped_at", since, until),
    }
    return [Month(month=month, **{name: counts.get(month, 0) for name, counts in series.items()}) for month in span]


def _of(owners: Collection[str] | None) -> QuerySet[Duty]:
    return Duty.objects.all() if owners is None else Duty.objects.filter(owner__in=owners)


def _states(now: datetime) -> dict[State, Q]:
    open_, today = Q(kept_at=None, dropped_at=None), local_date(now)
    return {
        "in_time": Q(kept_at__isnull=False, late=False),
        "late": Q(kept_at__isnull=False, late=True),
        "due": open_ & Q(suspended_on=None, due_on__gte=today),
        "overdue": open_ & Q(suspended_on=None, due_on__lt=today),
        "suspended": open_ & Q(suspended_on__isnull=False),
        "dropped": Q(dropped_at__isnull=False),
    }


def _tally(now: datetime) -> dict[str, Count]:
    return {state: Count("id", filter=condition) for state, condition in _states(now).items()}


def _grouped(duties: QuerySet[Duty], by: str, now: datetime) -> dict[str, Counts]:
    rows: Iterable[dict[str, object]] = duties.values(by).order_by(by).annotate(**_tally(now))
    return {str(row[by]): Counts(**{each.name: int(str(row[each.name])) for each in fields(Counts)}) for row in rows}


def _per_month(duties: QuerySet[Duty], moment: str, since: datetime, until: datetime) -> dict[date, int]:
    within = duties.filter(**{f"{moment}__gte": since, f"{moment}__lt": until})
    rows = within.annotate(month=TruncMonth(moment, tzinfo=LOCAL)).values("month").order_by("month").annotate(n=Count("id"))
    return {row["month"].date(): row["n"] for row in rows}
