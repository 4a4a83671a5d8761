"""Files: chosen, looked at, taken over or given up; rows in quarantine: downloaded, put right, dropped."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.hosting import queries, rules, services
from govshare.hosting.models import HostedTable
from govshare.hosting.store.bad import Bad
from govshare.hosting.store.staging import Sample
from govshare.kernel.clock import utc_now
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.hosting import forms
from govshare.portal.hosting.tables import KEEPERS, about
from govshare.portal.hosting.words import shown

_LEAF = 50
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@page("hosting/<uuid:table>/upload/", title=gettext_lazy("上传数据"), basis=rules.LOOK_FIRST, roles=KEEPERS, methods=("GET", "POST"))
def hosting_upload(request: Request, table: UUID) -> HttpResponse:
    """Choose a file; it is read against the table, and nothing changes yet."""
    found, form = queries.own(table, by=request.actor), forms.Upload(request)
    if form.sent:
        with form.refusals():
            file = form.cleaned_data["file"]
            made = services.check_upload(table=table, name=file.name, file=cast(BinaryIO, file.file), by=request.actor, now=utc_now())
            return done(request, _("核对完毕，请看结果"), to=reverse("hosting-preview", args=[table, made.pk]), receipt=made.receipt_number)
    columns = queries.columns_of(found)
    return render(request, "portal/hosting/upload.html", form=form, columns=columns, status=form.status, **about(found, request.actor))


@page("hosting/<uuid:table>/template/", title=gettext_lazy("下载模板"), basis=rules.FROM_CATALOG, roles=rules.LOOKERS)
def hosting_template(request: Request, table: UUID) -> HttpResponse:
    """An empty CSV with the right header."""
    found = queries.own(table, by=request.actor)
    return _csv(f"{queries.name_of(found.entry)}-模板", iter([_line(column.name for column in queries.columns_of(found))]))


@page("hosting/<uuid:table>/uploads/<uuid:upload>/", title=gettext_lazy("核对结果"), basis=rules.LOOK_FIRST, roles=rules.LOOKERS)
def hosting_preview(request: Request, table: UUID, upload: UUID) -> HttpResponse:
    """What the file would do, or did: how many rows of each kind, the first of them, and every bad one."""
    found = queries.own(table, by=request.actor)
    made = queries.upload(found, upload)
    return render(
        request,
        "portal/hosting/preview.html",
        upload=made,
        columns=queries.columns_of(found),
        samples=[_sample(found, each) for each in queries.samples(made)],
        bad=[_bad(found, each) for each in queries.bad_rows(found, [made.pk])],
        **about(found, request.actor),
    )


@act("hosting/<uuid:table>/uploads/<uuid:upload>/apply/", title=gettext_lazy("确认入库"), basis=rules.LOOK_FIRST, roles=KEEPERS)
def hosting_apply(request: Request, table: UUID, upload: UUID) -> HttpResponse:
    made = services.apply_upload(upload=upload, table=table, by=request.actor, now=utc_now())
    said = _("已入库：新增 %(added)s 行，变更 %(changed)s 行") % {"added": made.added, "changed": made.changed}
    return done(request, said, to=reverse("hosting-table", args=[table]), receipt=made.receipt_number)


@act("hosting/<uuid:table>/uploads/<uuid:upload>/discard/", title=gettext_lazy("放弃上传"), basis=rules.LOOK_FIRST, roles=KEEPERS)
def hosting_discard(request: Request, table: UUID, upload: UUID) -> HttpResponse:
    made = services.discard_upload(upload=upload, table=table, by=request.actor, now=utc_now())
    return done(request, _("已放弃，表没有改动"), to=reverse("hosting-table", args=[table]), receipt=made.receipt_number)


@page("hosting/<uuid:table>/uploads/<uuid:upload>/bad/", title=gettext_lazy("下载坏行"), basis=rules.QUARANTINE, roles=rules.LOOKERS)
def hosting_bad_file(request: Request, table: UUID, upload: UUID) -> HttpResponse:
    """The bad rows as they came, with row number and reason; right values go into the same columns and are uploaded again."""
    found = queries.own(table, by=request.actor)
    made = queries.upload(found, upload)
    return _csv(f"{queries.name_of(found.entry)}-坏行", _bad_lines(found, [made.pk]))


@page("hosting/<uuid:table>/bad/", title=gettext_lazy("隔离区"), basis=rules.QUARANTINE, roles=rules.LOOKERS, methods=("GET", "POST"))
def hosting_bad(request: Request, table: UUID) -> HttpResponse:
    """Rows that were kept out of uploads that went in, until they are put right or dropped."""
    found, form = queries.own(table, by=request.actor), forms.Reason(request)
    if form.sent:
        with form.refusals():
            chosen = [int(text) for text in request.POST.getlist("bad") if text.isdecimal()]
            dropped = services.drop_bad(table=table, bad=chosen, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, _("已记为不再处理"), to=reverse("hosting-bad", args=[table]), receipt=dropped.receipt_number)
    uploads = queries.quarantined_uploads(found)
    around = about(found, request.actor)
    leaf = Paginator(range(around["quarantined"]), _LEAF).get_page(request.GET.get("page"))
    rows = queries.bad_rows(found, uploads, offset=max(leaf.start_index() - 1, 0), limit=_LEAF)
    return render(
        request,
        "portal/hosting/bad.html",
        form=form,
        rows=[_bad(found, each) for each in rows],
        leaf=leaf,
        columns=queries.columns_of(found),
        status=form.status,
        **around,
    )


@page(
    "hosting/<uuid:table>/bad/<int:bad>/",
    title=gettext_lazy("改正隔离的行"),
    basis=rules.QUARANTINE,
    roles=KEEPERS,
    methods=("GET", "POST"),
)
def hosting_mend(request: Request, table: UUID, bad: int) -> HttpResponse:
    found = queries.own(table, by=request.actor)
    row, columns = queries.bad_row(found, bad), queries.columns_of(found)
    form = forms.of_row(request, columns, initial=dict(zip((column.column for column in columns), row.cells, strict=False)))
    back = reverse("hosting-bad", args=[table])
    if form.sent:
        with form.refusals():
            mended = services.mend(table=table, bad=bad, cells=forms.cells(form, columns), by=request.actor, now=utc_now())
            return done(request, _("已改正并入库"), to=back, receipt=mended.receipt_number)
    return render(
        request, "portal/hosting/mend.html", form=form, row=_bad(found, row), back=back, status=form.status, **about(found, request.actor)
    )


def _bad(found: HostedTable, row: Bad) -> dict[str, object]:
    """A row in quarantine as a page shows it: each fault with its column's name and value."""
    columns = queries.columns_of(found)
    names = {column.column: (index, column.name) for index, column in enumerate(columns)}
    faults = []
    for place, message in row.faults:
        index, name = names.get(place, (-1, ""))
        faults.append({"name": name, "value": row.cells[index] if 0 <= index < len(row.cells) else "", "message": message})
    return {"id": row.id, "number": row.number, "faults": faults}


