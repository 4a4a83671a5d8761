"""工作台: the first screen of each role; 待办, 已办 and 我发起."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import LOCAL, utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.home import panels
from govshare.portal.waiting.done import Deed, Started, done_by, started_by
from govshare.portal.waiting.links import address
from govshare.portal.waiting.strip import strip
from govshare.portal.waiting.tasks import Waiting, waiting_for
from govshare.regulation.articles import cite

BASIS = cite("CD2016-24")
SHOWN = 8
AT_WORK = {Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER}  # of a department's own data


@page("", title=_("工作台"), basis=BASIS)
def home(request: Request) -> HttpResponse:
    """What waits, how urgent it is, what runs, what became of one's applications."""
    by, now = request.actor, utc_now()
    waiting = waiting_for(by)
    at_work = by.is_one_of(AT_WORK)
    entries, count = panels.own_entries(by) if at_work else ([], 0)
    return render(
        request,
        "portal/home/home.html",
        greeting=_greeting(now.astimezone(LOCAL).hour),
        today=now.astimezone(LOCAL).date(),
        waiting=waiting[:SHOWN],
        more=max(0, len(waiting) - SHOWN),
        total=len(waiting),
        tabs=panels.tabs(waiting, ""),
        strip=strip([each.standing for each in waiting if each.standing], now=now),
        **_jobs(request),
        applications=panels.applications(by) if at_work else [],
        entries=entries,
        entry_count=count,
        at_work=at_work,
    )


@page("jobs/", title=_("交换任务"), basis=BASIS, name="home-jobs")
def home_jobs(request: Request) -> HttpResponse:
    """The panel's lines alone, asked for every two seconds while something runs."""
    return render(request, "portal/home/job_lines.html", **_jobs(request))


def _jobs(request: Request) -> dict[str, Any]:
    found = panels.jobs(request.actor, now=utc_now())
    return {"jobs": found, "any_running": any(job.running for job in found)}


def _greeting(hour: int) -> str:
    return gettext("上午好") if 5 <= hour < 12 else gettext("下午好") if 12 <= hour < 18 else gettext("晚上好")


WAITING_COLUMNS = (
    Column("label", _("类别"), lambda row: str(row.task.label)),
    Column("title", _("事项"), lambda row: row.task.title),
    Column("who", _("来自"), lambda row: row.task.who),
    Column("basis", _("依据"), lambda row: str(row.task.basis)),
    Column("since", _("自"), lambda row: row.task.since),
    Column("due_on", _("应于"), lambda row: row.standing.duty.due_on if row.standing else None),
    Column("left", _("剩余工作日"), lambda row: row.standing.left if row.standing else None),
    Column("address", _("地址"), lambda row: address(row.task.page, row.task.places), only_export=True),
)


@page("todo/", title=_("待办事项"), basis=BASIS, lists=True)
def todo(request: Request) -> HttpResponse:
    """All that waits, in the order in which it is due; one kind by ``?kind=``."""
    waiting = waiting_for(request.actor)
    chosen = request.GET.get("kind", "")
    rows: list[Waiting] = [each for each in waiting if not chosen or str(each.task.label) == chosen]
    return listing(
        request,
        "portal/home/todo.html",
        title=gettext("待办事项"),
        columns=WAITING_COLUMNS,
        rows=rows,
        tabs=panels.tabs(waiting, chosen),
        total=len(waiting),
        chosen=chosen,
    )


DONE_COLUMNS = (
    Column("at", _("时间"), lambda row: row.at, cell="portal/home/cells/at.html"),
    Column("what", _("办理"), lambda row: row.what, cell="portal/home/cells/word.html"),
    Column("title", _("事项"), lambda row: row.title, cell="portal/home/cells/link.html"),
    Column("number", _("编号"), lambda row: row.number, css="mono"),
    Column("note", _("意见"), lambda row: row.note, cell="portal/home/cells/note.html"),
    Column("receipt", _("回执"), lambda row: row.receipt, cell="portal/home/cells/receipt.html"),
)


@page("todo/done/", title=_("已办"), basis=BASIS, lists=True)
def todo_done(request: Request) -> HttpResponse:
    rows: list[Deed] = done_by(request.actor)
    return listing(request, "portal/home/deeds.html", title=gettext("已办"), columns=DONE_COLUMNS, rows=rows)


STARTED_COLUMNS = (
    Column("at", _("时间"), lambda row: row.at, cell="portal/home/cells/at.html"),
    Column("kind", _("类别"), lambda row: row.kind, cell="portal/home/cells/word.html"),
    Column("title", _("事项"), lambda row: row.title, cell="portal/home/cells/link.html"),
    Column("number", _("编号"), lambda row: row.number, css="mono"),
    Column("status", _("现在"), lambda row: row.status, cell="portal/home/cells/word.html"),
)


@page("todo/mine/", title=_("我发起"), basis=BASIS, lists=True)
def todo_mine(request: Request) -> HttpResponse:
    rows: list[Started] = started_by(request.actor)
    return listing(request, "portal/home/deeds.html", title=gettext("我发起"), columns=STARTED_COLUMNS, rows=rows)
