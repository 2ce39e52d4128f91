from django.apps import AppConfig


class CliConfig(AppConfig):
    """The command line."""

    name = "certremoval.cli"
