"""Lists: one description, shown as a page, as JSON and as a workbook at the same address."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from govshare.kernel.clock import LOCAL, local_date, utc_now
from govshare.kernel.errors import Invalid
from govshare.portal.frame.answers import render
from govshare.portal.frame.visitor import Request
from govshare.regulation.conventions import convention

MOST = 50_000  # rows of one export
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """``value`` gives what is exported; ``cell`` names a template that shows it (gets ``row`` and ``value``), else it is shown as text."""

    key: str
    title: str | Promise
    value: Callable[[Any], object]
    cell: str = ""
    css: str = ""  # "ra" right-aligned, "nowrap", "mono" …
    only_export: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What ``{% table table %}`` shows."""

    columns: Sequence[Column]
    leaf: Leaf[Any]
    request: Request

    @property
    def shown(self) -> list[Column]:
        return [column for column in self.columns if not column.only_export]

    @property
    def rows(self) -> list[tuple[Any, list[tuple[Column, object]]]]:
        return [(row, [(column, column.value(row)) for column in self.shown]) for row in self.leaf.object_list]

    @property
    def count(self) -> int:
        return self.leaf.paginator.count

    def address(self, kind: str) -> str:
        """The same list, with the same query, as ``json`` or ``xlsx``."""
        query = self.request.GET.copy()
        query.pop("page", None)
        return f"{self.request.path.rstrip('/')}.{kind}" + (f"?{query.urlencode()}" if query else "")

    def leaf_address(self, number: int) -> str:
        query = self.request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    @property
    def json_address(self) -> str:
        return self.address("json")

    @property
    def exported(self) -> bool:
        """Whether the list is had as JSON and workbook at all."""
        return bool(getattr(self.request.page, "lists", False))

    @property
    def xlsx_address(self) -> str:
        return self.address("xlsx")

    @property
    def before(self) -> str:
        return self.leaf_address(self.leaf.previous_page_number()) if self.leaf.has_previous() else ""

    @property
    def after(self) -> str:
        return self.leaf_address(self.leaf.next_page_number()) if self.leaf.has_next() else ""


def listing(
    request: Request,
    template: str,
    /,
    *,
    title: str,
    columns: Sequence[Column],
    rows: QuerySet[Any] | Sequence[Any],
    per_page: int = PER_PAGE,
    **context: Any,
) -> HttpResponse:
    """The list as it was asked for; the template gets ``table`` beside ``context``. Its page is declared ``lists=True``."""
    match request.kind:
        case "json":
            return _json(columns, _all(rows))
        case "xlsx":
            return _workbook(title, columns, _all(rows))
    return render(request, template, title=title, table=table(request, columns=columns, rows=rows, per_page=per_page), **context)


def table(request: Request, *, columns: Sequence[Column], rows: QuerySet[Any] | Sequence[Any], per_page: int = PER_PAGE) -> Table:
    """One leaf of ``rows``, by ``?page=``; a number out of range gives the nearest leaf."""
    return Table(columns, Paginator(rows, per_page).get_page(request.GET.get("page")), request)


def _all(rows: QuerySet[Any] | Sequence[Any]) -> Sequence[Any]:
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    if count > MOST:
        raise Invalid(f"共{count}行，一次最多导出{MOST}行，请先缩小范围", basis=convention("PC-70"))
    return list(rows)


def _json(columns: Sequence[Column], rows: Sequence[Any]) -> HttpResponse:
    items = [{column.key: _plain(column.value(row)) for column in columns} for row in rows]
    body = json.dumps({"count": len(items), "items": items}, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


def _plain(value: object) -> object:
    """What JSON can say; dates and times in ISO 8601."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(LOCAL).isoformat()
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case _:
            return str(value)


def _workbook(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """Every cell is a value; nothing in it can become a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", title).translate(str.maketrans("[]:*?/\\", "       "))[:31] or "1")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, str(column.title), bold=True) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, column.value(row)) for column in columns])
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    name = f"{title}-{local_date(utc_now()):%Y%m%d}.xlsx"
    response["Content-Disposition"] = f"attachment; filename={slugify(title) or 'list'}.xlsx; filename*=UTF-8''{quote(name)}"
    return response


def _cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    plain = _plain(value)
    if isinstance(plain, list):
        plain = "、".join(str(each) for each in plain)
    cell = WriteOnlyCell(sheet)
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        cell.value = plain
    else:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", "" if plain is None else str(plain))[:32_000]
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
