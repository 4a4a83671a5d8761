"""监管总览, and how each department does its duties (CD2016-6, 37)."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.overview import figures
from govshare.portal.waiting.tasks import waiting_for
from govshare.regulation.articles import cite

BASIS = cite("CD2016-6")
SHOWN, TOP = 5, 12


@page("overview/", title=_("监管总览"), basis=BASIS, roles=(Role.AUTHORITY,))
def overview(request: Request) -> HttpResponse:
    """What to decide, then how the area stands."""
    now, area = utc_now(), _area(request.actor)
    told, waiting = figures.course(area, now=now), waiting_for(request.actor)
    departments = figures.departments(area, now=now)
    city = organizations.get(request.actor.organization).tier == "city"
    return render(
        request,
        "portal/overview/overview.html",
        now=now,
        figures=figures.figures(area, told, now=now),
        waiting=waiting[:SHOWN],
        total=len(waiting),
        departments=departments[:TOP],
        department_count=len(departments),
        districts=figures.districts() if city else [],
        shares=figures.share_types(area),
        course=told,
        chart=figures.chart(told),
    )


COLUMNS = (
    Column("name", _("部门"), lambda row: row.organization.name, cell="portal/overview/cells/name.html"),
    Column("entries", _("资源数"), lambda row: row.entries, css="ra num"),
    Column("listed", _("列入共享目录"), lambda row: row.listed, css="ra num"),
    Column("rate", _("按时履职率 %"), lambda row: row.rate, cell="portal/overview/cells/rate.html"),
    Column("overdue", _("超期未办"), lambda row: row.overdue, css="ra num"),
    Column("answer_days", _("平均答复（工作日）"), lambda row: row.answer_days, cell="portal/overview/cells/days.html", css="ra"),
    Column("rows", _("本月提供（行）"), lambda row: row.rows, cell="portal/overview/cells/rows.html", css="ra"),
)


@page("overview/departments/", title=_("部门履约"), basis=cite("CD2016-37"), roles=(Role.AUTHORITY,), lists=True)
def overview_departments(request: Request) -> HttpResponse:
    rows = figures.departments(_area(request.actor), now=utc_now())
    return listing(request, "portal/list.html", title=gettext("部门履约"), columns=COLUMNS, rows=rows, per_page=100)


def _area(by: Actor) -> frozenset[UUID]:
    return frozenset(map(UUID, organizations.area(by.organization)))
