from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "govshare.catalog"
    label = "catalog"
