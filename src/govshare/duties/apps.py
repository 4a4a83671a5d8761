from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "govshare.duties"
    label = "duties"
