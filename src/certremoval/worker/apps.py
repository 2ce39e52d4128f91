from django.apps import AppConfig


class WorkerConfig(AppConfig):
    """The processes that run jobs."""

    name = "certremoval.worker"
