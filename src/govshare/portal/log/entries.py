"""共享日志: the one list of the log, hot and sealed, as each may see it; by subject, and as a signed package."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.archive import services
from govshare.archive.search.criteria import Row
from govshare.audit import services as audit
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import Fault, Invalid
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import SIGNED_IN, page
from govshare.portal.frame.visitor import Request
from govshare.portal.log import counting
from govshare.portal.log.filters import SIDES, Filters, chips
from govshare.portal.receipts import reading
from govshare.portal.receipts.words import SUBJECTS, action_words
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

EVIDENCE = cite("CD2016-26")
BY_SUBJECT = convention("PC-119")
PACKAGE = convention("PC-121")
READERS = SIGNED_IN - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}  # PC-118


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with what it says."""

    found: Row
    told: reading.Told


COLUMNS = (
    Column("number", gettext_lazy("回执号"), lambda row: row.number),
    Column("index", gettext_lazy("日志序号"), lambda row: row.index),
    Column("at", gettext_lazy("时间"), lambda row: row.at),
    Column("words", gettext_lazy("办理"), lambda row: action_words(row.action)),
    Column("action", gettext_lazy("动作"), lambda row: row.action),
    Column("outcome", gettext_lazy("结果"), lambda row: row.outcome),
    Column("actor", gettext_lazy("经办"), lambda row: reading.told(row.entry).who),
    Column("about", gettext_lazy("事项编号"), lambda row: row.about),
    Column("resource", gettext_lazy("信息资源"), lambda row: row.resource),
    Column("grant", gettext_lazy("授权"), lambda row: row.grant),
    Column("subject", gettext_lazy("查询对象（密钥摘要）"), lambda row: row.subject),
    Column("body", gettext_lazy("记录全文"), lambda row: row.body),
)


@page("log/", title=gettext_lazy("共享日志"), basis=EVIDENCE, roles=READERS, lists=True)
def log(request: Request) -> HttpResponse:
    """The own department's entries, newest first; the audit administrator's looks are recorded themselves."""
    filters, by, now = Filters.of(request.GET), request.actor, utc_now()
    criteria = filters.criteria(by)
    if request.kind != "html":
        rows = services.export(criteria=criteria, by=by, now=now, form=request.kind)
        return listing(request, "", title=_("共享日志"), columns=COLUMNS, rows=rows)
    start = request.GET.get("before", "")
    found = services.search(criteria=criteria, by=by, now=now, start=start)
    everything = audit.sees_all(by)
    return render(
        request,
        "portal/log/log.html",
        filters=filters,
        chips=chips(filters),
        lines=[Line(each, reading.told(each.entry)) for each in found.rows],
        counts=found.counts,
        facets=counting.facets(filters, found.counts) if found.counts else [],
        course=counting.course(found.counts) if found.counts else None,
        everything=everything,
        sides=[] if everything else [("", _("全部")), *zip(SIDES, (_("我们取用的"), _("取用我们的")), strict=True)],
        subjects=SUBJECTS.items(),
        query=urlencode(filters.asked),
        older=urlencode({**filters.asked, "before": found.next}) if found.next else "",
        first=found.counts is not None,
    )


class SubjectForm(Form):
    """The field's name says that nothing keeps what is typed in it, not even an interrupted session's desk."""

    secret_identifier = forms.CharField(
        label=gettext_lazy("公民身份号码或统一社会信用代码"),
        max_length=100,
        help_text=gettext_lazy("当即换算为密钥摘要，只用摘要检索；号码不存储、不记入任何日志、不出现在网址里。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}),
    )


@page("log/subject/", title=gettext_lazy("按查询对象检索"), basis=BY_SUBJECT, roles=READERS, methods=("GET", "POST"))
def log_subject(request: Request) -> HttpResponse:
    """Hash what was typed at once, and go on with the hash; the other conditions are kept."""
    form, filters = SubjectForm(request), Filters.of(request.GET)
    if form.sent:
        with form.refusals():
            subject = services.subject_of(form.cleaned_data["secret_identifier"])
            if not subject:
                message = _("没有可以检索的号码")
                raise Invalid(message, basis=BY_SUBJECT, faults=[Fault("secret_identifier", message)])
            return HttpResponseRedirect(f"{reverse('log')}?{urlencode({**filters.asked, 'subject': subject})}")
    return render(request, "portal/log/subject.html", form=form, back=f"{reverse('log')}?{urlencode(filters.asked)}", status=form.status)


@page("log/package/", title=gettext_lazy("导出签名包"), basis=PACKAGE, roles=READERS)
def log_package(request: Request) -> HttpResponse:
    """All that the list shows, every line with its proof, as one signed file."""
    now = utc_now()
    file = services.package(criteria=Filters.of(request.GET).criteria(request.actor), by=request.actor, now=now)
    name = f"govshare-log-{local_date(now):%Y%m%d}.zip"
    return cast(HttpResponse, FileResponse(file, as_attachment=True, filename=name, content_type="application/zip"))
