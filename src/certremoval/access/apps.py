from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Who may do what, and over whose jobs."""

    name = "certremoval.access"
    verbose_name = _("Roles and permissions")
