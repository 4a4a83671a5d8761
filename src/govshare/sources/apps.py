from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "govshare.sources"
    label = "sources"
