"""Pages of front-end databases. A password is typed, sealed by the service, and shown to nobody ever again."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog.models import Route
from govshare.exchange.models import Transfer
from govshare.exchange.rules import TransferStatus
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.sources import queries, rules, services
from govshare.sources.models import FrontDatabase

KEEPERS = (Role.RESOURCE_ADMIN, Role.SYSTEM_ADMIN)
READERS = (*KEEPERS, Role.REGISTRAR, Role.LEADER)
FRONT = cite("CD2016-40(5)")


def _state(row: FrontDatabase) -> str:
    """retired, untested, passed or failed."""
    if row.retired_at:
        return "retired"
    return "untested" if row.test_passed is None else "passed" if row.test_passed else "failed"


COLUMNS = (
    Column("name", gettext_lazy("名称"), lambda row: row.name, cell="portal/sources/cells/name.html"),
    Column("purpose", gettext_lazy("用途"), lambda row: row.get_purpose_display(), cell="portal/sources/cells/purpose.html", css="nowrap"),
    Column(
        "address", gettext_lazy("地址"), lambda row: _("平台托管库") if row.hosted else f"{row.host}:{row.port}/{row.database}", css="mono"
    ),
    Column("schema", gettext_lazy("模式"), lambda row: row.schema, css="mono nowrap"),
    Column("tables", gettext_lazy("表"), lambda row: len(queries.tables(row)), css="ra"),
    Column("state", gettext_lazy("状态"), _state, cell="portal/sources/cells/state.html", css="nowrap"),
    Column("tested_at", gettext_lazy("最近测试"), lambda row: row.tested_at, cell="portal/sources/cells/tested.html", css="nowrap"),
    Column("account", gettext_lazy("账号"), lambda row: row.account, only_export=True),
    Column("tls_mode", gettext_lazy("加密"), lambda row: row.get_tls_mode_display(), only_export=True),
    Column("receipt", gettext_lazy("回执号"), lambda row: row.receipt_number, only_export=True),
)


class RegisterForm(Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, help_text=gettext_lazy("本部门内好认的名字，如“市场主体共享前置库”"))
    purpose = forms.ChoiceField(
        label=gettext_lazy("用途"),
        choices=rules.Purpose.choices,
        help_text=gettext_lazy("一个账号只做一件事：提供数据的只读，接收数据的只写自己的落地模式"),
    )
    engine = forms.ChoiceField(label=gettext_lazy("数据库"), choices=rules.Engine.choices)
    host = forms.CharField(label=gettext_lazy("主机"), max_length=253, help_text=gettext_lazy("政务外网上的主机名或 IP 地址"))
    port = forms.IntegerField(
        label=gettext_lazy("端口"), initial=5432, help_text=gettext_lazy("PostgreSQL 通常为 5432，MySQL / MariaDB 为 3306")
    )
    database = forms.CharField(label=gettext_lazy("数据库名"), max_length=63)
    schema = forms.CharField(label=gettext_lazy("模式"), max_length=63, help_text=gettext_lazy("MySQL / MariaDB 填写与数据库名相同的名称"))
    account = forms.CharField(label=gettext_lazy("账号"), max_length=63)
    password = forms.CharField(
        label=gettext_lazy("口令"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("加密保存，任何页面和接口都不再显示；没有办成时须重新填写"),
    )
    tls_mode = forms.ChoiceField(label=gettext_lazy("加密连接"), choices=rules.TlsMode.choices)
    ca_certificate = forms.CharField(
        label=gettext_lazy("签发机构证书"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
        help_text=gettext_lazy("数据库证书的签发机构，PEM 文本；不填则用系统信任的机构"),
    )


class PasswordForm(Form):
    password = forms.CharField(
        label=gettext_lazy("新口令"), max_length=400, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class RetireForm(Form):
    reason = forms.CharField(label=gettext_lazy("停用原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def own(front_database: UUID, by: Actor) -> FrontDatabase:
    """One of the actor's own department; to others it does not exist."""
    found = queries.get(front_database)
    if str(queries.owner(found).pk) != by.organization:
        raise NotFound("没有这个前置交换数据库，或者它不属于本部门，请核对编号", basis=FRONT)
    return found


