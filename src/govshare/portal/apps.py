"""Room: portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "govshare.portal"
