from django.apps import AppConfig


class LoadingConfig(AppConfig):
    """Bulk loads of people, units, groups, certifications and enrollments."""

    name = "certremoval.loading"
