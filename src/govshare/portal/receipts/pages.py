"""Pages of receipts: search by number, the receipt in words with its checks, its file, and a file verified."""

from urllib.parse import quote

import segno
from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.audit import queries, services
from govshare.audit.rules import parse_receipt_number
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Fault, Invalid, NotFound
from govshare.portal.frame.answers import render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.receipts import reading, verification
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

EVIDENCE = cite("CD2016-26")
STAGES = convention("PC-60")
_LARGEST = 200_000  # bytes; a receipt carries one entry of 64 KiB at most, in base64, with its proof
_LATEST = 15


@page("receipts/", title=gettext_lazy("回执"), basis=EVIDENCE)
def receipts(request: Request) -> HttpResponse:
    """Found by number; below, the department's latest (the audit administrator searches in the log, where looks are recorded)."""
    number = request.GET.get("number", "").strip()
    missing = bool(number) and parse_receipt_number(number) is None
    if number and not missing:
        return HttpResponseRedirect(reverse("receipt", args=[number.upper()]))
    own = request.actor.organization
    shows_none = services.sees_all(request.actor) or services.sees_none(request.actor) or not own
    found = () if shows_none else queries.entries(for_organization=own, limit=_LATEST).found
    latest = [(row, reading.read(row.body)) for row in found]
    return render(request, "portal/receipts/search.html", number=number, missing=missing, latest=latest, status=404 if missing else 200)


class VerifyForm(Form):
    file = forms.FileField(
        label=gettext_lazy("回执文件"),
        help_text=gettext_lazy("下载的回执（.tlog-proof 或 .promise），可以把文件拖到这里。核验用的程序与离线核验的相同。"),
        widget=forms.ClearableFileInput(attrs={"data-drop": ""}),
    )


@page("receipts/verify/", title=gettext_lazy("核验回执"), basis=EVIDENCE, methods=("GET", "POST"))
def receipt_verify(request: Request) -> HttpResponse:
    """What a receipt file proves, check by check; nothing of it is kept."""
    form, outcome = VerifyForm(request), None
    if form.sent:
        with form.refusals():
            outcome = verification.verify(_content(form))
    parties = reading.names(outcome.told.parties) if outcome and outcome.told else ""
    return render(request, "portal/receipts/verify.html", form=form, outcome=outcome, parties=parties, status=form.status)


def _content(form: VerifyForm) -> bytes:
    upload = form.cleaned_data["file"]
    if upload.size > _LARGEST:
        message = _("这不是回执：回执不超过 %(size)s KB") % {"size": _LARGEST // 1000}
        raise Invalid(message, basis=STAGES, faults=[Fault("file", message)])
    return bytes(upload.read(_LARGEST))


@page("receipts/<str:number>/", title=gettext_lazy("回执"), basis=EVIDENCE)
def receipt(request: Request, number: str) -> HttpResponse:
    """What was recorded, in words, with every check made again."""
    outcome = verification.verify(services.read_receipt(number=_known(number), by=request.actor, now=utc_now()))
    code = segno.make(f"{outcome.number} sha256:{outcome.leaf}", error="m")
    return render(
        request,
        "portal/receipts/receipt.html",
        number=number,
        parties=reading.names(outcome.told.parties) if outcome.told else "",
        outcome=outcome,
        qr=code.svg_data_uri(scale=3, border=2),
        key=queries.verification_key(),
    )


@page("receipts/<str:number>/file/", title=gettext_lazy("下载回执"), basis=EVIDENCE)
def receipt_file(request: Request, number: str) -> HttpResponse:
    """The bytes that anybody can verify offline."""
    content = services.read_receipt(number=_known(number), by=request.actor, now=utc_now())
    ending = "tlog-proof" if content.startswith(b"c2sp.org/tlog-proof") else "promise"
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{quote(number)}.{ending}"'
    return response


def _known(number: str) -> str:
    if parse_receipt_number(number) is None:
        raise NotFound(_("回执号形如 HZ-128-0，请核对"), basis=EVIDENCE)
    return number
