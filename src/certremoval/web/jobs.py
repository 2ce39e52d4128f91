"""The list of jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.removals.jobs import JobFilter, list_jobs
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def jobs_page(request: SignedInRequest) -> HttpResponse:
    """Show the jobs that the viewer may see, the newest first; refused without any removal permission."""
    require_any(request.user, REMOVAL_PERMISSIONS)
    return render(request, "web/jobs.html", {"jobs": list_jobs(request.user, JobFilter()).jobs})
