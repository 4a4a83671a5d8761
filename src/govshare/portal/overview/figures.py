"""The figures of 监管总览, each from the rooms' own statistics; ``area`` are the organizations under the visitor's authority."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext

from govshare.catalog.models import Entry, Revision
from govshare.catalog.queries import statistics as catalog
from govshare.catalog.queries import tree
from govshare.catalog.rules.choices import IN_CATALOG, ShareType, Status
from govshare.duties import queries as duties
from govshare.duties.queries import counts
from govshare.duties.queries.counts import Counts
from govshare.duties.rules import Light
from govshare.exchange.queries import statistics as exchange
from govshare.kernel.clock import local_date
from govshare.kernel.months import back, month_of
from govshare.organizations.models import Organization
from govshare.sharing.queries import statistics as sharing

YEAR = 12
ANSWER = "PC-34"  # working days a provider has for its answer
Area = Collection[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its course over twelve months. ``value`` None: nothing to count yet."""

    label: str
    value: float | None
    unit: str = ""
    note: str = ""
    course: Sequence[float] = ()
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """How one department does its duties. ``rate``: share kept in time of what fell due, in percent."""

    organization: Organization
    entries: int
    listed: int
    rate: int | None
    overdue: int
    answer_days: float | None
    light: Light | None
    rows: int

    @property
    def bar(self) -> str:
        return "ok" if self.rate is None or self.rate >= 95 else "warn" if self.rate >= 90 else "bad"


@dataclass(frozen=True, slots=True)
class Course:
    """Twelve months of everything that is counted by month."""

    months: tuple[date, ...]
    growth: tuple[catalog.Growth, ...]
    demands: tuple[sharing.Tally, ...]
    delivered: tuple[exchange.Delivered, ...]
    kept: tuple[counts.Month, ...]

    @property
    def rows(self) -> list[tuple[date, catalog.Growth, sharing.Tally, exchange.Delivered, counts.Month]]:
        """One per month, for the table beside the chart."""
        return list(zip(self.months, self.growth, self.demands, self.delivered, self.kept, strict=True))


def course(area: Area, *, now: datetime) -> Course:
    last = month_of(local_date(now))
    first = back(last, YEAR - 1)
    grown = catalog.monthly(first, last, providers=area)
    return Course(
        tuple(month for month, _ in grown),
        tuple(row for _, row in grown),
        tuple(row for _, row in sharing.monthly(first, last, side="provider", organizations=area)),
        tuple(row for _, row in exchange.monthly(first, last, side="provider", organizations=area)),
        tuple(counts.monthly(first, last, owners=_texts(area))),
    )


def figures(area: Area, told: Course, *, now: datetime) -> list[Figure]:
    standing = catalog.standing(providers=area)
    owed = counts.in_all(owners=_texts(area), now=now)
    granted, refused = sum(row.granted for row in told.demands), sum(row.refused for row in told.demands)
    days = [row.working_days for row in told.demands]
    answered = [each for each in days if each is not None]
    return [
        Figure(
            label=gettext("资源目录（条）"),
            value=standing.published,
            note=gettext("本月新增 %(n)s") % {"n": told.growth[-1].published},
            course=_sums([row.published for row in told.growth], standing.published),
            page="listings",
        ),
        Figure(
            label=gettext("列入共享目录"),
            value=standing.listed,
            note=gettext("待确认 %(n)s · 未配接口 %(m)s") % {"n": standing.filed + standing.changed, "m": standing.without_interface},
            course=_sums([row.listed for row in told.growth], standing.listed),
            page="catalog",
        ),
        Figure(
            label=gettext("按时履职率"),
            value=_rate(owed),
            unit="%",
            note=gettext("超期未办 %(n)s 件") % {"n": owed.overdue},
            course=[float(_part(row.in_time, row.in_time + row.late) or 100) for row in told.kept],
            page="help",
        ),
        Figure(
            label=gettext("共享需求满足率"),
            value=_part(granted, granted + refused),
            unit="%",
            note=gettext("一年答复 %(n)s 件") % {"n": granted + refused},
            course=[float(_part(row.granted, row.granted + row.refused) or 0) for row in told.demands],
            page="demands",
        ),
        Figure(
            label=gettext("本月交换量"),
            value=told.delivered[-1].rows,
            unit=gettext("行"),
            note=gettext("交付 %(n)s 次") % {"n": told.delivered[-1].deliveries},
            course=[float(row.rows) for row in told.delivered],
            page="transfers",
        ),
        Figure(
            label=gettext("平均答复时长"),
            value=round(sum(answered) / len(answered), 1) if answered else None,
            unit=gettext("工作日"),
            note=gettext("约定 %(n)s 个工作日内") % {"n": duties.parameter(ANSWER)},
            course=[each or 0.0 for each in days],
            page="demands",
        ),
    ]


