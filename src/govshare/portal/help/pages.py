"""Pages of help: the articles and their state, the duties behind a number, how to begin, the keys."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.duties.queries import Standing, counts
from govshare.duties.queries.counts import Counts
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.organizations.models import Organization
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import Page, page
from govshare.portal.frame.visitor import Request
from govshare.portal.help import beginning
from govshare.portal.help.state import ArticleNow, Standings, articles_now, matching, owners_for
from govshare.portal.law.state import ConventionNow, conventions_now
from govshare.regulation.articles import cite
from govshare.regulation.conventions import CONVENTIONS

LAW = cite("CD2016-4")
LONGEST_SEARCH = 100  # characters

STATES = {
    "in_time": _("按时办结"),
    "late": _("逾期办结"),
    "due": _("未到期"),
    "overdue": _("已逾期"),
    "suspended": _("中止"),
    "dropped": _("已撤销"),
}

COLUMNS = (
    Column("number", _("条"), lambda row: row.number),
    Column("citation", _("引用"), lambda row: row.citation),
    Column("chapter", _("章"), lambda row: row.provision.chapter),
    Column("text", _("条文"), lambda row: row.text),
    Column("asks", _("要求什么"), lambda row: row.guide.asks),
    Column("keeps", _("平台怎么做"), lambda row: row.guide.keeps),
    Column("to_come", _("待建"), lambda row: "；".join(row.to_come)),
    Column("in_time", STATES["in_time"], lambda row: row.counts.in_time),
    Column("late", STATES["late"], lambda row: row.counts.late),
    Column("due", STATES["due"], lambda row: row.counts.due),
    Column("overdue", STATES["overdue"], lambda row: row.counts.overdue),
    Column("suspended", STATES["suspended"], lambda row: row.counts.suspended),
)


@page("help/", title=_("帮助与条文对照"), basis=LAW, name="help", lists=True)
def help_index(request: Request) -> HttpResponse:
    owners, now, wanted = owners_for(request.actor), utc_now(), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    every = articles_now(owners, now=now)
    found = matching(every, wanted)
    return listing(
        request,
        "portal/help/index.html",
        title=gettext("条文对照"),
        columns=COLUMNS,
        rows=found,
        wanted=wanted,
        chapters=[(chapter, list(rows)) for chapter, rows in groupby(found, key=lambda row: row.provision.chapter)],
        conventions=_conventions(wanted) if wanted else [],
        total=sum((row.counts for row in every), Counts()),
        numbers=_numbers(counts.in_all(owners=owners, now=now)),
        whole=owners is None or len(owners) > 1,
    )


@page("help/duties/", title=_("时限清单"), basis=LAW, name="help-duties", lists=True)
def duties_list(request: Request) -> HttpResponse:
    """The duties behind a number: of one article, in one state."""
    article, state = request.GET.get("article", ""), request.GET.get("state", "")
    number = int(article) if article.isascii() and article.isdigit() and len(article) < 3 else None
    now = utc_now()
    found = counts.listed(article=number, owners=owners_for(request.actor), state=state if state in STATES else None, now=now)  # type: ignore[arg-type]
    return listing(
        request,
        "portal/help/duties.html",
        title=gettext("时限清单"),
        columns=_duty_columns(),
        rows=Standings(found, now=now),
        states=STATES,
        state=state,
        article=number,
    )


def _duty_columns() -> tuple[Column, ...]:
    names = dict(Organization.objects.values_list("pk", "short_name"))
    known = {str(key): name for key, name in names.items()}
    return (
        Column("light", "", lambda row: row.light, cell="portal/help/cells/light.html"),
        Column("title", _("事项"), lambda row: row.duty.title, css="t"),
        Column("owner", _("责任单位"), lambda row: known.get(row.duty.owner, row.duty.owner), css="nowrap"),
        Column("basis", _("依据"), lambda row: row.duty.basis, cell="portal/help/cells/basis.html", css="nowrap"),
        Column("started_on", _("起算"), lambda row: row.duty.started_on.isoformat(), css="nowrap num"),
        Column("due_on", _("到期"), lambda row: row.duty.due_on, cell="portal/help/cells/due.html", css="ra nowrap"),
        Column("provisional", _("暂定"), lambda row: row.duty.provisional, only_export=True),
        Column("state", _("状态"), _state, css="nowrap"),
        Column("ended_at", _("办结时间"), lambda row: row.duty.kept_at or row.duty.dropped_at, only_export=True),
    )


def _state(row: Standing) -> str:
    duty = row.duty
    if duty.kept_at is not None:
        return str(STATES["late" if duty.late else "in_time"])
    if duty.dropped_at is not None:
        return str(STATES["dropped"])
    return str(STATES["suspended" if duty.suspended else "overdue" if row.left < 0 else "due"])


@page("help/start/", title=_("快速上手"), basis=LAW, name="help-start")
def getting_started(request: Request) -> HttpResponse:
    mine = [guide for role, guide in beginning.GUIDES.items() if role in request.actor.roles]
    others = [guide for role, guide in beginning.GUIDES.items() if role not in request.actor.roles]
    return render(request, "portal/help/start.html", mine=mine, others=others)


@page("help/keys/", title=_("键盘与小窍门"), basis=LAW, name="help-keys")
def keys(request: Request) -> HttpResponse:
    return render(request, "portal/help/keys.html", keys=beginning.KEYS, hints=beginning.HINTS)


@page("help/<str:number>/", title=_("条文对照"), basis=LAW, name="help-article")
def help_article(request: Request, number: str) -> HttpResponse:
    """``/help/17/``; ``/help/PC-31/`` leads to the convention."""
    if number in CONVENTIONS:
        return HttpResponseRedirect(reverse("rule", args=[number]))
    every = articles_now(owners_for(request.actor), now=utc_now())
    plain = number.removeprefix("CD2016-").partition(".")[0]
    found = next((row for row in every if str(row.number) == plain), None)
    if found is None:
        raise NotFound(gettext("没有这一条：《办法》共四十二条，平台约定以 PC- 开头"), basis=LAW)
    return render(
        request,
        "portal/help/article.html",
        article=found,
        numbers=_numbers(found.counts),
        conventions=[row for row in conventions_now() if row.article == found.number],
        pages=list(_resting_on(request, found)),
        before=every[found.number - 2] if found.number > 1 else None,
        after=every[found.number] if found.number < len(every) else None,
    )


def _conventions(wanted: str) -> list[ConventionNow]:
    words = wanted.lower().split()
    return [row for row in conventions_now() if all(word in row.searched for word in words)]


def _numbers(found: Counts) -> list[dict[str, Any]]:
    """For the row of numbers above a list: state, words, how many, colour."""
    colours = {"in_time": "ok", "late": "warn", "due": "pri", "overdue": "bad", "suspended": "idle"}
    return [{"state": state, "label": STATES[state], "n": getattr(found, state), "css": css} for state, css in colours.items()]


def _resting_on(request: HttpRequest, article: ArticleNow) -> Iterator[tuple[str, str]]:
    """Address and title of the pages that rest on the article and are the visitor's to open."""
    for pattern in get_resolver().url_patterns:
        target = getattr(pattern, "callback", None)
        if not (isinstance(pattern, URLPattern) and isinstance(target, Page)) or pattern.default_args or "<" in target.path:
            continue
        about = counts.article_of(str(target.basis or "")) == article.number and "GET" in target.methods
        if about and target.basis != LAW and target.open_to(request.visitor):  # type: ignore[attr-defined]  # a page's request
            yield reverse(target.name), str(target.title)
