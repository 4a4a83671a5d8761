"""Addresses of the web process."""

from django.urls import URLPattern, path

from govshare.api.routes import api

urlpatterns: list[URLPattern] = [path("api/v1/", api.urls)]  # type: ignore[list-item]  # ninja's own triple