def departments(area: Area, *, now: datetime) -> list[Department]:
    """Those with entries or duties first by how much they hold; what the authority itself owes is in it too."""
    last = month_of(local_date(now))
    owed = counts.by_owner(owners=_texts(area), now=now)
    answers = sharing.per_organization(back(last, YEAR - 1), last, side="provider")
    delivered = exchange.per_organization(last, last, side="provider")
    held, limit = _held(area), duties.parameter(ANSWER)
    found = []
    for body in Organization.objects.filter(pk__in=area, active=True):
        entries, listed = held.get(body.pk, (0, 0))
        mine = owed.get(str(body.pk), Counts())
        days = answers[body.pk].working_days if body.pk in answers else None
        if not entries and not mine.total:
            continue
        found.append(
            Department(
                organization=body,
                entries=entries,
                listed=listed,
                rate=_rate(mine),
                overdue=mine.overdue,
                answer_days=None if days is None else round(days, 1),
                light=None if days is None else Light.GREEN if days <= limit / 2 else Light.YELLOW if days <= limit else Light.RED,
                rows=delivered[body.pk].rows if body.pk in delivered else 0,
            )
        )
    return sorted(found, key=lambda each: (-each.entries, each.organization.name))


@dataclass(frozen=True, slots=True)
class Tile:
    """A district with how many entries it has listed, and how it does its duties."""

    name: str
    count: int
    css: str

    @property
    def short(self) -> str:
        """As people say it: without 成都 before and 区, 县 or 市 after it where that leaves two signs or more."""
        name = self.name.removeprefix("成都") if len(self.name) > 4 else self.name
        return name[:-1] if len(name) > 2 else name


def districts() -> list[Tile]:
    """By region; the shade is the share of the most."""
    rows = tree.districts()
    most = max((row.count for row in rows), default=0)
    return [Tile(row.name, row.count, _shade(row.count, most)) for row in rows]


def _shade(count: int, most: int) -> str:
    if not count:
        return "w"
    return "m" if count >= most / 2 else ""


@dataclass(frozen=True, slots=True)
class Share:
    type: str
    count: int
    percent: int


def share_types(area: Area) -> list[Share]:
    """Of published entries."""
    rows = Revision.objects.filter(entry__provider__in=area, status=Status.PUBLISHED).values_list("share_type")
    found = dict(rows.order_by("share_type").annotate(Count("id")))
    whole = sum(found.values())
    return [Share(each, found.get(each, 0), _part(found.get(each, 0), whole) or 0) for each in ShareType.values]


def chart(told: Course) -> dict[str, object]:
    """What ECharts draws; the table beside it says the same."""
    months = [f"{month:%Y-%m}" for month in told.months]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": [gettext("交换行数"), gettext("提出需求"), gettext("新列入")], "top": 0},
        "grid": {"left": 56, "right": 40, "top": 36, "bottom": 24},
        "xAxis": {"type": "category", "data": months},
        "yAxis": [{"type": "value", "name": gettext("行")}, {"type": "value", "name": gettext("件"), "splitLine": {"show": False}}],
        "series": [
            {"name": gettext("交换行数"), "type": "bar", "barMaxWidth": 22, "data": [row.rows for row in told.delivered]},
            {"name": gettext("提出需求"), "type": "line", "yAxisIndex": 1, "data": [row.raised for row in told.demands]},
            {"name": gettext("新列入"), "type": "line", "yAxisIndex": 1, "data": [row.listed for row in told.growth]},
        ],
    }


def _held(area: Area) -> dict[UUID, tuple[int, int]]:
    """Published and listed entries by provider."""
    published = Count("id", distinct=True, filter=Q(revisions__status=Status.PUBLISHED))
    listed = Count("id", distinct=True, filter=Q(listing__status__in=IN_CATALOG))
    rows = Entry.objects.filter(provider__in=area).values("provider").order_by("provider").annotate(published=published, listed=listed)
    return {row["provider"]: (row["published"], row["listed"]) for row in rows}


def _rate(owed: Counts) -> int | None:
    """Kept in time, of all that were kept or are past their day; in percent."""
    return _part(owed.in_time, owed.kept + owed.overdue)


def _part(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _sums(gains: Sequence[int], now: int) -> list[float]:
    """The course that led to ``now``."""
    start, found = now - sum(gains), []
    for gain in gains:
        start += gain
        found.append(float(start))
    return found


def _texts(area: Area) -> frozenset[str]:
    return frozenset(map(str, area))
