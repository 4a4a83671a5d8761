"""Hosted tables: the department's own, one with its rows, made, brought up to its entry, taken away; numbers for the authority."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog import queries as catalog
from govshare.hosting import queries, rules, services
from govshare.hosting.models import HostedTable
from govshare.hosting.rules.columns import HostedColumn
from govshare.hosting.store.link import available
from govshare.hosting.store.rows import HostedRow
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing, table
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.hosting import forms, keys
from govshare.portal.hosting.words import shown
from govshare.regulation.articles import cite

KEEPERS = (rules.KEEPER,)
NUMBERS_ALONE = cite("CD2016-28")
_SHOWN = 60  # characters of a value in a list

COLUMNS = (
    Column("name", gettext_lazy("信息资源"), lambda row: queries.name_of(row.entry), cell="portal/hosting/cells/name.html"),
    Column("code", gettext_lazy("代码"), lambda row: row.entry.code, css="mono nowrap"),
    Column("rows", gettext_lazy("行数"), lambda row: row.rows, cell="portal/hosting/cells/number.html", css="ra"),
    Column("bytes", gettext_lazy("占用"), lambda row: row.bytes, cell="portal/hosting/cells/bytes.html", css="ra nowrap"),
    Column("source", gettext_lazy("用途"), queries.is_source, cell="portal/hosting/cells/source.html", css="nowrap"),
    Column("filled_at", gettext_lazy("最近入库"), lambda row: row.filled_at, cell="portal/hosting/cells/moment.html", css="nowrap"),
    Column("table", gettext_lazy("表名"), lambda row: f"{row.space.schema}.{row.name}", only_export=True),
    Column("receipt", gettext_lazy("回执号"), lambda row: row.receipt_number, only_export=True),
)
NUMBERS = (
    Column("organization", gettext_lazy("部门"), lambda row: row.organization.name),
    Column("tables", gettext_lazy("托管表"), lambda row: row.room.tables, css="ra"),
    Column("sources", gettext_lazy("作为来源"), lambda row: row.sources, css="ra"),
    Column("rows", gettext_lazy("行数"), lambda row: row.room.rows, cell="portal/hosting/cells/number.html", css="ra"),
    Column("bytes", gettext_lazy("占用"), lambda row: row.room.bytes, cell="portal/hosting/cells/bytes.html", css="ra nowrap"),
)


def may_keep(by: Actor) -> bool:
    return by.is_one_of(KEEPERS)


@page("hosting/", title=gettext_lazy("托管库"), basis=rules.HOSTING, roles=rules.LOOKERS, lists=True)
def hosting(request: Request) -> HttpResponse:
    """The department's own hosted tables, and how much room is left."""
    own = request.actor.organization
    return listing(
        request,
        "portal/hosting/list.html",
        title=_("托管库"),
        columns=COLUMNS,
        rows=queries.of_organization(own),
        room=queries.room(own),
        available=available(),
        keeper=may_keep(request.actor),
    )


@page("hosting/statistics/", title=gettext_lazy("托管统计"), basis=NUMBERS_ALONE, roles=(Role.AUTHORITY,), lists=True, operator=True)
def hosting_statistics(request: Request) -> HttpResponse:
    """By department, in numbers; what is in the tables is the department's."""
    return listing(request, "portal/hosting/statistics.html", title=_("托管统计"), columns=NUMBERS, rows=queries.statistics())


@page("hosting/new/", title=gettext_lazy("建立托管表"), basis=rules.FROM_CATALOG, roles=KEEPERS, methods=("GET", "POST"))
def hosting_new(request: Request) -> HttpResponse:
    """From one of the department's entries that has none."""
    form = forms.Choose(request, _without_table(request.actor))
    if form.sent:
        with form.refusals():
            made = services.make_table(entry=UUID(form.cleaned_data["entry"]), by=request.actor, now=utc_now())
            return done(request, _("托管表已建好，请上传数据"), to=reverse("hosting-table", args=[made.pk]), receipt=made.receipt_number)
    intro = _("平台按目录的信息项在本部门的模式中建表：类型、长度、主键和说明都取自目录。没有其他来源的信息资源，建好即以它为来源。")
    return render(request, "portal/form.html", form=form, intro=intro, submit=_("建立"), back=reverse("hosting"), status=form.status)


def _without_table(by: Actor) -> list[tuple[str, str]]:
    there = {table.entry_id for table in queries.of_organization(by.organization)}
    entries = catalog.own_entries(UUID(by.organization))
    living = {"draft", "review", "published"}
    return [(str(each.id), f"{each.code}  {each.name}") for each in entries if each.id not in there and each.status in living]


