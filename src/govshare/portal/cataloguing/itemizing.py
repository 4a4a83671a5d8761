"""信息项: as a table to type in, out of a spreadsheet, or out of the registered front-end table; always looked at before it counts."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.queries import EntryView
from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.catalog.rules.contents import ItemContent, Snapshot, as_id
from govshare.catalog.rules.pasted import MOST_ROWS, TITLES, Pasted, parse
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Fault, Invalid, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import compared, drafting, item_rows, keeping, looking, sections
from govshare.portal.cataloguing.forms import choices
from govshare.portal.cataloguing.words import ITEM_FIELDS
from govshare.portal.frame import refusals
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.regulation.workbooks import Reader, Row

ITEMS = cite("CD2016-14")
TABLES = cite("CD2016-12.2")
FORM = ("GET", "POST")
REGISTRAR = (Role.REGISTRAR,)
_READER = Reader(what="粘贴的表格", basis=ITEMS, rows=MOST_ROWS)
_SHEET = Reader(what="工作簿", basis=ITEMS, rows=MOST_ROWS)


@page("entries/<uuid:entry>/items/", title=_("信息项"), basis=ITEMS, roles=REGISTRAR, methods=FORM)
def entry_items(request: Request, entry: UUID) -> HttpResponse:
    """The table; refused, it comes back as it was typed, with what is wrong at each cell."""
    view = looking.seen(request, entry)
    base = looking.worked_on(view)
    rows, refusal, left = item_rows.of_items(base.snapshot.items), None, list[Fault]()
    offer = keeping.kept(request)
    if offer and offer.restored:
        rows = [*item_rows.sent(keeping.as_post(request)), *item_rows.spare()]
    if request.method == "POST":
        rows = item_rows.sent(request.POST)
        refusal = _save(request, view, rows)
        if refusal is None:
            keeping.forget(request)
            return done(request, gettext("已保存信息项"), to=_onward(request, entry), receipt=looking.receipt_of(entry))
        left = item_rows.mark(rows, refusal.faults if isinstance(refusal, Invalid) else ())
        rows += item_rows.spare()
    elif view.pending:
        item_rows.mark(rows, view.faults)
    return render(
        request,
        "portal/cataloguing/items.html",
        view=view,
        section=sections.ITEMS,
        sections=sections.SECTIONS,
        rows=rows,
        refusal=refusal,
        left=left,
        kept=offer,
        types=choices(ItemType, empty=False),
        sensitivities=choices(Sensitivity, empty=False),
        clash=_clash(base.snapshot, rows, refusal),
        item_fields=ITEM_FIELDS.values(),
        remarks=drafting.remarks_of(view, sections.ITEMS),
        status=refusal.status_code if refusal else 200,
    )


def _save(request: Request, view: EntryView, rows: list[item_rows.Row]) -> Refused | None:
    """Set the items as typed; ``None`` when done or when nothing changed, else why not (recorded)."""
    try:
        typed = item_rows.contents(rows)
        if typed != looking.worked_on(view).snapshot.items:
            services.set_items(entry=view.id, items=typed, expected_version=drafting.version_seen(request), by=request.actor, now=utc_now())
    except Refused as refusal:
        refusals.record(request, refusal)
        return refusal
    return None


def _clash(stands: Snapshot, rows: list[item_rows.Row], refusal: Refused | None) -> list[compared.ItemRow]:
    """Where what was typed differs from what stands now, after somebody else was quicker."""
    if not (isinstance(refusal, WrongState) and str(refusal.basis) == "PC-24"):
        return []
    typed = tuple(replace(item, id=_same(item, stands.items)) for item in item_rows.contents(rows))
    return [row for row in compared.items(stands, Snapshot(content=stands.content, items=typed)) if row.changed]


def _same(item: ItemContent, others: Sequence[ItemContent]) -> UUID | None:
    return item.id or next((other.id for other in others if other.column.lower() == item.column.lower()), None)


def _onward(request: Request, entry: UUID) -> str:
    return reverse("entry-sharing" if "next_part" in request.POST else "entry-tasks", args=[entry])


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be: the rows with their state, and what must be put right first."""

    read: Pasted
    rows: list[compared.ItemRow]
    items: tuple[ItemContent, ...]
    text: str = ""

    @property
    def good(self) -> bool:
        return not self.read.faults and bool(self.items)

    @property
    def counts(self) -> dict[str, int]:
        return {state: sum(row.state == state for row in self.rows) for state in ("new", "changed", "gone", "same")}


