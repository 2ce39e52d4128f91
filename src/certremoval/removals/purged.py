"""What is said of a job whose lines and file were deleted when their time had passed."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certremoval.problems import Purged
from certremoval.removals.models import Job
from certremoval.removals.words import number


def require_details(job: Job) -> None:
    """Raise Purged, with when that was and where to look now, if the job's lines and its file were deleted."""
    if job.purged_at is not None:
        raise Purged(purged_words(job))


def purged_words(job: Job) -> str:
    """Return what was deleted of a purged job and when, and where to find what stays; empty of any other job."""
    if job.purged_at is None:
        return ""
    when = {"date": date_format(timezone.localtime(job.purged_at), "j F Y"), "after": _after(job)}
    if job.restores:
        return (
            _(
                "The lines of this job were deleted on %(date)s, %(after)s after it ended."
                " Who was put back, by whom and why stays in Removal Records."
            )
            % when
        )
    return (
        _(
            "The lines of this job and its file were deleted on %(date)s, %(after)s after it ended."
            " Who was removed, by whom and why stays in Removal Records."
        )
        % when
    )


def _after(job: Job) -> str:
    assert job.purged_at is not None
    days = 0 if job.ended_at is None else (job.purged_at - job.ended_at).days
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": number(days)}
