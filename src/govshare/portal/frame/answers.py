"""What a page answers with: a rendered template, or the way to the next page with a word about what was done."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from govshare.kernel.clock import utc_now
from govshare.portal.desk import kept_forms
from govshare.portal.frame.visitor import Request


def render(request: Request, template: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """``template`` with ``context`` and what the shell needs (``shell`` in templates, by the context processor)."""
    return HttpResponse(render_to_string(template, context, request=request), status=status)


def done(request: Request, said: str, *, to: str, receipt: str = "", undo: str = "") -> HttpResponse:
    """On to ``to``, where ``said`` is shown once, with the receipt's number and the way to take it back if there are any."""
    if request.method == "POST" and request.visitor is not None:
        kept_forms.drop(page=request.path, by=request.visitor.actor, now=utc_now())  # it was sent
    messages.success(request, said, extra_tags=" ".join(filter(None, (receipt and f"receipt:{receipt}", undo and f"undo:{undo}"))))
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = to
        return response
    return HttpResponseRedirect(to)


def next_page(request: Request, otherwise: str) -> str:
    """Where ``next`` points if that lies within the site: never a redirect to somewhere else."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") else otherwise
