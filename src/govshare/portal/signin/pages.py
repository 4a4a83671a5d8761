"""Sign-in: the certificate port, a signed challenge, the ticket that brings a visitor over; sign-out; the post; the language."""

import base64
import binascii

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid
from govshare.organizations import queries as organizations
from govshare.organizations.services import sessions
from govshare.portal.desk import preferences
from govshare.portal.frame.answers import next_page, render
from govshare.portal.frame.forms import Form
from govshare.portal.frame.middleware import LANGUAGE_COOKIE
from govshare.portal.frame.pages import INPUT, act, open_page
from govshare.portal.frame.visitor import Request, forget, keep
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

WHY = "登录之前没有身份"
YEAR = 365 * 24 * 3600


@open_page("signin/", title=gettext_lazy("登录"), why=WHY)
def signin(request: Request) -> HttpResponse:
    """The ways in. Those who are in already go on."""
    onward = next_page(request, reverse("home"))
    if request.visitor is not None and "over" not in request.GET:
        return HttpResponseRedirect(onward)
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return render(request, "portal/signin/signin.html", onward=onward, certificate_port=f"https://{host}:{settings.GOVSHARE_SIGNIN_PORT}/")


@open_page("signin/ticket/<str:ticket>", title=gettext_lazy("登录"), why=WHY, name="signin-ticket", methods=("GET", "POST"))
def ticket(request: Request, ticket: str) -> HttpResponse:
    """Where the certificate port sends a visitor: the ticket works once, within a minute.

    Who did not come from our own sign-in page is asked first whether it is really their name: somebody else's ticket could be in
    any link. Browsers say where a visit began; pages cannot make them say something else.
    """
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") not in {"same-site", "same-origin"}:
        return render(request, "portal/signin/ticket.html", holder=organizations.holder_of_ticket(ticket=ticket, now=utc_now()))
    signed_in = sessions.redeem_ticket(ticket=ticket, now=utc_now())
    return entered(signed_in, reverse("home"))


class Answer(Form):
    """What a USB key's own program gives back."""

    challenge = forms.UUIDField(widget=forms.HiddenInput)
    certificate = forms.CharField(
        label=gettext_lazy("证书"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}),
        max_length=20_000,
        help_text=gettext_lazy("PEM 文本，或 DER 的 Base64"),
    )
    signature = forms.CharField(
        label=gettext_lazy("签名"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}),
        max_length=20_000,
        help_text=gettext_lazy("对质询原文（UTF-8）的签名，Base64"),
    )


@open_page("signin/challenge/", title=gettext_lazy("用签名登录"), why=WHY, name="signin-challenge", methods=("GET", "POST"))
def challenge(request: Request) -> HttpResponse:
    """Sign a text with the certificate's key: for SM2 keys that a browser's TLS cannot use. Every answer uses its challenge up."""
    form = Answer(request)
    if form.sent:
        with form.refusals():
            signed_in = sessions.answer_challenge(
                challenge_id=form.cleaned_data["challenge"],
                certificate_der=_der(form.cleaned_data["certificate"]),
                signature=_base64(form.cleaned_data["signature"], "signature"),
                now=utc_now(),
            )
            return entered(signed_in, next_page(request, reverse("home")))
    opened = sessions.open_challenge(now=utc_now())
    return render(request, "portal/signin/challenge.html", form=form, opened=opened, status=form.status, onward=next_page(request, ""))


def entered(signed_in: sessions.SignedIn, to: str) -> HttpResponse:
    """On to ``to`` with a session."""
    response = HttpResponseRedirect(to)
    keep(response, signed_in.token)
    if chosen := preferences.language(signed_in.actor):
        speak(response, chosen)
    return response


def speak(response: HttpResponse, language: str) -> None:
    """Pages in ``language`` from now on, in this browser."""
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, secure=True, httponly=True, samesite="Lax", path="/")


def _der(text: str) -> bytes:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("-----")]
    return _base64("".join(lines), "certificate")


def _base64(text: str, place: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("不是有效的 Base64 文本，请整段复制"), basis=INPUT, detail={"place": place}) from error


@act("signout/", title=gettext_lazy("退出登录"), basis=cite("CD2016-35"))
def signout(request: Request) -> HttpResponse:
    assert request.visitor is not None  # noqa: S101 - the frame let in a visitor
    sessions.sign_out(token=request.visitor.token, by=request.visitor.actor, now=utc_now())
    response = HttpResponseRedirect(reverse("signin"))
    forget(response)
    return response


@act("post/", title=gettext_lazy("换一个职务办理"), basis=convention("PC-10"))
def post(request: Request) -> HttpResponse:
    """Go on in another of one's posts; the page stood on may not be that post's, so the way leads to its first screen."""
    assert request.visitor is not None  # noqa: S101 - the frame let in a visitor
    signed_in = sessions.choose_appointment(
        token=request.visitor.token, standing=request.POST.get("standing", ""), by=request.visitor.actor, now=utc_now()
    )
    return entered(signed_in, reverse("home"))


@open_page("language/", title=gettext_lazy("语言"), why="语言与身份无关", methods=("POST",))
def language(request: Request) -> HttpResponse:
    response = HttpResponseRedirect(next_page(request, reverse("home")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        speak(response, chosen)
    return response
