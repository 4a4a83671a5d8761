from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "govshare.organizations"
    label = "organizations"
