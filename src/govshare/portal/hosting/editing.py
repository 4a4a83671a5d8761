"""Single rows: added, changed, deleted, each with its history."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.hosting import queries, rules, services
from govshare.hosting.rules.columns import HostedColumn
from govshare.hosting.store.history import Change
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.hosting import forms, keys
from govshare.portal.hosting.tables import KEEPERS, about, may_keep
from govshare.portal.hosting.words import shown


@page("hosting/<uuid:table>/rows/new/", title=gettext_lazy("新增一行"), basis=rules.HISTORY, roles=KEEPERS, methods=("GET", "POST"))
def hosting_row_new(request: Request, table: UUID) -> HttpResponse:
    found = queries.own(table, by=request.actor)
    columns = queries.columns_of(found)
    form, back = forms.of_row(request, columns), reverse("hosting-table", args=[table])
    if form.sent:
        with form.refusals():
            added = services.add_row(table=table, cells=forms.cells(form, columns), by=request.actor, now=utc_now())
            return done(request, _("已新增一行"), to=back, receipt=added.receipt_number)
    title = f"{_('新增一行')} · {queries.name_of(found.entry)}"
    return render(request, "portal/form.html", form=form, title=title, submit=_("新增"), back=back, status=form.status)


@page("hosting/<uuid:table>/rows/<str:key>/", title=gettext_lazy("一行"), basis=rules.HISTORY, roles=rules.LOOKERS, methods=("GET", "POST"))
def hosting_row(request: Request, table: UUID, key: str) -> HttpResponse:
    """The row as it stands, to be changed by the keeper, and everything that happened to it."""
    found = queries.own(table, by=request.actor)
    values, columns = keys.read(key), queries.columns_of(found)
    standing, history = queries.row(found, values)
    if standing is None and not history:
        raise NotFound("没有这一行，请从表中打开", basis=rules.HISTORY)
    form = None
    if standing is not None and may_keep(request.actor):
        form = forms.of_row(request, columns, initial=standing.values, stamp=standing.stamp, key_stands=True)
        if form.sent:
            with form.refusals():
                stamp = form.cleaned_data[forms.STAMP]
                changed = services.change_row(
                    table=table, key=values, cells=forms.cells(form, columns), stamp=stamp, by=request.actor, now=utc_now()
                )
                return done(request, _("已修改"), to=reverse("hosting-row", args=[table, key]), receipt=changed.receipt_number)
    return render(
        request,
        "portal/hosting/row.html",
        form=form,
        standing=standing,
        key=key,
        values=[(column.name, shown(column, standing.values[column.column])) for column in columns] if standing else [],
        history=[_told(each, columns) for each in history],
        status=form.status if form else 200,
        **about(found, request.actor),
    )


@act("hosting/<uuid:table>/rows/<str:key>/delete/", title=gettext_lazy("删除一行"), basis=rules.HISTORY, roles=KEEPERS)
def hosting_row_delete(request: Request, table: UUID, key: str) -> HttpResponse:
    stamp = request.POST.get(forms.STAMP, "")
    deleted = services.delete_row(table=table, key=keys.read(key), stamp=stamp, by=request.actor, now=utc_now())
    return done(request, _("已删除，历史仍在"), to=reverse("hosting-table", args=[table]), receipt=deleted.receipt_number)


def _told(change: Change, columns: Sequence[HostedColumn]) -> dict[str, object]:
    """One line of a row's history: what differs, by the columns' names."""
    before, after = change.before or {}, change.after or {}
    cells = [
        {"name": column.name, "before": shown(column, before.get(column.column)), "after": shown(column, after.get(column.column))}
        for column in columns
        if before.get(column.column) != after.get(column.column)
    ]
    return {"change": change, "cells": cells}
