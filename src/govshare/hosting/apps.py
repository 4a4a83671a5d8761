from django.apps import AppConfig


class HostingConfig(AppConfig):
    name = "govshare.hosting"
    label = "hosting"
