from django.apps import AppConfig


class RemovalsConfig(AppConfig):
    """Removal jobs, from a file to its result."""

    name = "certremoval.removals"
