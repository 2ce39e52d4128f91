from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what, and over whose jobs."""

    name = "certremoval.access"
