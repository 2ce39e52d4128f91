from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration organisation."""

    name = "certremoval.demo"
