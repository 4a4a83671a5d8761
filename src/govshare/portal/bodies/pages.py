"""机构: the tree of city and districts, one organization, and what the 系统管理员 does with them."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import Refused
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Organization
from govshare.organizations.rules import IDENTITY, REGISTRATION, region_name
from govshare.organizations.services import bodies
from govshare.portal.bodies import matters, reading
from govshare.portal.bodies.forms import Division, Merger, NewName, Registration
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request

KEEPER = (Role.SYSTEM_ADMIN,)

COLUMNS = (
    Column("name", _("机构"), lambda row: row.name, cell="portal/bodies/cells/name.html"),
    Column("short_name", _("简称"), lambda row: row.short_name, only_export=True),
    Column("kind", _("类别"), lambda row: row.get_kind_display(), cell="portal/bodies/cells/kind.html"),
    Column("tier", _("层级"), lambda row: row.get_tier_display(), only_export=True),
    Column("region", _("区划"), lambda row: region_name(row.region), cell="portal/bodies/cells/region.html"),
    Column("uscc", _("统一社会信用代码"), lambda row: row.uscc, css="mono nowrap"),
    Column("staff", _("在册人员"), lambda row: row.staff, css="ra num"),
    Column("id", _("编号"), lambda row: row.pk, only_export=True),
)


@page("organizations/", title=_("机构"), basis=IDENTITY, lists=True)
def organizations(request: Request) -> HttpResponse:
    """By ``?region=`` (city, or a district's code), ``?q=``, ``?former=1``."""
    region, text, former = (request.GET.get(name, "") for name in ("region", "q", "former"))
    city, districts = reading.regions()
    return listing(
        request,
        "portal/bodies/list.html",
        title=gettext("机构"),
        columns=COLUMNS,
        rows=reading.bodies(region=region, text=text, former=bool(former)),
        city=city,
        districts=districts,
        region=region,
        text=text,
        former=former,
    )


@page("organizations/new/", title=_("登记机构"), basis=REGISTRATION, roles=KEEPER, methods=("GET", "POST"))
def organization_new(request: Request) -> HttpResponse:
    form = Registration(request, initial={"region": _home_region()})
    if form.sent:
        with form.refusals():
            body = bodies.register(**form.cleaned_data, by=request.actor, now=utc_now())
            said = gettext("已登记“%(name)s”。下一步：登记其分管领导") % {"name": body.name}
            return done(request, said, to=reverse("organization", args=[body.pk]))
    intro = gettext("依文件登记。登记后由系统管理员登记分管领导，其他岗位由分管领导任命。")
    return render(
        request, "portal/form.html", form=form, status=form.status, intro=intro, submit=gettext("登记"), back=reverse("organizations")
    )


@page("organizations/<uuid:organization>/", title=_("机构"), basis=IDENTITY)
def organization(request: Request, organization: UUID) -> HttpResponse:
    """One organization: what it is, who works there, what became of it."""
    body, today = reading.one(organization), local_date(utc_now())
    inside = reading.sees_people(request.actor, body)
    return render(
        request,
        "portal/bodies/one.html",
        body=body,
        region=region_name(body.region),
        authority=_authority(body),
        people=list(reading.roster(body, on=today)) if inside else [],
        inside=inside,
        today=today,
        vacancies=reading.vacancies(body, on=today) if body.active else [],
        history=reading.history(body),
        standing=catalog.statistics.standing(providers=[body.pk]),
        heirs=[row.successor for row in body.successions.select_related("successor").order_by("-main")],
    )


@page("organizations/<uuid:organization>/rename/", title=_("更名"), basis=REGISTRATION, roles=KEEPER, methods=("GET", "POST"))
def organization_rename(request: Request, organization: UUID) -> HttpResponse:
    body = reading.one(organization)
    form, back = NewName(request, initial={"name": body.name, "short_name": body.short_name}), reverse("organization", args=[body.pk])
    if form.sent:
        with form.refusals():
            renamed = bodies.rename(organization=body.pk, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已更名为“%(name)s”，原名留档") % {"name": renamed.name}, to=back)
    title = gettext("更名：%(name)s") % {"name": body.name}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("更名"), back=back)


@page("organizations/<uuid:organization>/merge/", title=_("合并"), basis=REGISTRATION, roles=KEEPER, methods=("GET", "POST"))
def organization_merge(request: Request, organization: UUID) -> HttpResponse:
    """Others are merged into this one."""
    body = reading.one(organization)
    others = [(key, name) for key, name in reading.choices(_peers(body)) if key != str(body.pk)]
    form, back = Merger(request, others=others), reverse("organization", args=[body.pk])
    if form.sent:
        with form.refusals():
            bodies.merge(into=body.pk, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已并入，人员、岗位和事项由“%(name)s”承接") % {"name": body.name}, to=back)
    title = gettext("并入：%(name)s") % {"name": body.name}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("合并"), back=back)


@page("organizations/<uuid:organization>/split/", title=_("分立"), basis=REGISTRATION, roles=KEEPER, methods=("GET", "POST"))
def organization_split(request: Request, organization: UUID) -> HttpResponse:
    """First the heirs (``?heir=``), then who takes which matter."""
    body, back = reading.one(organization), reverse("organization", args=[organization])
    peers = [each for each in _peers(body) if each.pk != body.pk]
    heirs = [each for each in peers if str(each.pk) in request.GET.getlist("heir")]
    if not heirs:
        return render(request, "portal/bodies/heirs.html", body=body, peers=peers, back=back)
    parts = matters.of(body)
    form = Division(request, heirs=heirs, matters=[(part.key, part.label) for part in parts])
    if form.sent:
        with form.refusals():
            shares = form.shares(heirs, {part.key: part.together for part in parts})
            main = form.cleaned_data["main"] or None
            document = form.cleaned_data["document"]
            bodies.split(organization=body.pk, heirs=shares, main=main, document=document, by=request.actor, now=utc_now())
            return done(request, gettext("已分立，事项由承接单位继续办理"), to=back)
    return render(request, "portal/bodies/split.html", body=body, heirs=heirs, form=form, status=form.status, back=back)


def _peers(body: Organization) -> Sequence[Organization]:
    """Who can take over: active bodies of the same tier and region."""
    same = Organization.objects.filter(active=True, tier=body.tier).order_by("name")
    return list(same if body.tier == "city" else same.filter(region=body.region))


def _authority(body: Organization) -> Organization | None:
    try:
        return queries.authority_for(body.pk)
    except Refused:
        return None


def _home_region() -> str:
    operator = queries.operator()
    return operator.region if operator else ""
