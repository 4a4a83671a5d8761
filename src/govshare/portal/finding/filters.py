"""What is asked of the sharing catalog in the query string, and what came of it: facets with counts, chips to take back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, overload
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from govshare.catalog import queries as catalog
from govshare.catalog.queries import Hit, SearchPage
from govshare.catalog.queries.search import ORDERS
from govshare.catalog.rules.choices import Mode, Sensitivity, ShareType, UpdateCycle
from govshare.portal.frame.lists import PER_PAGE

NOBODY = UUID(int=0)
LONGEST = 200  # characters of a question that are looked at
FACETS: dict[str, Any] = {"share_type": ShareType, "mode": Mode, "update_cycle": UpdateCycle, "sensitivity": Sensitivity}
ROUTES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Filters:
    """Each as it stands in the query string; empty: not asked."""

    q: str = ""
    node: str = ""
    provider: str = ""
    share_type: str = ""
    mode: str = ""
    update_cycle: str = ""
    sensitivity: str = ""
    has_route: str = ""
    region: str = ""
    tier: str = ""
    order: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        return cls(**{each.name: query.get(each.name, "").strip()[:LONGEST] for each in fields(cls)})

    @property
    def asked(self) -> dict[str, str]:
        """Those that narrow, without the order."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) and each.name != "order"}

    def search(self, *, page: int, size: int) -> SearchPage:
        """What is none of the words there are finds nothing."""
        return catalog.search(
            self.q,
            node=self.node,
            provider=_uuid(self.provider) if self.provider else None,
            share_type=self.share_type,
            mode=self.mode,
            update_cycle=self.update_cycle,
            sensitivity=self.sensitivity,
            tier=self.tier,
            region=self.region,
            has_route=ROUTES.get(self.has_route),
            order=self.order or "match",
            page=page,
            size=size,
        )


class Found(Sequence[Hit]):
    """All hits as a sequence: one leaf is read at once with the counts, others when they are asked for."""

    def __init__(self, filters: Filters, *, leaf: int, size: int = PER_PAGE) -> None:
        self._filters, self._size = filters, size
        self.first = filters.search(page=leaf, size=size)

    def __len__(self) -> int:
        return self.first.total

    @overload
    def __getitem__(self, key: int) -> Hit: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Hit]: ...
    def __getitem__(self, key: int | slice) -> Hit | Sequence[Hit]:
        if isinstance(key, int):
            return self._leaf(key // self._size + 1)[key % self._size]
        start = key.start or 0
        return self._leaf(start // self._size + 1)[: (key.stop or len(self)) - start]

    def __iter__(self) -> Iterator[Hit]:
        for start in range(0, len(self), self._size):
            yield from self._leaf(start // self._size + 1)

    def _leaf(self, number: int) -> Sequence[Hit]:
        return self.first.hits if number == self.first.page else self._filters.search(page=number, size=self._size).hits


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet. ``on``: it is asked for, and choosing it again takes it back."""

    value: str
    label: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    values: Sequence[Value]

    @property
    def on(self) -> str:
        return next((each.label for each in self.values if each.on), "")


def facets(filters: Filters, found: SearchPage) -> list[Facet]:
    titles = {"share_type": _("共享类型"), "mode": _("提供方式"), "update_cycle": _("更新周期"), "sensitivity": _("敏感级别")}
    rows = [
        _facet(name, titles[name], {each.value: _(str(each.label)) for each in words}, filters, found) for name, words in FACETS.items()
    ]
    rows.append(_facet("has_route", _("访问接口"), {"yes": _("已提供"), "no": _("接口未提供")}, filters, found))
    return [facet for facet in rows if facet.values]


def _facet(name: str, title: str, words: Mapping[str, str], filters: Filters, found: SearchPage) -> Facet:
    counts, asked = found.facets.get(name, {}), getattr(filters, name)
    values = [Value(key, label, counts.get(key, 0), key == asked) for key, label in words.items() if counts.get(key) or key == asked]
    return Facet(name, title, values)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in words, with the name that takes it out of the query."""

    name: str
    label: str
    value: str


def chips(filters: Filters, shown: Sequence[Facet], names: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    """``names``: of nodes, providers and regions, by what stands in the query."""
    titles = {"q": _("检索词"), "node": _("分类"), "provider": _("提供单位"), "region": _("区县"), "tier": _("层级")}
    titles |= {facet.name: facet.label for facet in shown}
    words = {name: dict(known) for name, known in names.items()} | {facet.name: {facet.name: facet.on} for facet in shown}
    return [
        Chip(name, titles.get(name, name), words.get(name, {}).get(value) or words.get(name, {}).get(name) or value)
        for name, value in filters.asked.items()
    ]


def orders(filters: Filters) -> list[tuple[str, str, bool]]:
    labels = {"match": _("相关度"), "name": _("名称"), "latest": _("最近发布")}
    chosen = filters.order if filters.order in ORDERS else "match"
    return [("" if key == "match" else key, labels[key], key == chosen) for key in ORDERS]


def _uuid(text: str) -> UUID:
    """What is none names nobody."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY
