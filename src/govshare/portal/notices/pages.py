"""通知: the list by day, with the way to each matter; what was opened or marked counts as seen."""

from itertools import groupby

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.portal.desk import notices as desk
from govshare.portal.desk.notices import Note
from govshare.portal.frame.answers import done
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.regulation.conventions import convention

DESK = convention("PC-82")

#: Which page shows a kind of thing, and what it calls its place; those without one are told here alone.
_PAGES = {
    "entry": ("entry-by-code", "code"),
    "demand": ("demand", "demand"),
    "grant": ("grant", "grant"),
    "filing": ("filing", "filing"),
    "certificate": ("certificate", "certificate"),
    "list": ("trust", ""),
    "post": ("me", ""),
    "duty": ("todo", ""),
    "alert": ("alert", "alert"),
}

COLUMNS = (
    Column("at", _("时间"), lambda row: row.at),
    Column("heading", _("事项"), lambda row: row.heading),
    Column("text", _("内容"), lambda row: row.text),
    Column("seen", _("已读"), lambda row: row.seen),
    Column("key", _("编号"), lambda row: row.key, only_export=True),
)


def address(note: Note) -> str:
    """Where the matter is looked after; empty when there is no page of it."""
    name, place = _PAGES.get(note.kind, ("", ""))
    try:
        return reverse(name, kwargs={place: note.about} if place else None)
    except NoReverseMatch:
        return ""


@page("notices/", title=_("通知"), basis=DESK, lists=True, name="notices")
def notice_list(request: Request) -> HttpResponse:
    """The newest first; ``?new=1``: only what was not seen."""
    found = desk.notices(request.actor, now=utc_now())
    new = [note for note in found if not note.seen]
    shown = new if request.GET.get("new") else found
    days = [(day, [(note, address(note)) for note in notes]) for day, notes in groupby(shown, key=lambda note: local_date(note.at))]
    return listing(
        request,
        "portal/notices/list.html",
        title=gettext("通知"),
        columns=COLUMNS,
        rows=shown,
        days=days,
        unseen=len(new),
        total=len(found),
    )


@act("notices/seen/", title=_("标为已读"), basis=DESK)
def notices_seen(request: Request) -> HttpResponse:
    """Those named by ``key``; without any, all."""
    keys = request.POST.getlist("key")
    now = utc_now()
    count = desk.mark_seen(keys=keys, by=request.actor, now=now) if keys else desk.mark_all_seen(by=request.actor, now=now)
    return done(request, gettext("已标为已读：%(n)s 条") % {"n": count}, to=reverse("notices"))


@act("notices/open/", title=_("打开通知"), basis=DESK)
def notices_open(request: Request) -> HttpResponse:
    """Seen, and on to the matter."""
    key = request.POST.get("key", "")
    note = next((each for each in desk.notices(request.actor, now=utc_now()) if each.key == key), None)
    if note is None:
        return HttpResponseRedirect(reverse("notices"))
    desk.mark_seen(keys=[key], by=request.actor, now=utc_now())
    return HttpResponseRedirect(address(note) or reverse("notices"))
