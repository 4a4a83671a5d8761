"""Pages of papers: what is to be issued, what was issued, printed and as DOCX, and the sealed scans that came back."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import segno
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.papers import queries, services
from govshare.papers.models import Paper
from govshare.papers.rules.kinds import BASES, ISSUERS, NUMBERS, READERS, SCAN_TYPES, PaperKind
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.papers import docx
from govshare.portal.papers.contents import prepare
from govshare.portal.papers.contents.prepared import moment
from govshare.regulation.files import FileType
from govshare.sharing.queries import parties

COLUMNS = (
    Column("number", gettext_lazy("文号"), lambda row: row.number, cell="portal/papers/cells/number.html", css="nowrap"),
    Column("kind", gettext_lazy("种类"), lambda row: row.get_kind_display()),
    Column("title", gettext_lazy("事由"), lambda row: row.title, cell="portal/papers/cells/title.html"),
    Column("organization", gettext_lazy("出具部门"), lambda row: row.organization_name, cell="portal/papers/cells/organization.html"),
    Column("issued_at", gettext_lazy("出具时间"), lambda row: row.issued_at, cell="portal/papers/cells/issued.html", css="nowrap"),
    Column("scans", gettext_lazy("盖章件"), lambda row: len(row.scans.all()), cell="portal/papers/cells/scans.html", css="ra"),
    Column("receipt", gettext_lazy("回执号"), lambda row: row.receipt, only_export=True),
    Column("digest", gettext_lazy("内容摘要"), lambda row: row.digest, only_export=True),
)


class ScanForm(Form):
    file = forms.FileField(
        label=gettext_lazy("盖章件"),
        help_text=gettext_lazy("签字盖章后的扫描件，pdf、png 或 jpg。上传后不能删除或替换，请核对后再传。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


def standing_for(by: Actor) -> list[str]:
    """Ids of the organizations whose papers are the actor's too, since a merger."""
    return [str(house) for house in parties.houses(by.organization)] if by.organization else []


@page("papers/", title=gettext_lazy("文书"), basis=NUMBERS, roles=READERS, lists=True)
def papers(request: Request) -> HttpResponse:
    """Every paper to which the department is a party, the latest first."""
    rows = queries.visible(request.actor, standing_for=standing_for(request.actor)).prefetch_related("scans").defer("content")
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip().replace("\0", "")[:100]
    if kind in PaperKind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(number__contains=words) | rows.filter(title__contains=words)
    return listing(
        request, "portal/papers/list.html", title=_("文书"), columns=COLUMNS, rows=rows, kinds=PaperKind.choices, kind=kind, words=words
    )


@page("papers/scans/<uuid:scan>/", title=gettext_lazy("盖章件"), basis=SCAN_TYPES, roles=READERS)
def paper_scan(request: Request, scan: UUID) -> HttpResponse:
    """The very bytes that were handed in, as a download."""
    found, file = queries.open_scan(scan, by=request.actor, standing_for=standing_for(request.actor))
    with file:
        response = HttpResponse(file.read(), content_type=str(FileType(found.type).label))
    response["Content-Disposition"] = f"attachment; filename=scan.{found.type}; filename*=UTF-8''{quote(found.name)}"
    return response


@page("papers/<uuid:paper>/", title=gettext_lazy("文书"), basis=NUMBERS, roles=READERS, methods=("GET", "POST"))
def paper(request: Request, paper: UUID) -> HttpResponse:
    """The paper as it was issued, to be printed; its sealed scans."""
    by = request.actor
    found = queries.get(paper, by=by, standing_for=standing_for(by))
    form = ScanForm(request)
    if form.sent:
        with form.refusals():
            file = form.cleaned_data["file"]
            kept = services.attach_scan(paper=found.pk, name=file.name, content=file, standing_for=standing_for(by), by=by, now=utc_now())
            return done(request, _("盖章件已保存"), to=reverse("paper", args=[found.pk]), receipt=kept.receipt)
    return render(
        request,
        "portal/papers/paper.html",
        paper=found,
        content=found.form(),
        issued=issued_words(found),
        scans=found.scans.all(),
        later=_later(found, by),
        form=form if by.is_one_of(ISSUERS[found.kind]) else None,
        qr=_qr(found),
        status=form.status,
    )


@page("papers/<uuid:paper>/docx/", title=gettext_lazy("下载 DOCX"), basis=NUMBERS, roles=READERS)
def paper_docx(request: Request, paper: UUID) -> HttpResponse:
    """The same content as a document to be filled in by hand."""
    found = queries.get(paper, by=request.actor, standing_for=standing_for(request.actor))
    content = docx.render(found.form(), number=found.number, issued=issued_words(found), digest=found.digest)
    response = HttpResponse(content, content_type=docx.MEDIA_TYPE)
    name = f"{found.get_kind_display()}-{found.number}.docx"
    response["Content-Disposition"] = f"attachment; filename=paper-{found.year}-{found.ordinal}.docx; filename*=UTF-8''{quote(name)}"
    return response


@page("papers/<str:about>/<uuid:matter>/", title=gettext_lazy("出具文书"), basis=NUMBERS, roles=READERS, methods=("GET", "POST"))
def paper_new(request: Request, about: str, matter: UUID) -> HttpResponse:
    """What the paper would say now; issuing it gives it its number. ``about`` is the kind of paper."""
    if about not in PaperKind.values:
        raise NotFound(_("没有这种文书"), basis=NUMBERS)
    kind, by, now, form = PaperKind(about), request.actor, utc_now(), Form(request)
    if form.sent:
        with form.refusals():
            made = _issue(kind, matter, by=by, now=now)
            return done(
                request,
                _("文书已出具，文号 %(number)s") % {"number": made.number},
                to=reverse("paper", args=[made.pk]),
                receipt=made.receipt,
            )
    prepared = prepare(kind, matter, by=by, now=now)
    return render(
        request,
        "portal/papers/new.html",
        form=form,
        kind=kind,
        content=prepared.form,
        basis=BASES[kind],
        issued_before=queries.about(matter, by=by, standing_for=standing_for(by)),
        may_issue=by.is_one_of(ISSUERS[kind]),
        issuers="、".join(sorted(role.label for role in ISSUERS[kind])),
        status=form.status,
    )


def _issue(kind: PaperKind, matter: UUID, *, by: Actor, now: datetime) -> Paper:
    prepared = prepare(kind, matter, by=by, now=now)
    return services.issue(
        kind=kind, about=prepared.about, form=prepared.form, parties=prepared.parties, resource=prepared.resource, by=by, now=now
    )


def issued_words(found: Paper) -> str:
    """By whom and when it was issued."""
    return f"{found.organization_name} {found.issued_by_name} {moment(found.issued_at)}"


def _later(found: Paper, by: Actor) -> Paper | None:
    """The latest paper of the same kind about the same matter, if that is another one."""
    same = queries.about(found.about, by=by, standing_for=standing_for(by))
    last = next((each for each in same if each.kind == found.kind), found)
    return None if last.pk == found.pk else last


def _qr(found: Paper) -> str:
    return str(segno.make(f"{found.number} sha256:{found.digest}", error="m").svg_data_uri(scale=2, border=1))
