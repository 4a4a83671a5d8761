"""Pages of the log: search with filters and export, and the check of everything on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from govshare.audit import queries, services
from govshare.audit.log import LogRewound, open_log
from govshare.audit.queries import Found
from govshare.kernel.clock import LOCAL, utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts import reading
from govshare.portal.receipts.words import SUBJECTS, action_words
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

EVIDENCE = cite("CD2016-26")
CHECKED = convention("PC-62")
_LEAF = 50


class Filters(forms.Form):
    """What the query string may say; what it says wrongly is shown and not used."""

    action = forms.CharField(required=False, max_length=100)
    about = forms.CharField(required=False, max_length=200)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def asked(self) -> dict[str, Any]:
        """Arguments of the search; both days are included."""
        self.is_valid()
        given: Mapping[str, Any] = self.cleaned_data
        return {
            "action": given.get("action", ""),
            "about": given.get("about", "").strip(),
            "since": _begin(given.get("since")),
            "until": _begin(given["until"] + timedelta(days=1)) if given.get("until") and given["until"] < date.max else None,
        }


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LOCAL) if day else None


@dataclass(frozen=True, slots=True)
class Row:
    """One entry with what it says."""

    found: Found
    told: reading.Told


def _who(row: Found) -> str:
    return reading.read(row.body).who


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


@page("log/", title=gettext_lazy("共享日志"), basis=EVIDENCE, lists=True)
def log(request: Request) -> HttpResponse:
    """The own department's entries, newest first; the audit administrator's looks are recorded themselves."""
    form = Filters(request.GET)
    asked, by, now = form.asked(), request.actor, utc_now()
    if request.kind != "html":
        return listing(request, "", title=_("共享日志"), columns=COLUMNS, rows=services.export(by=by, now=now, **asked))
    found = services.search(by=by, now=now, before=request.GET.get("before", ""), limit=_LEAF, **asked)
    rows = [Row(each, reading.read(each.body)) for each in found.found]
    query = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return render(
        request,
        "portal/log/log.html",
        form=form,
        rows=rows,
        everything=services.sees_all(by),
        subjects=SUBJECTS.items(),
        query=urlencode(query),
        older=urlencode({**query, "before": found.next}) if found.next else "",
        first="before" not in request.GET,
    )


@page("integrity/", title=gettext_lazy("完整性校验"), basis=CHECKED, roles=(Role.AUDIT_ADMIN,), methods=("GET", "POST"))
def integrity(request: Request) -> HttpResponse:
    """Where the log stands; on demand every root is derived again from the entries, and that is recorded."""
    report = services.check(by=request.actor, now=utc_now()) if request.method == "POST" else None
    signed, head, trouble = open_log(), None, ""
    try:
        head = signed.head()
    except LogRewound as rewound:
        trouble = rewound.english if get_language() == "en" else rewound.chinese
    return render(
        request,
        "portal/log/integrity.html",
        report=report,
        checked_at=utc_now() if report else None,
        origin=signed.verification_key().name,
        key=queries.verification_key(),
        head=head,
        trouble=trouble,
        root=head.root.hex() if head else "",
        placed=queries.placed(),
        waits=queries.anything_waits(),
    )