@page("sources/", title=gettext_lazy("前置库与接口"), basis=FRONT, roles=READERS, lists=True)
def sources(request: Request) -> HttpResponse:
    """The department's own, by name; retired ones when asked for."""
    retired = request.GET.get("retired") == "1"
    rows = queries.of_organization(UUID(request.actor.organization), retired=retired)
    return listing(request, "portal/sources/list.html", title=_("前置库与接口"), columns=COLUMNS, rows=rows, retired=retired)


@page("sources/new/", title=gettext_lazy("登记前置库"), basis=rules.REGISTERED, roles=(Role.RESOURCE_ADMIN,), methods=("GET", "POST"))
def source_new(request: Request) -> HttpResponse:
    form = RegisterForm(request)
    if form.sent:
        with form.refusals():
            by = request.actor
            made = services.register(organization=UUID(by.organization), **form.cleaned_data, by=by, now=utc_now())
            return done(request, _("已登记，请测试连接后使用"), to=reverse("source", args=[made.pk]), receipt=made.receipt_number)
    intro = _(
        "账号由本部门数据库管理员开立：提供数据的只给所需表（列）的查询权，接收数据的只给落地模式的建表权。权限过大的账号测试时会被指出，不予使用。"
    )
    return render(request, "portal/form.html", form=form, intro=intro, submit=_("登记"), back=reverse("sources"), status=form.status)


@page("sources/<uuid:source>/", title=gettext_lazy("前置库"), basis=FRONT, roles=READERS)
def source(request: Request, source: UUID) -> HttpResponse:
    """What was registered, how the last test ended, what the account saw, and what relies on it."""
    found = own(source, request.actor)
    return render(
        request,
        "portal/sources/source.html",
        front=found,
        state=_state(found),
        tables=queries.tables(found),
        routes=Route.objects.filter(front_database=found, replaced_at=None).select_related("entry"),
        transfers=Transfer.objects.filter(target=found, status=TransferStatus.ACTIVE),
        keeper=request.actor.is_one_of(KEEPERS),
        administrator=request.actor.is_one_of({Role.RESOURCE_ADMIN}),
    )


@act("sources/<uuid:source>/test/", title=gettext_lazy("测试连接"), basis=rules.REGISTERED, roles=KEEPERS)
def source_test(request: Request, source: UUID) -> HttpResponse:
    """Connects now; the outcome, good or bad, stands on the page."""
    own(source, request.actor)
    tested = services.test(front_database=source, by=request.actor, now=utc_now())
    said = _("测试通过，账号权限合适") if tested.test_passed else _("测试未通过，原因见下")
    return done(request, said, to=reverse("source", args=[source]), receipt=tested.receipt_number)


@page(
    "sources/<uuid:source>/password/",
    title=gettext_lazy("更换口令"),
    basis=rules.REGISTERED,
    roles=(Role.RESOURCE_ADMIN,),
    methods=("GET", "POST"),
)
def source_password(request: Request, source: UUID) -> HttpResponse:
    found, form = own(source, request.actor), PasswordForm(request)
    back = reverse("source", args=[source])
    if form.sent:
        with form.refusals():
            changed = services.change_password(front_database=source, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, _("口令已更换，请重新测试连接"), to=back, receipt=changed.receipt_number)
    intro = _("在数据库中先改好口令，再填到这里。更换后须重新测试；测试之前不能传输。")
    return render(
        request,
        "portal/form.html",
        form=form,
        title=f"{_('更换口令')} · {found.name}",
        intro=intro,
        submit=_("更换"),
        back=back,
        status=form.status,
    )


@page("sources/<uuid:source>/retire/", title=gettext_lazy("停用前置库"), basis=rules.WITHDRAWN, roles=KEEPERS, methods=("GET", "POST"))
def source_retire(request: Request, source: UUID) -> HttpResponse:
    found, form = own(source, request.actor), RetireForm(request)
    back = reverse("source", args=[source])
    if form.sent:
        with form.refusals():
            ended = services.retire(front_database=source, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, _("已停用，平台不再连接它"), to=back, receipt=ended.receipt_number)
    intro = _("停用后平台不再连接这个库，绑定在它上面的访问接口和以它为目标的传输都会停下来。停用不能撤回，需要时请重新登记。")
    return render(
        request,
        "portal/form.html",
        form=form,
        title=f"{_('停用')} · {found.name}",
        intro=intro,
        submit=_("停用"),
        back=back,
        status=form.status,
    )
