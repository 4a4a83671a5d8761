"""收藏与订阅: resources and searches to come back to, and what has changed since (PC-82)."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.models import Listing, SearchRow
from govshare.kernel.clock import utc_now
from govshare.portal.desk import favourites as desk
from govshare.portal.desk import searches
from govshare.portal.finding import words
from govshare.portal.frame.answers import done, next_page
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.models import Favourite
from govshare.regulation.conventions import convention

DESK = convention("PC-82")


def shown(favourite: Favourite) -> SearchRow | None:
    """What the sharing catalog says of it now; None once it was taken out."""
    listing: Listing | None = getattr(favourite.entry, "listing", None)
    return getattr(listing, "search_row", None)


def state(favourite: Favourite) -> str:
    row = shown(favourite)
    if row is None:
        return gettext("已移出共享目录")
    return gettext("收藏后已更新为第 %(n)s 版") % {"n": row.revision} if changed(favourite) else gettext("没有变化")


def changed(favourite: Favourite) -> bool:
    """Whether what the catalog shows was published after the favourite was noted."""
    revision = favourite.entry.listing.listed
    return bool(revision and revision.published_at and revision.published_at > favourite.noted_at)


def _name(favourite: Favourite) -> str:
    row = shown(favourite)
    return row.name if row else favourite.entry.code


COLUMNS = (
    Column("name", _("信息资源"), _name, cell="portal/finding/cells/favourite.html"),
    Column("code", _("信息资源代码"), lambda row: row.entry.code, only_export=True),
    Column("provider", _("提供单位"), lambda row: row.entry.provider.short_name, css="nowrap"),
    Column(
        "share_type",
        _("共享类型"),
        lambda row: words.label("share_type", found.share_type) if (found := shown(row)) else "—",
        cell="portal/finding/cells/favourite_type.html",
    ),
    Column("state", _("收藏以来"), state, cell="portal/finding/cells/favourite_state.html"),
    Column("noted_at", _("收藏时间"), lambda row: row.noted_at, cell="portal/finding/cells/favourite_noted.html", css="nowrap"),
)


@page("favourites/", title=_("收藏与订阅"), basis=DESK, lists=True)
def favourites(request: Request) -> HttpResponse:
    rows = desk.of(request.actor).select_related("entry__listing__search_row", "entry__listing__listed")
    return listing(
        request,
        "portal/finding/favourites.html",
        title=gettext("收藏与订阅"),
        columns=COLUMNS,
        rows=rows,
        saved=searches.of(request.actor),
        empty=gettext("还没有收藏。在共享目录里点星标，资源就会出现在这里，变化一目了然。"),
    )


@act("favourites/<uuid:entry>/add/", title=_("收藏"), basis=DESK, name="favourites-add")
def add(request: Request, entry: UUID) -> HttpResponse:
    desk.add(entry=entry, by=request.actor, now=utc_now())
    return done(request, gettext("已收藏，可在“收藏与订阅”中找到"), to=next_page(request, reverse("favourites")))


@act("favourites/<uuid:entry>/remove/", title=_("取消收藏"), basis=DESK, name="favourites-remove")
def remove(request: Request, entry: UUID) -> HttpResponse:
    desk.remove(entry=entry, by=request.actor, now=utc_now())
    return done(request, gettext("已取消收藏"), to=next_page(request, reverse("favourites")))