@page("entries/<uuid:entry>/items/paste/", title=_("粘贴信息项"), basis=ITEMS, roles=REGISTRAR, methods=FORM, name="entry-items-paste")
def entry_items_paste(request: Request, entry: UUID) -> HttpResponse:
    """Cells copied out of a spreadsheet, or its first sheet: read, shown with faults by row and column, then applied."""
    view = looking.seen(request, entry)
    base = looking.worked_on(view).snapshot
    how = "merge" if request.POST.get("how") == "merge" else "replace"
    preview, refusal = None, None
    if request.method == "POST":
        try:
            preview = _read(_rows(request), base, how)
            if preview.good and "apply" in request.POST:
                return _apply(request, view, preview.items)
        except Refused as refused:
            refusals.record(request, refused)
            refusal = refused
    return render(
        request,
        "portal/cataloguing/paste.html",
        view=view,
        preview=preview,
        how=how,
        refusal=refusal,
        faults=refusal.faults if isinstance(refusal, Invalid) else (),
        text=preview.text if preview else request.POST.get("text", ""),
        titles=TITLES.values(),
        item_fields=ITEM_FIELDS.values(),
        status=_status(preview, refusal),
    )


def _status(preview: Preview | None, refusal: Refused | None) -> int:
    return refusal.status_code if refusal else 422 if preview and not preview.good else 200


def _rows(request: Request) -> tuple[Row, ...]:
    """From the workbook when one was chosen, else from the text."""
    upload = request.FILES.get("file")
    if upload:
        return _SHEET.workbook(upload.name or "", upload)
    return _READER.text(request.POST.get("text", ""))


def _read(rows: tuple[Row, ...], base: Snapshot, how: str) -> Preview:
    read = parse(rows)
    items = _placed(read.items, base.items, how)
    shown = compared.items(base, Snapshot(content=base.content, items=items))
    return Preview(read=read, rows=shown, items=items, text=_as_text(rows))


def _placed(read: Sequence[ItemContent], stand: Sequence[ItemContent], how: str) -> tuple[ItemContent, ...]:
    """What was read beside what stands: an item of the same column stays the same item."""
    placed = {item.column.lower(): replace(item, id=_same(item, stand)) for item in read}
    if how == "replace":
        return tuple(replace(item, id=_same(item, stand)) for item in read)
    kept = [placed.pop(item.column.lower(), item) for item in stand]
    return (*kept, *placed.values())


def _as_text(rows: tuple[Row, ...]) -> str:
    """The cells as they would be pasted, every row at the line it came from."""
    lines: list[list[str]] = []
    for row in rows:
        lines += [[] for _line in range(min(row.number - len(lines) - 1, MOST_ROWS))]
        lines.append(list(row.cells))
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(lines)
    return out.getvalue()


def _apply(request: Request, view: EntryView, items: tuple[ItemContent, ...]) -> HttpResponse:
    if items != looking.worked_on(view).snapshot.items:
        services.set_items(entry=view.id, items=items, expected_version=drafting.version_seen(request), by=request.actor, now=utc_now())
    said = gettext("已登记 %(n)s 个信息项") % {"n": len(items)}
    return done(request, said, to=reverse("entry-items", args=[view.id]), receipt=looking.receipt_of(view.id))


@page("entries/<uuid:entry>/items/table/", title=_("从前置库读取"), basis=TABLES, roles=REGISTRAR, methods=FORM, name="entry-items-table")
def entry_items_table(request: Request, entry: UUID) -> HttpResponse:
    """Columns of one of the department's own tables, as its last test saw them, to be taken over one by one."""
    view = looking.seen(request, entry)
    base = looking.worked_on(view).snapshot
    asked = request.POST if request.method == "POST" else request.GET
    front, table = as_id(asked.get("database", "")), asked.get("table", "")[:63]
    proposed = catalog.proposals.items(front, table, by=request.actor) if front and table else ()
    how = "replace" if asked.get("how") == "replace" else "merge"
    chosen = [item for item in proposed if item.column in asked.getlist("column")] if request.method == "POST" else list(proposed)
    refusal = None
    if request.method == "POST":
        try:
            if not chosen:
                raise Invalid(gettext("请至少选一列"), basis=TABLES)
            return _apply(request, view, _placed(chosen, base.items, how))
        except Refused as refused:
            refusals.record(request, refused)
            refusal = refused
    stand = {item.column.lower() for item in base.items}
    return render(
        request,
        "portal/cataloguing/table.html",
        view=view,
        tables=catalog.proposals.tables(request.actor),
        front=front,
        table=table,
        how=how,
        rows=[_proposal(item, stand, chosen) for item in proposed],
        refusal=refusal,
        status=refusal.status_code if refusal else 200,
    )


def _proposal(item: ItemContent, stand: set[str], chosen: Sequence[ItemContent]) -> dict[str, Any]:
    return {"item": item, "there": item.column.lower() in stand, "chosen": item in chosen}
