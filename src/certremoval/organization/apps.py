from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    """People and where they sit."""

    name = "certremoval.organization"