def _sample(found: HostedTable, sample: Sample) -> dict[str, object]:
    cells = []
    for column in queries.columns_of(found):
        before, after = shown(column, (sample.before or {}).get(column.column)), shown(column, sample.after.get(column.column))
        cells.append({"before": before, "after": after, "differs": sample.before is not None and before != after})
    return {"number": sample.number, "new": sample.before is None, "cells": cells}


def _bad_lines(found: HostedTable, uploads: list[UUID]) -> Iterator[bytes]:
    columns = queries.columns_of(found)
    names = {column.column: column.name for column in columns}
    yield _line([*(column.name for column in columns), "原文件行号", "须改正"])
    with queries.every_bad_row(found, uploads) as rows:
        for row in rows:
            why = "；".join(f"{names.get(place, '')}{message}" for place, message in row.faults)
            yield _line([*map(_harmless, row.cells), str(row.number), why])


def _harmless(text: str) -> str:
    """What a spreadsheet would take for a formula begins with an apostrophe instead."""
    return f"'{text}" if text.startswith(_FORMULA) and not text.lstrip("+-").replace(".", "", 1).isdecimal() else text


def _line(cells: object) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # type: ignore[arg-type]
    return text.getvalue().encode()


def _csv(name: str, lines: Iterator[bytes]) -> HttpResponse:
    """A file that spreadsheet programs know for UTF-8."""

    def marked() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf"
        yield from lines

    response = StreamingHttpResponse(marked(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename=rows.csv; filename*=UTF-8''{quote(name)}.csv"
    return cast(HttpResponse, response)
