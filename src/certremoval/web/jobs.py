"""The list of jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.removals.counts import job_counts
from certremoval.removals.jobs import JobFilter, list_jobs
from certremoval.removals.words import result_sentence
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def jobs_page(request: SignedInRequest) -> HttpResponse:
    """Show the jobs that the viewer may see, the newest first; refused without any removal permission."""
    require_any(request.user, REMOVAL_PERMISSIONS)
    jobs = list_jobs(request.user, JobFilter()).jobs
    return render(request, "web/jobs.html", {"rows": [(job, result_sentence(job_counts(job))) for job in jobs]})
