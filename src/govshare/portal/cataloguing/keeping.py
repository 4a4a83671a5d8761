"""Drafts that survive a lost line: what is typed is kept on the writer's own desk, and offered when the form is opened again."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import utc_now
from govshare.portal.desk import kept_forms
from govshare.portal.frame.answers import done, next_page, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import act
from govshare.portal.frame.visitor import Request
from govshare.regulation.conventions import convention

KEPT = convention("PC-81")
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "version", "kept_page", "next_part"})


@dataclass(frozen=True, slots=True)
class Offer:
    """``restored``: the form shows what was kept; else it may be asked for."""

    kept_at: datetime
    restored: bool


def kept(request: Request, form: Form | None = None) -> Offer | None:
    """What lies on the desk for this page. Asked for with ``?restore``, it is put into ``form`` as if just typed."""
    if request.method != "GET":
        return None
    found = kept_forms.kept(request.path, by=request.actor)
    if found is None:
        return None
    restored = "restore" in request.GET
    if restored and form is not None:
        form.data, form.is_bound = typed(found.fields, form), True
    return Offer(found.kept_at, restored)


def as_post(request: Request) -> QueryDict:
    """What lies on the desk for this page, as if it had just been sent."""
    found = kept_forms.kept(request.path, by=request.actor)
    data = QueryDict(mutable=True)
    for name, values in (found.fields if found else {}).items():
        data.setlist(name, values)
    return data


def typed(fields: dict[str, list[str]], form: Form) -> QueryDict:
    """What was kept, as a form takes it; the version is the one that stands now."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        if name not in _NOT_TYPED:
            data.setlist(name, values)
    if "version" in form.fields:
        data["version"] = str(form.initial.get("version", ""))
    return data


def forget(request: Request) -> None:
    """What was sent need not be kept any longer."""
    kept_forms.drop(page=request.path, by=request.actor, now=utc_now())


@act("kept/", title=_("暂存填写内容"), basis=KEPT, name="kept")
def keep(request: Request) -> HttpResponse:
    """Called while somebody types; answers with when it was kept."""
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    row = kept_forms.keep(page=request.POST.get("kept_page", ""), fields=fields, by=request.actor, now=utc_now())
    return render(request, "portal/cataloguing/kept.html", at=row.kept_at)


@act("kept/drop/", title=_("不要暂存的内容"), basis=KEPT, name="kept-drop")
def drop(request: Request) -> HttpResponse:
    where = next_page(request, "/")
    kept_forms.drop(page=where.partition("?")[0], by=request.actor, now=utc_now())
    return done(request, str(_("已丢弃暂存的内容")), to=where.partition("?")[0])
