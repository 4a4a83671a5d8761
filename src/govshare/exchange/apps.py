from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "govshare.exchange"
    label = "exchange"