@page("hosting/<uuid:table>/", title=gettext_lazy("托管表"), basis=rules.HOSTING, roles=rules.LOOKERS, name="hosting-table")
def hosting_table(request: Request, table: UUID) -> HttpResponse:
    """Its rows, searched and leaf by leaf."""
    found = queries.own(table, by=request.actor)
    search = request.GET.get("q", "").strip()[:100]
    rows = [] if found.removed_at else queries.Leaves(found, search)
    return render(request, "portal/hosting/rows.html", search=search, table=_rows(request, found, rows), **about(found, request.actor))


def about(found: HostedTable, by: Actor) -> dict[str, Any]:
    """What every page of one table shows around its own."""
    living = found.removed_at is None
    return {
        "hosted": found,
        "name": queries.name_of(found.entry),
        "is_source": queries.is_source(found),
        "keeper": may_keep(by) and living,
        "change": queries.alteration(found) if living else None,
        "waiting": queries.waiting_upload(found),
        "quarantined": queries.quarantined(found) if living else 0,
        "room": queries.room(by.organization),
    }


def _rows(request: Request, found: HostedTable, rows: object) -> object:
    columns = queries.columns_of(found)
    made = tuple(_column(column, first=index == 0, table=found) for index, column in enumerate(columns))
    return table(request, columns=made, rows=rows)  # type: ignore[arg-type]


def _column(column: HostedColumn, *, first: bool, table: HostedTable) -> Column:
    """The first leads to the row."""

    def value(row: HostedRow) -> object:
        text = shown(column, row.values[column.column])
        short = text if text is None or len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        return {"text": short, "address": reverse("hosting-row", args=[table.pk, keys.written(row.key)])} if first else short

    css = "ra num" if column.type in "NYIBF" else ""
    return Column(column.column, column.name, value, cell="portal/hosting/cells/first.html" if first else "", css=css)


@page("hosting/<uuid:table>/acts/", title=gettext_lazy("办理记录"), basis=rules.HISTORY, roles=rules.LOOKERS)
def hosting_acts(request: Request, table: UUID) -> HttpResponse:
    """Uploads, and every act on rows with its counts and digest."""
    found = queries.own(table, by=request.actor)
    receipts = dict(found.acts.values_list("id", "receipt_number"))
    lines = [{"line": line, "receipt": receipts.get(line.act, "")} for line in queries.acts(found)]
    uploads = found.uploads.order_by("-uploaded_at")[:50]
    return render(request, "portal/hosting/acts.html", lines=lines, uploads=uploads, **about(found, request.actor))


@act("hosting/<uuid:table>/follow/", title=gettext_lazy("按目录更新托管表"), basis=rules.FROM_CATALOG, roles=KEEPERS)
def hosting_follow(request: Request, table: UUID) -> HttpResponse:
    followed = services.follow_entry(table=table, by=request.actor, now=utc_now())
    return done(request, _("托管表已与目录一致"), to=reverse("hosting-table", args=[table]), receipt=followed.receipt_number)


@act("hosting/<uuid:table>/offer/", title=gettext_lazy("用作来源"), basis=rules.HOSTING, roles=KEEPERS)
def hosting_offer(request: Request, table: UUID) -> HttpResponse:
    offered = services.offer(table=table, by=request.actor, now=utc_now())
    return done(request, _("信息资源已改从这张托管表读取"), to=reverse("hosting-table", args=[table]), receipt=offered.receipt_number)


@page("hosting/<uuid:table>/remove/", title=gettext_lazy("撤销托管表"), basis=rules.HOSTING, roles=KEEPERS, methods=("GET", "POST"))
def hosting_remove(request: Request, table: UUID) -> HttpResponse:
    found, form = queries.own(table, by=request.actor), forms.Reason(request)
    if form.sent:
        with form.refusals():
            removed = services.remove_table(table=table, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, _("托管表已撤销"), to=reverse("hosting"), receipt=removed.receipt_number)
    intro = _("表和其中的数据从平台删除，行历史和回执保留。正被读取的表不能撤销：先把访问接口改绑到本部门的前置库。")
    back = reverse("hosting-table", args=[table])
    title = f"{_('撤销托管表')} · {queries.name_of(found.entry)}"
    return render(request, "portal/form.html", form=form, title=title, intro=intro, submit=_("撤销"), back=back, status=form.status)
