from django.apps import AppConfig


class CertificationsConfig(AppConfig):
    """Certifications, who is on them, and the lasting record of who was taken off."""

    name = "certremoval.certifications"
