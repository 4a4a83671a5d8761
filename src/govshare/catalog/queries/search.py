"""Search of the sharing catalog 「共享目录」: every signed-in role sees what is listed, and nothing else (CD2016-7, 16).

Words, filters and facet counts read one flat table (see services/shelf.py); a page is two statements, however many facets.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from govshare.catalog.rules.choices import Mode, Sensitivity, ShareType, UpdateCycle
from govshare.catalog.rules.shape import storable
from govshare.catalog.rules.words import normal, question
from govshare.organizations.models import Tier

MOST_ON_PAGE = 100
_DEEPEST = 10_000  # entries; whoever looks further narrows the question

_CHOICES: dict[str, Any] = {
    "share_type": ShareType,
    "mode": Mode,
    "update_cycle": UpdateCycle,
    "sensitivity": Sensitivity,
    "tier": Tier,
}

# A filter that is not asked for is null. Prefix by LIKE without wildcards in the value: node codes are digits.
_HITS = """
WITH hits AS (
    SELECT shown.*, CASE WHEN %(query)s = '' THEN 0 ELSE ts_rank('{0.05, 0.2, 0.4, 1.0}', vector, %(query)s::tsquery) END AS rank
      FROM catalog_search AS shown
     WHERE (%(query)s = '' OR vector @@ %(query)s::tsquery)
       AND (%(node)s = '' OR node_code LIKE %(node)s || '%%')
       AND (%(provider)s::uuid IS NULL OR provider_id = %(provider)s::uuid)
       AND (%(share_type)s = '' OR share_type = %(share_type)s)
       AND (%(mode)s = '' OR %(mode)s = ANY(modes))
       AND (%(update_cycle)s = '' OR update_cycle = %(update_cycle)s)
       AND (%(sensitivity)s = '' OR %(sensitivity)s = ANY(sensitivities))
       AND (%(tier)s = '' OR tier = %(tier)s)
       AND (%(region)s = '' OR tier = 'district' AND region = %(region)s)
       AND (%(has_route)s::boolean IS NULL OR has_route = %(has_route)s::boolean)
)
"""

_PAGE = """
SELECT hits.entry_id, hits.code, hits.name, hits.node_code, node.name, hits.provider_id, provider.name, hits.share_type, hits.modes,
       revision.update_limit, revision.abstract, hits.revision, hits.has_route,
       hits.update_cycle, hits.sensitivities, hits.tier, hits.region, revision.published_at, provider.short_name,
       (SELECT count(*) FROM catalog_item AS item WHERE item.revision_id = revision.id)
  FROM hits
  JOIN catalog_listing AS listing ON listing.entry_id = hits.entry_id
  JOIN catalog_revision AS revision ON revision.id = listing.listed_id
  JOIN catalog_node AS node ON node.id = revision.node_id
  JOIN organizations_organization AS provider ON provider.id = hits.provider_id
 ORDER BY {order}
 LIMIT %(size)s OFFSET %(offset)s
