"""Approving and declining: what another administrator does with a job that waits for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certremoval.database.clock import database_now
from certremoval.problems import InvalidRequest, NotPermitted, WrongState
from certremoval.removals.approving import approve, decline, may_decide
from certremoval.removals.checks import approvals_needed_by
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job, JobState
from certremoval.removals.previews import holding, line_of, shares
from certremoval.removals.titles import LONGEST_REASON
from certremoval.removals.words import users
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def approve_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask before a job that waits for approval is let run, and let it run."""
    if request.method == "POST":
        job = approve(request.user, job_id)
        messages.success(request, _("Approved: %(users)s will be removed.") % {"users": users(job.remove_count)})
        return redirect("job", job_id=job_id)
    job = _find_to_decide(request, job_id)
    context = {
        "area": "tools",
        "job": job,
        "users": users(job.remove_count),
        "shares": shares(job),
        "holding": holding(job),
        "others": job.row_count - job.remove_count,
        "certifications_taken": job.certifications.filter(planned__gt=0).count(),
        "removes_creator": job.removes_creator,
        "own_line": line_of(job, request.user),
        "runs_later": job.scheduled_for is not None and job.scheduled_for > database_now(),
        "limits": approvals_needed_by(job),
    }
    return render(request, "web/removals/job_approve.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def decline_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask why a job that waits for approval is declined, and decline it."""
    reason, mistake = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            decline(request.user, job_id, reason=reason)
        except InvalidRequest as refusal:
            mistake = refusal.message
        else:
            messages.info(request, _("Declined: nobody was removed. Its creator reads your reason."))
            return redirect("job", job_id=job_id)
    context = {
        "area": "tools",
        "job": _find_to_decide(request, job_id),
        "reason": reason,
        "mistake": mistake,
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "web/removals/job_decline.html", context, status=422 if mistake else 200)


def _find_to_decide(request: SignedInRequest, job_id: int) -> Job:
    """Return a job that the viewer may decide on now. Raises NotFound, WrongState, NotPermitted."""
    job = find_job(request.user, job_id)
    if job.state != JobState.AWAITING_APPROVAL:
        raise WrongState(_("The job is %(state)s; it does not wait for approval.") % {"state": job.get_state_display()})
    if not may_decide(request.user, job):
        raise NotPermitted(
            _("This needs Certification Removal - Approve for its creator's jobs, and nobody decides on their own.")
        )
    return job
