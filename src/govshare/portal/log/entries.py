"""共享日志: the one list of the log, hot and sealed, as each may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.archive import services
from govshare.archive.search.criteria import Criteria, Row
from govshare.audit import services as audit
from govshare.kernel.clock import LOCAL, utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import SIGNED_IN, page
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts import reading
from govshare.portal.receipts.words import SUBJECTS, action_words
from govshare.regulation.articles import cite

EVIDENCE = cite("CD2016-26")
READERS = SIGNED_IN - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}  # PC-118


class Filters(forms.Form):
    """What the query string may say; what it says wrongly is shown and not used."""

    action = forms.CharField(required=False, max_length=100)
    about = forms.CharField(required=False, max_length=200)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def criteria(self) -> Criteria:
        """Both days are included."""
        self.is_valid()
        given: Mapping[str, Any] = self.cleaned_data
        return Criteria(
            action=given.get("action", ""),
            about=given.get("about", "").strip(),
            since=_begin(given.get("since")),
            until=_begin(given["until"] + timedelta(days=1)) if given.get("until") and given["until"] < date.max else None,
        )


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LOCAL) if day else None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with what it says."""

    found: Row
    told: reading.Told


def _who(row: Row) -> str:
    return reading.told(row.entry).who


COLUMNS = (
    Column("number", gettext_lazy("回执号"), lambda row: row.number),
    Column("at", gettext_lazy("时间"), lambda row: row.at),
    Column("words", gettext_lazy("办理"), lambda row: action_words(row.action)),
    Column("action", gettext_lazy("动作"), lambda row: row.action),
    Column("outcome", gettext_lazy("结果"), lambda row: row.outcome),
    Column("actor", gettext_lazy("经办"), _who),
    Column("about", gettext_lazy("事项编号"), lambda row: row.about),
    Column("resource", gettext_lazy("信息资源"), lambda row: row.resource),
    Column("grant", gettext_lazy("授权"), lambda row: row.grant),
    Column("body", gettext_lazy("记录全文"), lambda row: row.body),
)


@page("log/", title=gettext_lazy("共享日志"), basis=EVIDENCE, roles=READERS, lists=True)
def log(request: Request) -> HttpResponse:
    """The own department's entries, newest first; the audit administrator's looks are recorded themselves."""
    form = Filters(request.GET)
    asked, by, now = form.criteria(), request.actor, utc_now()
    if request.kind != "html":
        return listing(
            request, "", title=_("共享日志"), columns=COLUMNS, rows=services.export(criteria=asked, by=by, now=now, form=request.kind)
        )
    found = services.search(criteria=asked, by=by, now=now, start=request.GET.get("before", ""), counted=False)
    lines = [Line(each, reading.told(each.entry)) for each in found.rows]
    query = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return render(
        request,
        "portal/log/log.html",
        form=form,
        rows=lines,
        everything=audit.sees_all(by),
        subjects=SUBJECTS.items(),
        query=urlencode(query),
        older=urlencode({**query, "before": found.next}) if found.next else "",
        first="before" not in request.GET,
    )
