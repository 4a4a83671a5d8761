"""共享目录 and 基础信息库: what the city shares, by category, department and district (CD2016-7, 8, 16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries
from govshare.catalog.queries import Hit
from govshare.catalog.queries.tree import Branch
from govshare.kernel.clock import utc_now
from govshare.portal.desk import searches
from govshare.portal.finding import filters as asking
from govshare.portal.finding import words
from govshare.portal.finding.filters import Filters, Found
from govshare.portal.frame.answers import done, next_page, render
from govshare.portal.frame.lists import PER_PAGE, Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

CATALOG = cite("CD2016-7")
BASE = cite("CD2016-8")
DESK = convention("PC-82")
ROOT_BASE = "1"
EXPORTED = 100  # read at a time for an export
FIRST = 6  # resources shown of each base database

COLUMNS = (
    Column("name", _("信息资源"), lambda hit: hit.name, cell="portal/finding/cells/name.html"),
    Column("code", _("信息资源代码"), lambda hit: hit.code, only_export=True),
    Column("node", _("信息资源分类"), lambda hit: hit.node_name, only_export=True),
    Column("provider", _("提供单位"), lambda hit: hit.provider_name, cell="portal/finding/cells/provider.html"),
    Column("share_type", _("共享类型"), lambda hit: words.label("share_type", hit.share_type), cell="portal/finding/cells/share_type.html"),
    Column("update_limit", _("更新时限"), lambda hit: hit.update_limit, cell="portal/finding/cells/update.html"),
    Column("update_cycle", _("更新周期"), lambda hit: words.label("update_cycle", hit.update_cycle), only_export=True),
    Column("items", _("信息项"), lambda hit: hit.items, css="ra num"),
    Column("modes", _("提供方式"), lambda hit: "、".join(words.labels("modes", hit.modes)), cell="portal/finding/cells/modes.html"),
    Column("has_route", _("访问接口"), lambda hit: gettext("已提供") if hit.has_route else gettext("接口未提供"), only_export=True),
    Column("abstract", _("信息资源摘要"), lambda hit: hit.abstract, only_export=True),
    Column("published", _("发布日期"), lambda hit: hit.published_at.date(), only_export=True),
)


@page("catalog/", title=_("共享目录"), basis=CATALOG, lists=True)
def catalog(request: Request) -> HttpResponse:
    """Tree, facets and search over what is listed; the same for everybody."""
    filters = Filters.of(request.GET)
    found = Found(filters, leaf=_number(request.GET.get("page", "1")), size=PER_PAGE if request.kind == "html" else EXPORTED)
    return listing(
        request,
        "portal/finding/catalog.html",
        title=gettext("共享目录"),
        columns=COLUMNS,
        rows=found,
        **(_around(request, filters, found) if request.kind == "html" else {}),
    )


def _around(request: Request, filters: Filters, found: Found) -> dict[str, Any]:
    """What stands beside and above the hits."""
    shown, branches, regions, bodies = (
        asking.facets(filters, found.first),
        queries.tree.tree(),
        queries.tree.districts(),
        queries.tree.providers(),
    )
    names = {
        "node": {branch.code: branch.name for branch in _flat(branches)},
        "provider": {str(body.id): body.short_name for body in bodies},
        "region": {each.region: each.name for each in regions},
        "tier": {"city": gettext("市级"), "district": gettext("区（市）县")},
    }
    return {
        "filters": filters,
        "facets": shown,
        "chips": asking.chips(filters, shown, names),
        "orders": asking.orders(filters),
        "branches": branches,
        "regions": regions,
        "bodies": bodies,
        "saved": searches.of(request.actor, page=reverse("catalog")),
        "said": gettext("没有符合条件的信息资源。可以减少条件、换一个说法，或在“申请与需求”中向主管部门提出需求。"),
    }


@act("catalog/searches/", title=_("保存检索方案"), basis=DESK, name="catalog-search-save")
def save_search(request: Request) -> HttpResponse:
    """The list as it is filtered now, under a name of one's own."""
    query = request.POST.get("query", "")
    found = searches.save(page=reverse("catalog"), name=request.POST.get("name", ""), query=query, by=request.actor, now=utc_now())
    return done(request, gettext("已保存检索方案“%(name)s”") % {"name": found.name}, to=f"{reverse('catalog')}?{found.query}")


@act("catalog/searches/<uuid:search>/remove/", title=_("删除检索方案"), basis=DESK, name="catalog-search-remove")
def remove_search(request: Request, search: UUID) -> HttpResponse:
    searches.remove(search=search, by=request.actor, now=utc_now())
    return done(request, gettext("已删除检索方案"), to=next_page(request, reverse("catalog")))


@dataclass(frozen=True, slots=True)
class BaseDatabase:
    """One base database 「基础数据库」: who leads it, what is in it, the first of its resources."""

    branch: Branch
    lead: str
    hits: tuple[Hit, ...]
    icon: str

    @property
    def more(self) -> int:
        return max(0, self.branch.count - len(self.hits))


ICONS = {"101": "users", "102": "building", "103": "mountain", "104": "map-2", "105": "chart-line"}


@page("base/", title=_("基础信息库"), basis=BASE)
def base(request: Request) -> HttpResponse:
    """The base-information catalog, one card for each base database."""
    leads = queries.tree.leads()
    root = next((branch for branch in queries.tree.tree() if branch.code == ROOT_BASE), None)
    children = root.children if root else ()
    found = [
        BaseDatabase(
            branch,
            next((leads[each.code] for each in _flat((branch,)) if each.code in leads), ""),
            queries.search(node=branch.code, size=FIRST).hits if branch.count else (),
            ICONS.get(branch.code, "database"),
        )
        for branch in children
    ]
    return render(request, "portal/finding/base.html", databases=found, count=root.count if root else 0)


def _flat(branches: tuple[Branch, ...]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _flat(branch.children)


def _number(text: str) -> int:
    """The leaf that is asked for; rubbish is the first."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
