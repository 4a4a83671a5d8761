"""人员名单: many people at once; looked at first, then all or none."""

from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid
from govshare.kernel.roles import Role
from govshare.organizations import people_sheet
from govshare.organizations.people_sheet import READER
from govshare.organizations.rules import IDENTITY, WHO_APPOINTS
from govshare.organizations.services import people_import
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.people import forms
from govshare.portal.people.pages import KEEPERS, body_asked_for
from govshare.regulation.workbooks import Row

SEALED = "govshare.portal.people.import"
HOUR = 3600  # seconds a looked-at list may wait for its confirmation


@page("people/import/", title=_("导入人员名单"), basis=WHO_APPOINTS, roles=KEEPERS, methods=("GET", "POST"), name="people-import")
def people_import_list(request: Request) -> HttpResponse:
    """Choose or paste, look, then take over exactly what was looked at."""
    body = body_asked_for(request)
    form, preview, sealed = forms.Import(request), None, ""
    context: dict[str, Any] = {"body": body, "back": f"{reverse('people')}?organization={body.pk}"}
    if request.method == "POST" and "sealed" in request.POST:
        return _apply(request, body.pk, context)
    if form.sent:
        with form.refusals():
            rows = _rows(form)
            preview = people_import.preview(organization=body.pk, rows=rows, by=request.actor, now=utc_now())
            sealed = signing.dumps(
                {"of": str(body.pk), "by": request.actor.id, "rows": [[row.number, *row.cells] for row in rows]}, salt=SEALED, compress=True
            )
    ready = preview is not None and not preview.faults
    status = form.status if preview is None else (200 if ready else 422)
    return render(
        request,
        "portal/people/import.html",
        form=form,
        preview=preview,
        wrong=_wrong(preview),
        sealed=sealed if ready else "",
        status=status,
        **context,
    )


def _rows(form: forms.Import) -> tuple[Row, ...]:
    upload = form.cleaned_data.get("file")
    return READER.workbook(upload.name, upload) if upload else READER.text(form.cleaned_data["text"])


def _apply(request: Request, organization: object, context: dict[str, Any]) -> HttpResponse:
    try:
        kept = signing.loads(request.POST["sealed"], salt=SEALED, max_age=HOUR)
    except signing.BadSignature:
        raise Invalid(gettext("核对过的名单已过时，请重新上传核对"), basis=IDENTITY) from None
    if (kept["of"], kept["by"]) != (str(organization), request.actor.id):
        raise Invalid(gettext("名单与单位不符，请重新上传核对"), basis=IDENTITY)
    rows = tuple(Row(number, tuple(cells)) for number, *cells in kept["rows"])
    made = people_import.apply(organization=kept["of"], rows=rows, by=request.actor, now=utc_now())
    return done(request, gettext("已登记 %(n)s 人") % {"n": len(made)}, to=context["back"])


def _wrong(preview: people_import.Preview | None) -> dict[int, list[tuple[str, str]]]:
    """Faults by row."""
    found: dict[int, list[tuple[str, str]]] = {}
    for fault in preview.faults if preview else ():
        row = int("".join(sign for sign in fault.place if sign.isdigit()) or 0)
        found.setdefault(row, []).append((fault.place, fault.message))
    return found


@page("people/import/template/", title=_("下载模板"), basis=IDENTITY, roles=(Role.SYSTEM_ADMIN, Role.LEADER))
def people_template(_request: Request) -> HttpResponse:
    """An empty workbook to fill in."""
    response = HttpResponse(people_sheet.template(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = "attachment; filename=people.xlsx; filename*=UTF-8''%E4%BA%BA%E5%91%98%E5%90%8D%E5%8D%95.xlsx"
    return response
