from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "govshare.archive"
    label = "archive"
