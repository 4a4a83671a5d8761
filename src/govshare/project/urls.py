"""Addresses of the web process."""

from django.conf import settings
from django.urls import URLPattern, path

from govshare.api.routes import api
from govshare.portal.frame.pages import addresses
from govshare.portal.site import urlpatterns as site


def _demonstration() -> list[URLPattern]:
    """Pages that exist in the demonstration alone."""
    if not settings.GOVSHARE_DEMO:
        return []
    from govshare.demo.signin import signin_demo

    return list(addresses(signin_demo))


urlpatterns: list[URLPattern] = [path("api/v1/", api.urls), *site(), *_demonstration()]  # type: ignore[list-item]  # ninja's own triple

handler400 = "govshare.project.errors.bad_request"
handler403 = "govshare.project.errors.forbidden"
handler404 = "govshare.project.errors.not_found"
handler500 = "govshare.project.errors.server_error"
