"""Pages of the work calendar."""

from datetime import date

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from govshare.duties import queries, rules, seed
from govshare.duties.models import DutyChange, WorkDay, WorkYear
from govshare.duties.rules import Act, DueDate
from govshare.duties.services import change_day, load_known, load_year
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization
from govshare.portal.calendar.forms import DayForm, TermForm, YearForm, lines_of
from govshare.portal.calendar.grid import year_of
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.refusals import why_not
from govshare.portal.frame.visitor import Request
from govshare.portal.help.state import owners_for
from govshare.portal.law.state import names_of

FIRST = seed.FIRST_YEAR
OFFICER = (Role.AUTHORITY,)
WEEKDAYS = (
    pgettext_lazy("weekday", "一"),
    pgettext_lazy("weekday", "二"),
    pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"),
    pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
)


@page("calendar/", title=_("工作日历"), basis=rules.CALENDAR)
def calendar(request: Request) -> HttpResponse:
    today, years = local_date(utc_now()), list(WorkYear.objects.order_by("year"))
    last = max([today.year + 1, *(row.year for row in years)])
    year = _year(request.GET.get("year", ""), today.year, last)
    announced = next((row for row in years if row.year == year), None)
    months = year_of(year, queries.calendar(date(year, 1, 1)), _names(year), _due(request, year), today=today)
    term = TermForm.asked(request.GET)
    return render(
        request,
        "portal/calendar/calendar.html",
        year=year,
        years=range(min([FIRST, *(row.year for row in years)]), last + 1),
        known={row.year for row in years},
        announced=announced,
        loaded_by=names_of({announced.loaded_by})[announced.loaded_by] if announced else "",
        months=months,
        workdays=sum(month.workdays for month in months),
        weekdays=WEEKDAYS,
        term=term,
        end=_end(term),
        moved=_moved(request).count(),
        new=sorted(set(seed.announced()) - {row.year for row in years}),
        why_not=why_not(lambda: organizations.need_operator(request.actor, basis=rules.CALENDAR)),
    )


def _end(term: TermForm) -> DueDate | None:
    if not (term.is_bound and term.is_valid()):
        return None
    return queries.due(term.cleaned_data["start"], term.cleaned_data["days"])


def _year(asked: str, this: int, last: int) -> int:
    return min(max(int(asked), FIRST), last) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this


def _names(year: int) -> dict[date, str]:
    return dict(WorkDay.objects.filter(date__year=year).values_list("date", "name"))


def _due(request: Request, year: int) -> dict[date, int]:
    """How many of the visitor's organization's open duties end on each day of the year."""
    open_ones = queries.open_duties().filter(owner=request.actor.organization, suspended_on=None, due_on__year=year)
    return dict(open_ones.values_list("due_on").annotate(n=Count("id")).order_by("due_on"))


@page("calendar/load/", title=_("载入一年的节假日安排"), basis=rules.CALENDAR, roles=OFFICER, operator=True, methods=("GET", "POST"))
def calendar_load(request: Request) -> HttpResponse:
    year = _year(request.GET.get("year", ""), local_date(utc_now()).year + 1, 2100)
    form = YearForm(request, initial=_announced(year))
    if form.sent:
        with form.refusals():
            now = utc_now()
            loaded = load_year(**form.cleaned_data, by=request.actor, now=now)
            n = DutyChange.objects.filter(act=Act.RECOUNT, changed_at=now).count()
            said = ngettext("已载入%(year)s年安排，%(n)s 项期限随之重算", "已载入%(year)s年安排，%(n)s 项期限随之重算", n) % {
                "year": loaded.year,
                "n": n,
            }
            return done(request, said, to=f"{reverse('calendar')}?year={loaded.year}")
    intro = gettext(
        "载入后，跨入该年度的暂定到期日确定一次；因此变动的期限逐项留痕，并告知责任单位。已载入的年度可以按修订后的文件再载入。"
    )
    return render(request, "portal/form.html", form=form, intro=intro, submit=gettext("载入"), back=reverse("calendar"), status=form.status)


def _announced(year: int) -> dict[str, object]:
    """What is loaded for the year already, as it would be typed."""
    row = WorkYear.objects.filter(year=year).first()
    days = list(WorkDay.objects.filter(year_id=year))
    return {
        "year": year,
        "source": row.source if row else "",
        "holidays": lines_of({day.date: day.name for day in days if not day.is_workday}),
        "workdays": lines_of({day.date: day.name for day in days if day.is_workday}),
    }


@act("calendar/known/", title=_("载入软件包已知的年度"), basis=rules.CALENDAR, roles=OFFICER, operator=True)
def calendar_known(request: Request) -> HttpResponse:
    years = load_known(by=request.actor, now=utc_now())
    if not years:
        return done(request, gettext("软件包已知的年度都已载入，没有新的"), to=reverse("calendar"))
    said = gettext("已载入 %(years)s 年") % {"years": "、".join(map(str, years))}
    return done(request, said, to=f"{reverse('calendar')}?year={years[-1]}")


@page("calendar/day/", title=_("调整某一天"), basis=rules.CALENDAR, roles=OFFICER, operator=True, methods=("GET", "POST"))
def calendar_day(request: Request) -> HttpResponse:
    form = DayForm(request)
    if form.sent:
        with form.refusals():
            given, works = form.cleaned_data, form.cleaned_data["becomes"] == "workday"
            change_day(day=given["day"], is_workday=works, name=given["name"], source=given["source"], by=request.actor, now=utc_now())
            said = gettext("%(day)s 已改为%(what)s") % {"day": given["day"], "what": gettext("上班") if works else gettext("放假")}
            return done(request, said, to=f"{reverse('calendar')}?year={given['day'].year}")
    intro = gettext("只用于公布之后的个别变动。跨过这一天的期限随之重算，逐项留痕。")
    return render(request, "portal/form.html", form=form, intro=intro, submit=gettext("调整"), back=reverse("calendar"), status=form.status)


@page("calendar/moved/", title=_("随日历变动的期限"), basis=rules.STORED, lists=True)
def calendar_moved(request: Request) -> HttpResponse:
    names = {str(key): name for key, name in Organization.objects.values_list("pk", "short_name")}
    columns = (
        Column("changed_at", _("何时"), lambda row: row.changed_at, cell="portal/calendar/cells/moment.html", css="nowrap"),
        Column("title", _("事项"), lambda row: row.duty.title, css="t"),
        Column("owner", _("责任单位"), lambda row: names.get(row.owner, row.owner), css="nowrap"),
        Column("due_before", _("原到期日"), lambda row: row.due_before.isoformat(), css="nowrap num"),
        Column("due_after", _("现到期日"), lambda row: row.due_after.isoformat(), css="nowrap num b"),
        Column("reason", _("因何"), lambda row: row.reason, css="t"),
    )
    return listing(
        request,
        "portal/list.html",
        title=gettext("随日历变动的期限"),
        columns=columns,
        rows=_moved(request),
        empty=gettext("还没有期限因日历变动而改期"),
    )


def _moved(request: Request) -> QuerySet[DutyChange]:
    owners = owners_for(request.actor)
    found = DutyChange.objects.filter(act=Act.RECOUNT).select_related("duty").order_by("-changed_at", "id")
    return found if owners is None else found.filter(owner__in=owners)
