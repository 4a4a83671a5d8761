"""个人设置: what is one's own, and nobody else's."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.duties.queries import parameter
from govshare.kernel.clock import utc_now
from govshare.organizations.models import Certificate, Person, Session
from govshare.organizations.rules import IDENTITY
from govshare.organizations.services import sessions
from govshare.portal.desk import favourites, kept_forms, preferences, searches, whose
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.models import Language
from govshare.portal.signin.pages import speak
from govshare.regulation.conventions import convention

DESK, KEPT = convention("PC-82"), convention("PC-81")
SHOWN = 8


@page("me/", title=_("个人设置"), basis=IDENTITY)
def me(request: Request) -> HttpResponse:
    by, now, visitor = request.actor, utc_now(), request.visitor
    person = Person.objects.select_related("organization").filter(pk=whose.key(by)).first()
    own = Session.objects.filter(certificate__person=whose.key(by), ended_at=None, expires__gt=now).select_related(
        "certificate", "appointment__organization", "stand_in__appointment__organization"
    )
    return render(
        request,
        "portal/me/me.html",
        person=person,
        standings=visitor.standings if visitor else [],
        acting=by,
        certificates=Certificate.objects.filter(person=whose.key(by)).defer("der").order_by("-presented_at"),
        sessions=own.defer("certificate__der").order_by("-last_seen"),
        this=visitor.session.session.pk if visitor else None,
        languages=[(each.value, str(each.label)) for each in Language],
        chosen=preferences.language(by),
        favourites=favourites.of(by)[:SHOWN],
        searches=searches.of(by),
        kept=kept_forms.pages(by),
        days=parameter(str(KEPT)),
        now=now,
    )


@act("me/language/", title=_("语言偏好"), basis=DESK)
def me_language(request: Request) -> HttpResponse:
    """Remembered for the person, and from now on in this browser."""
    chosen = request.POST.get("language", "")
    preferences.set_language(language=chosen, by=request.actor, now=utc_now())
    response = done(request, gettext("已记住"), to=reverse("me"))
    speak(response, chosen)
    return response


@act("me/searches/<uuid:search>/remove/", title=_("删除检索方案"), basis=DESK)
def me_search_remove(request: Request, search: UUID) -> HttpResponse:
    searches.remove(search=search, by=request.actor, now=utc_now())
    return done(request, gettext("已删除"), to=reverse("me"))


@act("me/sessions/<uuid:session>/end/", title=_("结束登录"), basis=IDENTITY)
def me_session_end(request: Request, session: UUID) -> HttpResponse:
    sessions.end(session=session, by=request.actor, now=utc_now())
    return done(request, gettext("那次登录已结束"), to=reverse("me"))


@act("me/kept/drop/", title=_("删除未提交的内容"), basis=KEPT)
def me_kept_drop(request: Request) -> HttpResponse:
    kept_forms.drop(page=request.POST.get("page", "").replace("\0", ""), by=request.actor, now=utc_now())
    return done(request, gettext("已删除"), to=reverse("me"))
