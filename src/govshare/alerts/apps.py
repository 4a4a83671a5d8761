from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "govshare.alerts"
    label = "alerts"
