"""For rows of the register: the job of an operation, and what a status is called."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from certremoval.certifications.models import EnrollmentStatus

register = template.Library()


@register.filter
def of(jobs: Mapping[int, int], operation: int) -> int | None:
    """Return the job of an operation; None for a removal of one person, and for a job that the viewer does not see."""
    return jobs.get(operation)


@register.filter
def status_words(status: str) -> str:
    """Return what an enrollment status is called; a word that we do not know, as it is."""
    return str(EnrollmentStatus(status).label) if status in EnrollmentStatus else status
