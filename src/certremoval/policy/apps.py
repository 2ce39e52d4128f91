from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """What superusers set for everybody: limits, approval, reasons, retention; and who changed it when."""

    name = "certremoval.policy"