"""

#: Orders to choose among: the best match, the name, the latest publication.
ORDERS = {
    "match": "(lower(normalize(hits.name, NFKC)) = %(exactly)s) DESC, hits.rank DESC, hits.code",
    "name": "hits.name, hits.code",
    "latest": "revision.published_at DESC, hits.code",
}

_FACETS = """
SELECT 'total', '', count(*) FROM hits
UNION ALL SELECT 'share_type', share_type, count(*) FROM hits GROUP BY share_type
UNION ALL SELECT 'provider', provider_id::text, count(*) FROM hits GROUP BY provider_id
UNION ALL SELECT 'mode', mode, count(*) FROM hits, unnest(modes) AS mode GROUP BY mode
UNION ALL SELECT 'node', left(node_code, 1), count(*) FROM hits GROUP BY left(node_code, 1)
UNION ALL SELECT 'node', left(node_code, 3), count(*) FROM hits GROUP BY left(node_code, 3)
UNION ALL SELECT 'node', left(node_code, 6), count(*) FROM hits GROUP BY left(node_code, 6)
UNION ALL SELECT 'update_cycle', update_cycle, count(*) FROM hits GROUP BY update_cycle
UNION ALL SELECT 'sensitivity', sensitivity, count(*) FROM hits, unnest(sensitivities) AS sensitivity GROUP BY sensitivity
UNION ALL SELECT 'tier', tier, count(*) FROM hits GROUP BY tier
UNION ALL SELECT 'region', region, count(*) FROM hits WHERE tier = 'district' GROUP BY region
UNION ALL SELECT 'has_route', CASE WHEN has_route THEN 'yes' ELSE 'no' END, count(*) FROM hits GROUP BY has_route
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One listed entry. ``has_route`` false is the mark 接口未提供 (CD2016-19)."""

    entry: UUID
    code: str
    name: str
    node: str
    node_name: str
    provider: UUID
    provider_name: str
    share_type: str
    modes: tuple[str, ...]
    update_limit: str
    abstract: str
    revision: int
    has_route: bool
    update_cycle: str
    sensitivities: tuple[str, ...]
    tier: str
    region: str
    published_at: datetime
    provider_short_name: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """``facets`` counts all hits by ``share_type``, ``provider``, ``mode``, ``node`` (类, 项 and 目), ``update_cycle``, ``sensitivity``
    (an entry counts under each that its items have), ``tier``, ``region`` (of districts) and ``has_route``."""

    hits: tuple[Hit, ...]
    total: int
    page: int
    size: int
    facets: dict[str, dict[str, int]]


def search(
    text: str = "",
    *,
    node: str = "",
    provider: UUID | None = None,
    share_type: str = "",
    mode: str = "",
    update_cycle: str = "",
    sensitivity: str = "",
    tier: str = "",
    region: str = "",
    has_route: bool | None = None,
    order: str = "match",
    page: int = 1,
    size: int = 20,
) -> SearchPage:
    """Listed entries that hold ``text`` and pass every filter; the same name first, then the best match, then by code.

    ``order`` is one of ``ORDERS``; another is the first.
    ``node`` is the beginning of a category's code. Pages count from 1; numbers out of range are moved into it.
    """
    size = min(max(size, 1), MOST_ON_PAGE)
    page = min(max(page, 1), _DEEPEST // size)
    asked: dict[str, Any] = {
        "query": question(text[:200]),
        "exactly": normal(text.strip()[:200]) if storable(text) else "",
        "node": node if node.isascii() and node.isdecimal() else "",
        "provider": provider,
        "share_type": share_type,
        "mode": mode,
        "update_cycle": update_cycle,
        "sensitivity": sensitivity,
        "tier": tier,
        "region": region,
        "has_route": has_route,
        "size": size,
        "offset": (page - 1) * size,
    }
    known = all(asked[name] in {"", *words.values} for name, words in _CHOICES.items()) and asked["node"] == node and storable(region)
    if (text.strip() and not asked["query"]) or not known:
        return SearchPage(hits=(), total=0, page=page, size=size, facets={})
    with connection.cursor() as cursor:
        cursor.execute(_HITS + _FACETS, asked)
        counts = cursor.fetchall()
        cursor.execute(_HITS + _PAGE.replace("{order}", ORDERS.get(order, ORDERS["match"])), asked)
        hits = tuple(_hit(row) for row in cursor.fetchall())
    facets: dict[str, dict[str, int]] = {}
    for facet, value, count in counts:
        facets.setdefault(facet, {})[value] = count
    return SearchPage(hits=hits, total=facets.pop("total")[""], page=page, size=size, facets=facets)


def _hit(row: tuple[Any, ...]) -> Hit:
    return Hit(
        entry=row[0],
        code=row[1],
        name=row[2],
        node=row[3],
        node_name=row[4],
        provider=row[5],
        provider_name=row[6],
        share_type=row[7],
        modes=tuple(row[8]),
        update_limit=row[9],
        abstract=row[10],
        revision=row[11],
        has_route=row[12],
        update_cycle=row[13],
        sensitivities=tuple(row[14]),
        tier=row[15],
        region=row[16],
        published_at=row[17],
        provider_short_name=row[18],
        items=row[19],
    )
