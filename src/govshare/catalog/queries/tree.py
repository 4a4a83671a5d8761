"""The sharing catalog as a tree with counts: 基础, 主题 and 部门 by category, districts by region (CD2016-7, 8, 10)."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from govshare.catalog.models import Node, SearchRow
from govshare.organizations.models import Organization, Tier
from govshare.organizations.rules import region_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One category with how many listed entries stand at it and below it."""

    code: str
    name: str
    count: int
    children: tuple["Branch", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A district 区（市）县 with how many entries its departments have listed."""

    region: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A department with how many entries it has listed."""

    id: UUID
    name: str
    short_name: str
    tier: str
    count: int


def tree() -> tuple[Branch, ...]:
    """Every category in use, by code; closed ones only while entries stand there. Two statements."""
    counts = dict(SearchRow.objects.values_list("node_code").order_by("node_code").annotate(Count("pk")))
    nodes = list(Node.objects.order_by("code").values_list("id", "code", "name", "parent", "active"))
    below: dict[UUID | None, list[tuple[UUID, str, str, bool]]] = {}
    for key, code, name, parent, active in nodes:
        below.setdefault(parent, []).append((key, code, name, active))
    return _branches(below, None, counts)


def _branches(
    below: dict[UUID | None, list[tuple[UUID, str, str, bool]]], parent: UUID | None, counts: dict[str, int]
) -> tuple[Branch, ...]:
    found = []
    for key, code, name, active in below.get(parent, ()):
        children = _branches(below, key, counts)
        count = counts.get(code, 0) + sum(child.count for child in children)
        if active or count:
            found.append(Branch(code=code, name=name, count=count, children=children))
    return tuple(found)


def path(code: str) -> tuple[tuple[str, str], ...]:
    """Code and name of the category and all above it, from the root; empty for one that does not exist."""
    above = [code[:1], code[:3], *(code[:end] for end in range(6, len(code) + 1))]
    return tuple(Node.objects.filter(code__in=above).order_by("code").values_list("code", "name")) if code.isdecimal() else ()


def leads() -> dict[str, str]:
    """Names of the lead units 「基础数据库建设项目牵头单位」 (CD2016-8) by category."""
    return dict(Node.objects.filter(lead__isnull=False).values_list("code", "lead__name"))


def districts() -> tuple[District, ...]:
    """Every district that has bodies on the platform, by region, named after its division 行政区划."""
    counts = _counts("region", SearchRow.objects.filter(tier=Tier.DISTRICT))
    regions = Organization.objects.filter(tier=Tier.DISTRICT, active=True).values_list("region", flat=True).distinct()
    return tuple(District(region=each, name=region_name(each), count=counts.get(each, 0)) for each in sorted({*regions, *counts}))


def providers() -> tuple[Provider, ...]:
    """Every department that has listed entries, most first."""
    counts = dict(SearchRow.objects.values_list("provider").order_by("provider").annotate(Count("pk")))
    bodies = Organization.objects.filter(pk__in=counts)
    found = [Provider(id=b.pk, name=b.name, short_name=b.short_name, tier=b.tier, count=counts[b.pk]) for b in bodies]
    return tuple(sorted(found, key=lambda provider: (-provider.count, provider.name)))


def _counts(field: str, rows: QuerySet[SearchRow]) -> dict[str, int]:
    return dict(rows.values_list(field).order_by(field).annotate(Count("pk")))
