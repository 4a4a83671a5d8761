"""Addresses of the web process."""

from django.urls import URLPattern, path

from govshare.api.routes import api

urlpatterns: list[URLPattern] = [path("api/v1/", api.urls)]  # type: ignore[list-item]  # ninja's own triple

handler400 = "govshare.api.problems.bad_request"
handler404 = "govshare.api.problems.not_found"
handler500 = "govshare.api.problems.server_error"
