"""工作台: the first screen of each role."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite


@page("", title=_("工作台"), basis=cite("CD2016-24"))
def home(request: Request) -> HttpResponse:
    return render(request, "portal/home/home.html")
