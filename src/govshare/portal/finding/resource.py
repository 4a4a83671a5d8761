"""资源详情: one information resource of the sharing catalog, in tabs (CD2016-16, 19, 24, 28)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog.queries import routes
from govshare.catalog.rules.contents import ItemContent
from govshare.duties import queries as duties
from govshare.exchange.queries import days, usage
from govshare.kernel.clock import utc_now
from govshare.portal.finding import codes, modes, words
from govshare.portal.finding.head import Head, head
from govshare.portal.finding.standing import given, own
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing, table
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

__all__ = ["codes"]  # its converter is part of the addresses below

CATALOG = cite("CD2016-16")
FIRST = 10  # items on the overview
USES = (
    Column("name", _("使用部门"), lambda row: row.name, css="b"),
    Column("active_grants", _("有效授权"), lambda row: row.active_grants, css="ra num"),
    Column("ended_grants", _("已结束授权"), lambda row: row.ended_grants, css="ra num"),
    Column("deliveries", _("送达次数"), lambda row: row.deliveries, css="ra num"),
    Column("rows", _("送达行数"), lambda row: row.rows, cell="portal/finding/cells/wan.html", css="ra"),
    Column("bytes", _("数据量（字节）"), lambda row: row.bytes, only_export=True),
    Column("last_at", _("最近一次"), lambda row: row.last_at, cell="portal/finding/cells/moment.html", css="nowrap"),
)


def shown(request: Request, template: str, seen: Head, tab: str, **context: Any) -> HttpResponse:
    return render(request, f"portal/finding/{template}", head=seen, tab=tab, tabs=_tabs(seen), **context)


def _tabs(seen: Head) -> Sequence[tuple[str, str, str, int]]:
    """Key, title, address, count."""
    code = seen.view.code
    rows = (
        ("overview", gettext("概览"), "catalog-entry", 0),
        ("items", gettext("信息项"), "catalog-items", len(seen.items)),
        ("access", gettext("获取方式"), "catalog-access", len(seen.content.modes)),
        ("usage", gettext("使用情况"), "catalog-usage", 0),
        ("history", gettext("变更记录"), "catalog-history", 0),
    )
    return [(key, title, reverse(name, args=[code]), count) for key, title, name, count in rows]


@page("catalog/<code:code>/", title=_("资源详情"), basis=CATALOG, name="catalog-entry")
def overview(request: Request, code: str) -> HttpResponse:
    """What it is, its first items, how it is had, on what terms, and how far the visitor's department is with it."""
    seen, now = head(code, by=request.actor), utc_now()
    mine = own(seen.view.id, at_once=seen.at_once, by=request.actor, now=now)
    return shown(
        request,
        "overview.html",
        seen,
        "overview",
        own=mine,
        given=given(seen.view.id, by=request.actor, now=now) if seen.mine else None,
        items=table(request, columns=_columns(mine.uses if mine else {}), rows=seen.items[:FIRST]),
        more=max(0, len(seen.items) - FIRST),
        ways=modes.ways(seen),
        answer_days=duties.parameter("PC-34"),
        days=days.deliveries(seen.view.id, by=request.actor, now=now),
        longest=duties.parameter("PC-37"),
        reminds=duties.parameter("PC-38"),
    )


@page("catalog/<code:code>/items/", title=_("信息项"), basis=CATALOG, name="catalog-items", lists=True)
def items(request: Request, code: str) -> HttpResponse:
    """The data dictionary 「数据字典」; ``?q=`` keeps the items whose name or column holds it."""
    seen = head(code, by=request.actor)
    mine = own(seen.view.id, at_once=seen.at_once, by=request.actor, now=utc_now())
    asked = request.GET.get("q", "").strip()[:100].casefold()
    rows = [item for item in seen.items if asked in item.name.casefold() or asked in item.column.casefold()]
    return listing(
        request,
        "portal/finding/items.html",
        title=gettext("%(name)s 数据字典") % {"name": seen.content.name},
        columns=_columns(mine.uses if mine else {}),
        rows=rows,
        per_page=200,
        head=seen,
        tab="items",
        tabs=_tabs(seen),
        asked=request.GET.get("q", ""),
    )


@page("catalog/<code:code>/access/", title=_("获取方式"), basis=cite("CD2016-24"), name="catalog-access")
def access(request: Request, code: str) -> HttpResponse:
    """Step by step to the data, with the commands that work today."""
    seen = head(code, by=request.actor)
    mine = own(seen.view.id, at_once=seen.at_once, by=request.actor, now=utc_now())
    have = modes.ground(mine, by=request.actor)
    return shown(
        request,
        "access.html",
        seen,
        "access",
        ways=modes.ways(seen),
        stages=modes.stages(seen, mine, have),
        examples=modes.examples(request, seen, have),
        route=routes.standing(have.grant.entry) if have.grant else seen.view.route,
    )


@page("catalog/<code:code>/usage/", title=_("使用情况"), basis=cite("CD2016-28"), name="catalog-usage", lists=True)
def use(request: Request, code: str) -> HttpResponse:
    """Who uses it and how much, for its provider and the authority; everybody else sees the own use alone (CD2016-28)."""
    seen, now = head(code, by=request.actor), utc_now()
    found = usage.usage(seen.view.id, by=request.actor, now=now)
    return listing(
        request,
        "portal/finding/usage.html",
        title=gettext("%(name)s 使用情况") % {"name": seen.content.name},
        columns=USES,
        rows=found.users,
        head=seen,
        tab="usage",
        tabs=_tabs(seen),
        used=found,
        most=max((each.rows for each in found.users), default=0),
        days=days.deliveries(seen.view.id, by=request.actor, now=now),
    )


@page("catalog/<code:code>/history/", title=_("变更记录"), basis=cite("CD2016-17"), name="catalog-history")
def history(request: Request, code: str) -> HttpResponse:
    """What the sharing catalog showed and what changed; the department's own steps for itself and its authority."""
    seen = head(code, by=request.actor)
    shown_before = [
        {
            "at": each.at,
            "title": words.ACTIONS.get(each.action, each.action),
            "revision": each.revision,
            "key": words.key_elements(each),
            "changes": words.changes(each.differences, seen.names),
            "first": each.first,
        }
        for each in catalog.editions(seen.view.id)
    ]
    return shown(request, "history.html", seen, "history", editions=shown_before, steps=list(reversed(seen.view.history)))


def _columns(uses: Mapping[Any, str]) -> tuple[Column, ...]:
    """``uses``: what the visitor's own grant does with each item; without a grant there is no such column."""
    given = (Column("grant", _("你的授权"), lambda row: uses.get(row.id, gettext("未授权")), css="nowrap"),) if uses else ()
    return (
        Column("name", _("信息项"), lambda row: row.name, css="b"),
        Column("column", _("字段名"), lambda row: row.column, css="mono muted"),
        Column("type", _("类型"), words.item_type, css="nowrap"),
        Column("is_key", _("主键"), lambda row: gettext("是") if row.is_key else "", css="nowrap"),
        Column(
            "sensitivity",
            _("敏感级别"),
            lambda row: words.label("sensitivity", row.sensitivity),
            cell="portal/finding/cells/sensitivity.html",
        ),
        *given,
        Column("standard", _("数据元 / 代码表"), _standard, css="s12"),
        Column("length", _("数据长度"), lambda row: row.length, only_export=True),
    )


def _standard(row: ItemContent) -> str:
    return " / ".join(filter(None, (row.data_element, row.code_table))) or "—"
