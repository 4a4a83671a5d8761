"""业务系统: registered and retired by the department."""

from uuid import UUID

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate, CertificateStatus, System
from govshare.organizations.queries.trust import certificates_of
from govshare.organizations.rules import IDENTITY
from govshare.organizations.services import systems as services
from govshare.portal.bodies.reading import PLATFORM_KEEPERS
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request

KEEPERS = (Role.RESOURCE_ADMIN, Role.LEADER)
READERS = (*KEEPERS, Role.REGISTRAR, Role.REVIEWER, Role.AUTHORITY, *sorted(PLATFORM_KEEPERS))

COLUMNS = (
    Column("name", _("系统"), lambda row: row.name, cell="portal/systems/cells/name.html"),
    Column("organization", _("部门"), lambda row: row.organization.short_name, cell="portal/systems/cells/organization.html"),
    Column("purpose", _("用途"), lambda row: row.purpose, cell="portal/systems/cells/purpose.html"),
    Column(
        "certificate", _("证书"), lambda row: row.bound[0].not_after if row.bound else None, cell="portal/people/cells/certificate.html"
    ),
    Column("registered_at", _("登记于"), lambda row: row.registered_at, cell="portal/systems/cells/registered.html"),
    Column("retired_at", _("停用于"), lambda row: row.retired_at, cell="portal/systems/cells/state.html"),
    Column("id", _("编号"), lambda row: row.pk, only_export=True),
)


def _visible(by: Actor) -> QuerySet[System]:
    """The own department's; the platform's 三员 see all."""
    bound = Certificate.objects.filter(status=CertificateStatus.BOUND).defer("der").order_by("-not_after")
    found = System.objects.select_related("organization").prefetch_related(Prefetch("certificates", queryset=bound, to_attr="bound"))
    return found if by.is_one_of(PLATFORM_KEEPERS) else found.filter(organization=UUID(by.organization))


@page("systems/", title=_("业务系统"), basis=IDENTITY, roles=READERS, lists=True)
def systems(request: Request) -> HttpResponse:
    retired = bool(request.GET.get("retired"))
    rows = _visible(request.actor).filter(retired_at__isnull=not retired).order_by("organization__short_name", "name")
    return listing(request, "portal/systems/list.html", title=gettext("业务系统"), columns=COLUMNS, rows=rows, retired=retired)


class Registration(Form):
    name = forms.CharField(label=_("系统名称"), max_length=120)
    purpose = forms.CharField(label=_("用途"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@page("systems/new/", title=_("登记业务系统"), basis=IDENTITY, roles=KEEPERS, methods=("GET", "POST"))
def system_new(request: Request) -> HttpResponse:
    form, back = Registration(request), reverse("systems")
    if form.sent:
        with form.refusals():
            row = services.register(organization=request.actor.organization, **form.cleaned_data, by=request.actor, now=utc_now())
            said = gettext("已登记。下一步：请安全管理员绑定它的证书")
            return done(request, said, to=reverse("system", args=[row.pk]))
    intro = gettext("业务系统以自己的证书调用平台；人员证书停用不影响它。")
    return render(request, "portal/form.html", form=form, status=form.status, intro=intro, submit=gettext("登记"), back=back)


@page("systems/<uuid:system>/", title=_("业务系统"), basis=IDENTITY, roles=READERS)
def system(request: Request, system: UUID) -> HttpResponse:
    row = _one(request, system)
    keeper = row.retired_at is None and str(row.organization_id) == request.actor.organization and request.actor.is_one_of(KEEPERS)
    return render(request, "portal/systems/one.html", system=row, certificates=certificates_of(row), keeper=keeper)


class Retirement(Form):
    sure = forms.BooleanField(label=_("确认停用"), help_text=_("立即不能再调用，不能恢复；需要时重新登记"))


@page("systems/<uuid:system>/retire/", title=_("停用业务系统"), basis=IDENTITY, roles=KEEPERS, methods=("GET", "POST"))
def system_retire(request: Request, system: UUID) -> HttpResponse:
    row = _one(request, system)
    form, back = Retirement(request), reverse("system", args=[row.pk])
    if form.sent:
        with form.refusals():
            services.retire(system=row.pk, by=request.actor, now=utc_now())
            return done(request, gettext("“%(name)s”已停用") % {"name": row.name}, to=reverse("systems"))
    title = gettext("停用：%(name)s") % {"name": row.name}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("停用"), back=back)


def _one(request: Request, system: UUID) -> System:
    row = _visible(request.actor).filter(pk=system).first()
    if row is None:
        raise NotFound(gettext("没有这个业务系统，请核对编号"), basis=IDENTITY)
    return row
