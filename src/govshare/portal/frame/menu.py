"""The side menu: groups of pages in the order of work; each visitor sees what is theirs to open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from govshare.portal.frame.pages import Page
from govshare.portal.frame.visitor import Request


@dataclass(frozen=True, slots=True)
class Item:
    """One line: the page's name, its icon, and the sections whose pages light it up (prefixes of page names)."""

    page: str
    icon: str
    label: str | Promise
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    label: str | Promise
    items: tuple[Item, ...]


GROUPS = (
    Group(
        "",
        (
            Item("home", icon="layout-dashboard", label=_("工作台")),
            Item("overview", icon="report-analytics", label=_("监管总览")),
            Item("todo", icon="inbox", label=_("待办事项"), sections=("todo",)),
        ),
    ),
    Group(
        _("找数据"),
        (
            Item("catalog", icon="search", label=_("共享目录"), sections=("catalog",)),
            Item("base", icon="hierarchy-2", label=_("基础信息库")),
            Item("favourites", icon="bookmark", label=_("收藏与订阅"), sections=("favourites",)),
        ),
    ),
    Group(
        _("管数据"),
        (
            Item("entries", icon="folders", label=_("本部门目录"), sections=("entry",)),
            Item("review", icon="checklist", label=_("目录审核"), sections=("review",)),
            Item("notices-change", icon="speakerphone", label=_("变更告知")),
        ),
    ),
    Group(
        _("共享"),
        (
            Item("demands", icon="send", label=_("申请与需求"), sections=("demand",)),
            Item("grants", icon="key", label=_("共享授权"), sections=("grant",)),
            Item("transfers", icon="arrows-exchange", label=_("交换任务"), sections=("transfer",)),
            Item("sources", icon="database", label=_("前置库与接口"), sections=("source",)),
            Item("hosting", icon="server", label=_("托管库"), sections=("hosting",)),
            Item("papers", icon="file-certificate", label=_("文书"), sections=("paper",)),
        ),
    ),
    Group(
        _("统筹"),
        (
            Item("listings", icon="list-check", label=_("备案与确认"), sections=("listing",)),
            Item("verifications", icon="scale", label=_("不予共享核定"), sections=("verification",)),
            Item("filings", icon="id-badge-2", label=_("管理员备案"), sections=("filing",)),
            Item("hosting-statistics", icon="chart-bar", label=_("托管统计")),
        ),
    ),
    Group(
        _("监督"),
        (
            Item("receipts", icon="receipt", label=_("回执"), sections=("receipt",)),
            Item("log", icon="history", label=_("共享日志"), sections=("log",)),
            Item("openings", icon="lock-open", label=_("两人开启"), sections=("opening",)),
            Item("alerts", icon="alert-triangle", label=_("异常取数"), sections=("alert",)),
            Item("integrity", icon="shield-check", label=_("完整性校验"), sections=("integrity",)),
            Item("retention", icon="archive", label=_("留存与封存状态"), sections=("retention",)),
        ),
    ),
    Group(
        _("平台"),
        (
            Item("start", icon="flag", label=_("首次启用"), sections=("start",)),
            Item("organizations", icon="building", label=_("机构"), sections=("organization",)),
            Item("people", icon="users", label=_("人员与任职"), sections=("person", "people", "appointment")),
            Item("systems", icon="server-2", label=_("业务系统"), sections=("system",)),
            Item("certificates", icon="certificate", label=_("数字证书"), sections=("certificate", "trust")),
            Item("rules", icon="adjustments-horizontal", label=_("规则与约定"), sections=("rule",)),
            Item("calendar", icon="calendar-due", label=_("工作日历"), sections=("calendar",)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as shown. ``count``: how many wait there; ``hot``: one of them is red."""

    address: str
    icon: str
    label: str | Promise
    on: bool
    count: int = 0
    hot: bool = False


def lines(request: Request, pages: Mapping[str, Page], waiting: Mapping[str, tuple[int, bool]]) -> list[tuple[str | Promise, list[Line]]]:
    """Groups with their lines, for the visitor of ``request``; ``waiting`` by page name."""
    groups = ((group.label, list(_lines(group.items, request, pages, waiting))) for group in GROUPS)
    return [(label, found) for label, found in groups if found]


def _lines(items: Iterable[Item], request: Request, pages: Mapping[str, Page], waiting: Mapping[str, tuple[int, bool]]) -> Iterator[Line]:
    for item in items:
        target = pages.get(item.page)
        if target is None or request.visitor is None or not target.open_to(request.visitor):
            continue
        here = request.page.name
        on = here == item.page or any(here == section or here.startswith(f"{section}-") for section in item.sections)
        count, hot = waiting.get(item.page, (0, False))
        yield Line(reverse(item.page), item.icon, item.label, on, count, hot)
