"""What the authority keeps for all: the register of legal grounds (CD2016-13.2, 22) and the category tree (CD2016-8, 16)."""

from uuid import UUID

from django import forms as django_forms
from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import services
from govshare.catalog.models import LegalGround, Node, Revision
from govshare.catalog.rules.choices import Allows, GroundKind, Status
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import forms
from govshare.portal.cataloguing.words import label
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

GROUNDS = cite("CD2016-13.2")
TREE = cite("CD2016-16")
AUTHORITY = (Role.AUTHORITY,)
READERS = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY)
GROUND_COLUMNS = (
    Column("title", _("名称"), lambda row: row.title, cell="portal/cataloguing/cells/ground.html"),
    Column("article", _("条款"), lambda row: row.article, css="nowrap"),
    Column("kind", _("效力层级"), lambda row: label(GroundKind, row.kind), css="nowrap"),
    Column("allows", _("可用于"), lambda row: label(Allows, row.allows)),
    Column("text", _("条文"), lambda row: row.text, cell="portal/cataloguing/cells/ground_text.html"),
    Column("active", _("状态"), lambda row: gettext("在用") if row.active else gettext("已停用"), css="nowrap"),
    Column("used", _("引用"), lambda row: row.used, css="ra"),
    Column("step", "", lambda row: str(row.pk), cell="portal/cataloguing/cells/ground_step.html", css="ra nowrap"),
)
NODE_COLUMNS = (
    Column("code", _("类目代码"), lambda row: row.code, css="mono"),
    Column("name", _("类目名称"), lambda row: row.name, cell="portal/cataloguing/cells/node.html"),
    Column("lead", _("牵头单位"), lambda row: row.lead.short_name if row.lead else ""),
    Column("count", _("已发布资源"), lambda row: row.published, css="ra"),
    Column("active", _("状态"), lambda row: gettext("在用") if row.active else gettext("已停用"), css="nowrap"),
)


@page("grounds/", title=_("法律依据登记簿"), basis=GROUNDS, roles=READERS, lists=True, name="verification-grounds")
def verification_grounds(request: Request) -> HttpResponse:
    """Every ground, those in use first, with how many revisions rest on it."""
    rows = LegalGround.objects.order_by("-active", "kind", "title", "article")
    used = dict(Revision.objects.filter(ground__isnull=False).order_by("ground").values_list("ground").annotate(Count("pk")))
    shown = list(rows)
    closes = verification_ground_close.open_to(request.visitor) if request.visitor else False
    for row in shown:
        row.used, row.closes = used.get(row.pk, 0), closes and row.active  # type: ignore[attr-defined]
    return listing(request, "portal/cataloguing/grounds.html", title=gettext("法律依据登记簿"), columns=GROUND_COLUMNS, rows=shown)


@page(
    "grounds/new/",
    title=_("登记法律依据"),
    basis=GROUNDS,
    roles=AUTHORITY,
    methods=("GET", "POST"),
    operator=True,
    name="verification-ground-new",
)
def verification_ground_new(request: Request) -> HttpResponse:
    form = forms.Ground(request, kinds=GroundKind)
    if form.sent:
        with form.refusals():
            ground = services.add_ground(**form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已登记：%(ground)s") % {"ground": ground}, to=reverse("verification-grounds"))
    intro = gettext("逐条登记条文原文；部门不予共享、拒绝共享需求，只能从这里选依据。")
    return render(
        request,
        "portal/form.html",
        form=form,
        intro=intro,
        submit=gettext("登记"),
        back=reverse("verification-grounds"),
        status=form.status,
    )


class Closing(Form):
    reason = django_forms.CharField(label=_("停用原因"), max_length=2000, widget=django_forms.Textarea(attrs={"rows": 3}))


@page(
    "grounds/<uuid:ground>/close/",
    title=_("停用法律依据"),
    basis=GROUNDS,
    roles=AUTHORITY,
    methods=("GET", "POST"),
    operator=True,
    name="verification-ground-close",
)
def verification_ground_close(request: Request, ground: UUID) -> HttpResponse:
    """A ground that was repealed or amended; what rested on it keeps pointing at its text."""
    found = LegalGround.objects.filter(pk=ground).first()
    if found is None:
        raise NotFound(gettext("登记簿中没有这一条"), basis=GROUNDS)
    form = Closing(request)
    if form.sent:
        with form.refusals():
            services.close_ground(ground=ground, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, gettext("已停用：%(ground)s") % {"ground": found}, to=reverse("verification-grounds"))
    title = gettext("停用 %(ground)s") % {"ground": found}
    return render(
        request,
        "portal/form.html",
        form=form,
        title=title,
        submit=gettext("停用"),
        back=reverse("verification-grounds"),
        status=form.status,
    )


@page("categories/", title=_("信息资源分类"), basis=TREE, roles=READERS, lists=True, name="listing-categories")
def listing_categories(request: Request) -> HttpResponse:
    """The whole tree by code, with how many published entries stand at each category."""
    counts = dict(Revision.objects.filter(status=Status.PUBLISHED).order_by("node").values_list("node").annotate(Count("pk")))
    rows = list(Node.objects.select_related("lead").order_by("code"))
    for row in rows:
        row.published = counts.get(row.pk, 0)  # type: ignore[attr-defined]
        row.depth = {1: 0, 3: 1, 6: 2}.get(len(row.code), 3)  # type: ignore[attr-defined]
    return listing(
        request,
        "portal/cataloguing/categories.html",
        title=gettext("信息资源分类"),
        columns=NODE_COLUMNS,
        rows=rows,
        per_page=200,
    )


@page(
    "categories/new/",
    title=_("增加类目"),
    basis=TREE,
    roles=AUTHORITY,
    methods=("GET", "POST"),
    operator=True,
    name="listing-category-new",
)
def listing_category_new(request: Request) -> HttpResponse:
    form = forms.Category(request)
    if form.sent:
        with form.refusals():
            lead = form.cleaned_data["lead"]
            node = services.add_node(
                code=form.cleaned_data["code"].strip(),
                name=form.cleaned_data["name"],
                lead=UUID(lead) if lead else None,
                by=request.actor,
                now=utc_now(),
            )
            return done(request, gettext("已增加：%(node)s") % {"node": node}, to=reverse("listing-categories"))
    back = reverse("listing-categories")
    intro = gettext("类一位、项三位、目六位，细目位数不限；资源登记在目或细目之下。")
    return render(request, "portal/form.html", form=form, intro=intro, submit=gettext("增加"), back=back, status=form.status)
